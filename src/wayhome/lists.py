"""List files: what the sums of closing lists stand for, one file a sum."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from wayhome.codec import limits
from wayhome.petition.listfile import ID_BYTES


class ListFolder:
    """The list files of one node."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = (path for path in folder.iterdir() if len(path.name) == 64)  # noqa: PLR2004 - a sum
        self._files = {path.name: path.read_bytes() for path in found}

    def all(self) -> Mapping[str, bytes]:
        """Give every file held, by its sum."""
        return self._files

    def keep(self, name: str, content: bytes) -> bool:
        """Keep a file if it is what its name says; tell whether it is."""
        if len(content) > limits.PEER_IDS * ID_BYTES or sha256(content).hexdigest() != name:
            return False
        if name not in self._files:
            part = self._folder / f"{name}.part"
            part.write_bytes(content)
            part.replace(self._folder / name)
            # replaced, not changed: whoever holds the old mapping goes on reading it
            self._files = {**self._files, name: content}
        return True
