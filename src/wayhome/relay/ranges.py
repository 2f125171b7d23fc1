"""Ranges: what a Negentropy V1 message says, read strictly and written shortly.

A place in the order of (created_at, id) is written as bytes: 8 of the time, then the id or as much
of it as is needed. Such bytes compare as the items do.
"""

from collections.abc import Iterator
from typing import NamedTuple

VERSION = 0x61
SKIP, FINGERPRINT, ID_LIST = range(3)
TIME_BYTES, ID_BYTES, PRINT_BYTES = 8, 32, 16
END = b"\xff" * TIME_BYTES  # where the last range ends; no item has this time

_ROW = TIME_BYTES + ID_BYTES
_INFINITY = 2**64 - 1
_NUMBER_BYTES = 10  # a number below 2^64 in digits of 7 bits
_MORE = 0x80  # marks all digits but the last


class BadMessage(Exception):  # noqa: N818 - the other end's fault
    """It is no Negentropy V1 message; nothing of it was taken."""


class Range(NamedTuple):
    """What is said of all that lies below a bound and not below the one before."""

    bound: bytes
    mode: int
    payload: bytes  # a fingerprint, or ids


def read(message: bytes) -> Iterator[Range]:
    """Give the ranges of a message.

    Raises:
        BadMessage: it is of another version, cut short, unordered, or not written as it must be.
    """
    reader = _Reader(message)
    if reader.take(1) != bytes((VERSION,)):
        raise BadMessage("another version")
    before = b""
    while reader.is_left:
        bound = reader.bound()
        if bound.ljust(_ROW, b"\0") < before:
            raise BadMessage("bounds ascend")
        before = bound.ljust(_ROW, b"\0")
        match reader.number():
            case 0:  # SKIP
                yield Range(bound, SKIP, b"")
            case 1:  # FINGERPRINT
                yield Range(bound, FINGERPRINT, reader.take(PRINT_BYTES))
            case 2:  # ID_LIST
                yield Range(bound, ID_LIST, reader.take(reader.number() * ID_BYTES))
            case _:
                raise BadMessage("no such mode")


class Writer:
    """A message being written; a time is written as what it is more than the last one."""

    def __init__(self) -> None:
        self.written = bytearray((VERSION,))
        self._last = 0
        self._skipped = b""  # nothing is left to say up to here; said only when more follows

    def skip(self, bound: bytes) -> None:
        """Have nothing to say up to here, which is written only if more follows."""
        self._skipped = bound

    def add(self, *ranges: Range) -> None:
        """Write ranges."""
        if self._skipped:
            ranges = (Range(self._skipped, SKIP, b""), *ranges)
            self._skipped = b""
        for bound, mode, payload in ranges:
            self._bound(bound)
            self.written += number(mode)
            if mode == ID_LIST:
                self.written += number(len(payload) // ID_BYTES)
            self.written += payload

    def mark(self) -> tuple[int, int, bytes]:
        """Give what it takes to come back to this place."""
        return len(self.written), self._last, self._skipped

    def back_to(self, mark: tuple[int, int, bytes]) -> None:
        """Forget what was written since."""
        length, self._last, self._skipped = mark
        del self.written[length:]

    def _bound(self, bound: bytes) -> None:
        if bound == END:
            self.written += b"\0\0"
            return
        at = int.from_bytes(bound[:TIME_BYTES], "big")
        prefix = bound[TIME_BYTES:]
        self.written += number(1 + at - self._last) + number(len(prefix)) + prefix
        self._last = at


def number(value: int) -> bytes:
    """Write a number in digits of seven bits, the highest first."""
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(value & 0x7F | _MORE)
    return bytes(reversed(digits))


class _Reader:
    """Bytes of a message, taken from the front."""

    def __init__(self, message: bytes) -> None:
        self._message = message
        self._at = 0
        self._last = 0

    @property
    def is_left(self) -> bool:
        return self._at < len(self._message)

    def take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._message):
            raise BadMessage("cut short")
        taken = self._message[self._at : end]
        self._at = end
        return taken

    def number(self) -> int:
        number = 0
        for digit in self._message[self._at : self._at + _NUMBER_BYTES]:
            self._at += 1
            number = number << 7 | digit & 0x7F
            if digit == _MORE and number == 0:
                raise BadMessage("a number begins with no zero")
            if digit < _MORE:
                return number
        raise BadMessage("a number that does not end")

    def bound(self) -> bytes:
        more, size = self.number(), self.number()
        if size > ID_BYTES:
            raise BadMessage("a prefix longer than an id")
        if more == 0:
            if size:
                raise BadMessage("nothing is after the last")
            self._last = _INFINITY
            return END
        self._last += more - 1
        if self._last >= _INFINITY:
            raise BadMessage("a time after the last")
        return self._last.to_bytes(TIME_BYTES, "big") + self.take(size)
