"""Reconcile: what have you that I have not? Negentropy V1 (NIP-77), a machine without I/O.

Both ends hold their items sorted by (created_at, id) and compare ever smaller ranges: long ones by
fingerprint, short ones by their ids.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

VERSION = 0x61
SKIP, FINGERPRINT, ID_LIST = 0, 1, 2
ID_BYTES, PRINT_BYTES = 32, 16
INFINITY = 2**64 - 1  # the time of the last bound; no item has it

_BRANCHES = 16  # ranges that a differing one is cut into
_BLOCK = 64  # items whose ids are summed in advance: 0.5 bytes an item, and 10 us a fingerprint
_SPARE = 200  # bytes kept for the last range of a frame that is full
_VARINT_BYTES = 10
_SUM = 1 << 256


class BadMessage(Exception):  # noqa: N818 - the other end's fault
    """It is no Negentropy V1 message; nothing of it was taken."""


@dataclass(frozen=True, slots=True, order=True)
class Bound:
    """The end of a range: the first place that is not in it."""

    at: int
    prefix: bytes = b""


END = Bound(INFINITY)


class Items:
    """A sorted set of (created_at, id) that does not change while it is reconciled."""

    def __init__(self, items: Iterable[tuple[int, bytes]]) -> None:
        """Take items in any order; the same one twice is one."""
        ordered = sorted(set(items))
        self._times = array("Q", (at for at, _ in ordered))
        self._ids = b"".join(one for _, one in ordered)
        self._sums = [0]
        for start in range(0, len(ordered), _BLOCK):
            self._sums.append((self._sums[-1] + self._added(start, start + _BLOCK)) % _SUM)

    def __len__(self) -> int:
        """Give how many there are."""
        return len(self._times)

    def id(self, index: int) -> bytes:
        """Give the id at a place."""
        return self._ids[index * ID_BYTES : (index + 1) * ID_BYTES]

    def ids(self, lower: int, upper: int) -> Iterator[bytes]:
        """Give the ids of a range."""
        return (self.id(index) for index in range(lower, upper))

    def index(self, bound: Bound, lower: int = 0) -> int:
        """Give the first place at or above a bound, from ``lower`` on."""
        upper = len(self)
        while lower < upper:
            middle = (lower + upper) // 2
            if (self._times[middle], self.id(middle)) < (bound.at, bound.prefix):
                lower = middle + 1
            else:
                upper = middle
        return lower

    def bound(self, index: int) -> Bound:
        """Give the shortest bound between the item at a place and the one before it."""
        at = self._times[index]
        if at != self._times[index - 1]:
            return Bound(at)
        before, here = self.id(index - 1), self.id(index)
        shared = next(i for i in range(ID_BYTES) if before[i] != here[i])
        return Bound(at, here[: shared + 1])

    def at(self, index: int) -> Bound:
        """Give the bound that is exactly an item."""
        return Bound(self._times[index], self.id(index))

    def fingerprint(self, lower: int, upper: int) -> bytes:
        """Give the fingerprint of a range: of the sum of its ids, and of how many they are."""
        first, last = -(-lower // _BLOCK), upper // _BLOCK
        if first >= last:
            total = self._added(lower, upper)
        else:
            total = self._sums[last] - self._sums[first]
            total += self._added(lower, first * _BLOCK) + self._added(last * _BLOCK, upper)
        number = _varint(upper - lower)
        return sha256((total % _SUM).to_bytes(ID_BYTES, "little") + number).digest()[:PRINT_BYTES]

    def _added(self, lower: int, upper: int) -> int:
        ends = range(lower * ID_BYTES, min(upper, len(self)) * ID_BYTES, ID_BYTES)
        return sum(int.from_bytes(self._ids[end : end + ID_BYTES], "little") for end in ends)


@dataclass(slots=True)
class _Found:
    have: list[bytes] = field(default_factory=list)
    need: list[bytes] = field(default_factory=list)


class Server:
    """The end that answers; it keeps nothing between messages but its items."""

    def __init__(self, items: Items, frame_limit: int) -> None:
        self._items = items
        self._limit = frame_limit

    def answer(self, message: bytes) -> bytes:
        """Answer a message; one of another version is answered with ours alone.

        Raises:
            BadMessage: it is none.
        """
        if message[:1] != bytes((VERSION,)):
            if not message or not 0x60 <= message[0] <= 0x6F:  # noqa: PLR2004 - where versions are
                raise BadMessage("no version")
            return bytes((VERSION,))
        return _Answer(self._items, self._limit, None).to(message)


class Client:
    """The end that asks, and learns what each has and the other has not."""

    def __init__(self, items: Items, frame_limit: int) -> None:
        self._items = items
        self._limit = frame_limit

    def begin(self) -> bytes:
        """Give the first message."""
        out = _Writer()
        _cut(self._items, (0, len(self._items)), END, out)
        return bytes((VERSION,)) + out.written

    def next(self, message: bytes) -> tuple[bytes | None, list[bytes], list[bytes]]:
        """Give the next message, and the ids that only we have, and that only they have.

        None: both are done. Ids are told as they are found; none is told twice.

        Raises:
            BadMessage: it is none, or of another version.
        """
        if message[:1] != bytes((VERSION,)):
            raise BadMessage("another version")
        found = _Found()
        answer = _Answer(self._items, self._limit, found).to(message)
        return (answer if len(answer) > 1 else None), found.have, found.need


class _Answer:
    """One message being answered, range by range."""

    def __init__(self, items: Items, limit: int, found: _Found | None) -> None:
        self._items = items
        self._room = limit - _SPARE if limit else None
        self._found = found  # None at the end that answers
        self._out = _Writer()
        self._skipped: Bound | None = None  # up to here nothing is left to say

    def to(self, message: bytes) -> bytes:
        reader = _Reader(message, 1)
        lower, before = 0, Bound(0)
        while reader.is_left:
            bound = reader.bound()
            if bound < before:
                raise BadMessage("bounds ascend")
            upper = self._items.index(bound, lower)
            rest = _Writer(self._out.last)
            upper = self._range(reader, (lower, upper), bound, rest)
            if self._is_full(len(rest.written)):
                self._out.range(END, FINGERPRINT, self._items.fingerprint(upper, len(self._items)))
                break
            self._out.add(rest)
            lower, before = upper, bound
        return bytes((VERSION,)) + self._out.written

    def _range(self, reader: "_Reader", ends: tuple[int, int], bound: Bound, out: "_Writer") -> int:
        """Answer one range into ``out``; give where the answer ends."""
        mode = reader.varint()
        if mode == SKIP:
            self._skipped = bound
        elif mode == FINGERPRINT:
            if reader.take(PRINT_BYTES) == self._items.fingerprint(*ends):
                self._skipped = bound
            else:
                self._tell_skipped(out)
                _cut(self._items, ends, bound, out)
        elif mode == ID_LIST:
            theirs = [reader.take(ID_BYTES) for _ in range(reader.number(ID_BYTES))]
            if self._found is None:
                return self._list(ends, bound, out)
            self._compare(theirs, ends, self._found)
            self._skipped = bound
        else:
            raise BadMessage("no such mode")
        return ends[1]

    def _list(self, ends: tuple[int, int], bound: Bound, out: "_Writer") -> int:
        """List our ids of a range, as many as the frame has room for."""
        self._tell_skipped(out)
        lower, upper = ends
        if self._room is not None:
            left = self._room - len(self._out.written) - len(out.written)
            most = lower + max(left // ID_BYTES + 1, 0)
            if most < upper:
                upper, bound = most, self._items.at(most)
        ids = b"".join(self._items.ids(lower, upper))
        out.range(bound, ID_LIST, _varint(upper - lower) + ids)
        self._out.add(out)  # it was made to fit; what follows it may not
        out.written = b""
        return upper

    def _compare(self, theirs: list[bytes], ends: tuple[int, int], found: _Found) -> None:
        left = dict.fromkeys(theirs)
        for one in self._items.ids(*ends):
            if one in left:
                del left[one]
            else:
                found.have.append(one)
        found.need += left

    def _tell_skipped(self, out: "_Writer") -> None:
        if self._skipped is not None:
            out.range(self._skipped, SKIP, b"")
            self._skipped = None

    def _is_full(self, more: int) -> bool:
        return self._room is not None and len(self._out.written) + more > self._room


def _cut(items: Items, ends: tuple[int, int], bound: Bound, out: "_Writer") -> None:
    """Say a range more closely: by its ids where they are few, else by fingerprints of parts."""
    lower, upper = ends
    if upper - lower < 2 * _BRANCHES:
        out.range(bound, ID_LIST, _varint(upper - lower) + b"".join(items.ids(lower, upper)))
        return
    size, more = divmod(upper - lower, _BRANCHES)
    for branch in range(_BRANCHES):
        end = lower + size + (branch < more)
        print_ = items.fingerprint(lower, end)
        out.range(bound if end == upper else items.bound(end), FINGERPRINT, print_)
        lower = end


class _Writer:
    """Ranges as bytes; a time is written as what it is more than the last one."""

    def __init__(self, last: int = 0) -> None:
        self.written = b""
        self.last = last

    def range(self, bound: Bound, mode: int, payload: bytes) -> None:
        if bound.at == INFINITY:
            time = _varint(0)
        else:
            time = _varint(1 + bound.at - self.last)
            self.last = bound.at
        prefix = _varint(len(bound.prefix)) + bound.prefix
        self.written += time + prefix + _varint(mode) + payload

    def add(self, other: "_Writer") -> None:
        self.written += other.written
        self.last = other.last


class _Reader:
    """Bytes as ranges; whatever is short, long or unordered is refused."""

    def __init__(self, message: bytes, at: int) -> None:
        self._message = message
        self._at = at
        self._last = 0

    @property
    def is_left(self) -> bool:
        return self._at < len(self._message)

    def take(self, size: int) -> bytes:
        taken = self._message[self._at : self._at + size]
        if len(taken) < size:
            raise BadMessage("cut short")
        self._at += size
        return taken

    def varint(self) -> int:
        number = 0
        for _ in range(_VARINT_BYTES):
            digit = self.take(1)[0]
            number = number << 7 | digit & 0x7F
            if digit < 0x80:  # noqa: PLR2004 - the last digit
                return number
        raise BadMessage("a number that does not end")

    def number(self, size: int) -> int:
        """Read how many things of a size follow; never more than there is."""
        number = self.varint()
        if number * size > len(self._message) - self._at:
            raise BadMessage("cut short")
        return number

    def bound(self) -> Bound:
        time = self.varint()
        if time == 0:
            self._last = INFINITY
        else:
            self._last = min(self._last + time - 1, INFINITY)
        size = self.varint()
        if size > ID_BYTES:
            raise BadMessage("a prefix longer than an id")
        return Bound(self._last, self.take(size))


def _varint(number: int) -> bytes:
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))
