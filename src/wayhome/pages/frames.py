"""Frames: what comes by websocket, cut up: whole texts are read here, the rest by the library.

The library's parser asks for each piece of a frame anew. Nearly all that a relay is sent is texts
of one frame, many of them at once; each of them costs it as much as its answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from wayhome.codec import limits

try:
    from websockets.speedups import apply_mask
except ImportError:  # it was built without a compiler
    from websockets.utils import apply_mask

# RFC 6455, 5.2
_TEXT = 0x81  # the last piece of a message, and a text; no extension
_LAST, _SORT = 0x80, 0x0F
_MORE, _FIRSTS = 0x00, (0x01, 0x02)
_MASKED, _MEDIUM = 0x80, 126
_MASK = 4


@dataclass(frozen=True, slots=True)
class Text:
    """A message of one frame, without its mask; whether it is UTF-8 was not asked."""

    said: bytes


@dataclass(frozen=True, slots=True)
class Other:
    """A whole frame of another sort, as it came."""

    frame: bytes


@dataclass(frozen=True, slots=True)
class Odd:
    """All that is left, and it begins with a frame that nobody may send."""

    left: bytes


class Cutter:
    """Cuts up what comes on one connection, and keeps the beginning of what is not whole."""

    def __init__(self) -> None:
        self._begun = bytearray()
        self._needed = 0
        self._is_in_pieces = False

    @property
    def begun(self) -> bytes:
        """What has come of a frame that is not whole."""
        return bytes(self._begun)

    def __len__(self) -> int:
        """How much that is."""
        return len(self._begun)

    def cut(self, came: bytes) -> Iterator[Text | Other | Odd]:
        """Give the frames that are whole now."""
        if self._begun:
            self._begun += came
            if len(self._begun) < self._needed:  # who sends byte by byte is looked at once a frame
                return
            came = bytes(self._begun)
            self._begun.clear()
        at = 0
        while at < len(came):
            start, end = _bounds(came, at)
            if not start:
                yield Odd(came[at:])
                return
            if end > len(came):
                self._begun += came[at:]
                self._needed = end - at
                return
            if came[at] == _TEXT and not self._is_in_pieces:
                yield Text(apply_mask(came[start:end], came[start - _MASK : start]))
            else:
                self._note(came[at])
                yield Other(came[at:end])
            at = end

    def _note(self, first: int) -> None:
        if first & _SORT in _FIRSTS:
            self._is_in_pieces = not first & _LAST
        elif first & _SORT == _MORE and first & _LAST:
            self._is_in_pieces = False


def _bounds(came: bytes, at: int) -> tuple[int, int]:
    """Give where a frame's content begins and ends, as far as its head is there to tell.

    It begins at 0 where nobody may send such a frame: it has no mask, or is too long.
    """
    if len(came) < at + 2:
        return at + 2, at + 2
    size = came[at + 1] & ~_MASKED
    start = at + 2
    if size >= _MEDIUM:
        start += 2 if size == _MEDIUM else 8
        if len(came) < start:
            return start, start
        size = int.from_bytes(came[at + 2 : start], "big")
    start += _MASK
    if not came[at + 1] & _MASKED or size > limits.RELAY_MESSAGE:
        return 0, start
    return start, start + size
