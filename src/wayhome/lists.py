"""List files: what the sums of closing lists stand for, one file a sum."""

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from wayhome.codec import limits
from wayhome.durable import sync
from wayhome.petition.listfile import ID_BYTES
from wayhome.store.migrate import BadDatabase
from wayhome.store.store import StorageFault

RESTORED = "restored"  # in a node's folder: the moment at which a backup was put there


def silent_before(folder: Path) -> int:
    """Give the moment of a node's restoring, 0 where it never was.

    Of a petition that was open before then it writes no list: the lost node may have written one,
    and two lists of one author are both set aside.

    Raises:
        BadDatabase: the file is not what `wayhome restore` wrote.
    """
    path = folder / RESTORED
    try:
        return int(path.read_text("ascii")) if path.exists() else 0
    except ValueError as error:
        raise BadDatabase(f"{path.name} is not what `wayhome restore` wrote") from error


class ListFolder:
    """The list files of one node."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = (path for path in folder.iterdir() if len(path.name) == 64)  # noqa: PLR2004 - a sum
        read = ((path.name, path.read_bytes()) for path in found)
        # what does not read back as it was written is asked from a peer again
        self._files = {name: content for name, content in read if _is(name, content)}

    def all(self) -> Mapping[str, bytes]:
        """Give every file held, by its sum."""
        return self._files

    def keep(self, name: str, content: bytes) -> bool:
        """Keep a file if it is what its name says, durably; tell whether it is.

        Raises:
            StorageFault: the disk did not take it.
        """
        if len(content) > limits.LIST_IDS * ID_BYTES or not _is(name, content):
            return False
        if name not in self._files:
            try:
                self._write(name, content)
            except OSError as error:
                raise StorageFault("a list file was not written") from error
            # replaced, not changed: whoever holds the old mapping goes on reading it
            self._files = {**self._files, name: content}
        return True

    def _write(self, name: str, content: bytes) -> None:
        part = self._folder / f"{name}.part"
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._folder / name)
        sync(self._folder)


def _is(name: str, content: bytes) -> bool:
    return sha256(content).hexdigest() == name
