"""List file: the ids that a sum in a closing list stands for, 32 bytes each, ascending, joined."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Protocol

ID_BYTES = 32
_SHELVES = 65_536  # an id's first two bytes lead to about 15 ids of a million


class ListFiles(Protocol):
    """List files by their sum; one that is asked for may be read or fetched only then."""

    def __getitem__(self, name: str, /) -> bytes:
        """Give a file's bytes. KeyError where it is not there."""


class BadListFile(Exception):  # noqa: N818 - the caller says what follows from it
    """The bytes are not ids that ascend."""


class ListFile:
    """A set of ids that keeps to its bytes: 32 each, and a table of 65,537 places."""

    def __init__(self, content: bytes) -> None:
        if len(content) % ID_BYTES:
            raise BadListFile("a list file is 32 bytes for each id")
        self.joined = content
        self._starts = self._shelved()

    @property
    def sum(self) -> str:
        """The SHA-256 by which lists name this file."""
        return sha256(self.joined).hexdigest()

    def __len__(self) -> int:
        """Give the number of ids."""
        return len(self.joined) // ID_BYTES

    def __contains__(self, record_id: bytes) -> bool:
        """Tell whether the 32 bytes are among them."""
        shelf = record_id[0] << 8 | record_id[1]
        at, end = self._starts[shelf], self._starts[shelf + 1]
        while (at := self.joined.find(record_id, at, end)) >= 0 and at % ID_BYTES:
            at += 1  # two neighbours can hold it between them
        return at >= 0

    def _shelved(self) -> list[int]:
        starts, before = [0], b""
        for at in range(0, len(self.joined), ID_BYTES):
            one = self.joined[at : at + ID_BYTES]
            if one <= before:
                raise BadListFile("ids ascend, each once")
            before = one
            shelf = one[0] << 8 | one[1]
            if shelf >= len(starts):
                starts.extend([at] * (shelf + 1 - len(starts)))
        starts.extend([len(self.joined)] * (_SHELVES + 1 - len(starts)))
        return starts


def joined(ids: Iterable[bytes]) -> bytes:
    """Give the bytes of the list file of these ids."""
    shelves = [bytearray() for _ in range(256)]
    for one in ids:
        shelves[one[0]] += one
    return b"".join(map(_sorted, shelves))  # shelf by shelf: a million loose ids take 100 MB


def _sorted(shelf: bytearray) -> bytes:
    starts = range(0, len(shelf), ID_BYTES)
    return b"".join(sorted({bytes(shelf[at : at + ID_BYTES]) for at in starts}))
