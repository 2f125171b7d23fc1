"""Wiping: a node's or a desk's folder is erased, its keys first and where they lie."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from wayhome.crypto.keypage import erase_file
from wayhome.desk import vault

_OURS = ("records.db", "book.db", "node.key", "stamp.page", "desk.page")
_LOCKS = ("lock", "book.lock", vault.NAME)  # held while a node, or a desk of either sort, runs
_KEYS = (".page", ".key")


class WipeFault(Exception):  # noqa: N818 - the operator's or the disk's fault, told in words
    """The folder is not ours, or in use, or the disk did not take its overwriting."""


def keys_in(folder: Path) -> list[Path]:
    """Give every file of keys in a folder that is ours; links are not followed.

    Raises:
        WipeFault: it is no folder of a node or a desk.
    """
    if not (vault.is_vault(folder) or any((folder / name).exists() for name in _OURS)):
        raise WipeFault(f"{folder} is not the folder of a node or a desk; nothing was touched")
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in _KEYS and path.is_file() and not path.is_symlink()
    )


def wipe(folder: Path) -> int:
    """Overwrite every file of keys, then remove the folder; give how many keys there were.

    Raises:
        WipeFault: a node or a desk runs on it, or the disk did not take it.
    """
    found = keys_in(folder)
    with _alone(folder):
        try:
            for path in found:
                erase_file(path)
            shutil.rmtree(folder)
        except OSError as error:
            raise WipeFault(f"{folder} was not wiped whole: {error.strerror}") from error
    return len(found)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with ExitStack() as stack:
        for name in _LOCKS:
            if (folder / name).exists():
                lock = os.open(folder / name, os.O_RDWR)
                stack.callback(os.close, lock)
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError as error:
                    raise WipeFault(f"{folder} is in use; stop what runs on it first") from error
        yield
