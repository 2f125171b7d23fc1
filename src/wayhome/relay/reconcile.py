"""Reconcile: what have you that I have not? Negentropy V1 (NIP-77), a machine without I/O.

Both ends hold their items sorted by (created_at, id) and compare ever smaller ranges: long ones by
fingerprint, short ones by their ids.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from hashlib import sha256

from wayhome.relay import ranges
from wayhome.relay.ranges import (
    END,
    FINGERPRINT,
    ID_BYTES,
    ID_LIST,
    PRINT_BYTES,
    SKIP,
    TIME_BYTES,
    VERSION,
    BadMessage,
    Range,
    Writer,
    number,
)

__all__ = ["BadMessage", "Client", "Items", "Server"]

FRAME_MIN = 4_096  # bytes; the sixteen parts of one range always fit, so every round advances

_ROW = TIME_BYTES + ID_BYTES
_PARTS = 16  # that a differing range is cut into
_FEW = 2 * _PARTS  # items that are told by their ids
# where most ranges agreed one item is the whole difference: 24 ids are 768 bytes, and eight
# fingerprints and three ids 280
_FEWER = 8
_PART = 3  # items of a part, where it is the last before ids
_SPARE = 200  # bytes of a frame that are kept for what closes it: 142 at most
_BLOCK = 16  # items between two sums: 4 bytes an item in memory, 4 us a fingerprint
_PIECE = 4_096  # rows
_NO_LIMIT = 2**62
_VERSIONS = range(0x60, 0x70)
_SUM = 1 << 256


class Items:
    """A sorted set of (created_at, id) that does not change while it is reconciled."""

    def __init__(self, items: Iterable[tuple[int, bytes]]) -> None:
        """Take items in any order; the same one twice is one.

        Raises:
            ValueError: a time is 2^64 - 1, or an id not of 32 bytes.
            OverflowError: a time is negative or even larger.
        """
        self._hold(sorted({at.to_bytes(TIME_BYTES, "big") + one for at, one in items}))

    @classmethod
    def of_rows(cls, rows: list[bytes]) -> "Items":
        """Take items in order and each once, as they are compared: 8 bytes of the time, the id.

        Raises:
            ValueError: as above.
        """
        items = cls(())
        items._hold(rows)
        return items

    def _hold(self, rows: list[bytes]) -> None:
        if not {*map(len, rows)} <= {_ROW} or (rows and rows[-1] >= END):
            raise ValueError("an item is a time below 2^64 - 1 and an id of 32 bytes")
        # a join takes 80 bytes a piece for itself, so few pieces are joined at a time
        pieces = [b"".join(rows[at : at + _PIECE]) for at in range(0, len(rows), _PIECE)]
        rows.clear()
        self._rows = b"".join(pieces)
        self._sums = [0]  # of the ids before each block
        for start in range(0, len(self) - _BLOCK + 1, _BLOCK):
            total = self._sums[-1] + self._added(start, start + _BLOCK)
            self._sums.append(total % _SUM)

    def __len__(self) -> int:
        """Give how many there are."""
        return len(self._rows) // _ROW

    def ids(self, lower: int, upper: int) -> list[bytes]:
        """Give the ids of a range."""
        return [self._rows[end - ID_BYTES : end] for end in _ends(lower, upper)]

    def index(self, bound: bytes, lower: int = 0) -> int:
        """Give the first place at or above a bound, from ``lower`` on."""
        return bisect_left(range(len(self)), bound, lower, key=self._row)

    def bound(self, index: int) -> bytes:
        """Give the shortest bound between the item at a place and the one before it."""
        before, here = self._row(index - 1), self._row(index)
        shared = next(i for i in range(_ROW) if before[i] != here[i])
        return here[: max(shared + 1, TIME_BYTES)]

    def fingerprint(self, lower: int, upper: int) -> bytes:
        """Give the fingerprint of a range: of the sum of its ids, and of how many they are."""
        first, last = -(-lower // _BLOCK), upper // _BLOCK
        if first < last:
            total = self._sums[last] - self._sums[first]
            total += self._added(lower, first * _BLOCK) + self._added(last * _BLOCK, upper)
        else:
            total = self._added(lower, upper)
        summed = (total % _SUM).to_bytes(ID_BYTES, "little") + number(upper - lower)
        return sha256(summed).digest()[:PRINT_BYTES]

    def _row(self, index: int) -> bytes:
        return self._rows[index * _ROW : (index + 1) * _ROW]

    def _added(self, lower: int, upper: int) -> int:
        rows = self._rows
        return sum(
            int.from_bytes(rows[end - ID_BYTES : end], "little") for end in _ends(lower, upper)
        )


class Server:
    """The end that answers; it keeps nothing between messages but its items."""

    def __init__(self, items: Items, frame_limit: int) -> None:
        """Answer for these items with messages no longer than the limit; 0 is none.

        Raises:
            ValueError: the limit is too small to get anywhere.
        """
        self._items = items
        self._room = _room(frame_limit)
        self.rounds = 0  # messages answered; who listens to strangers says when it is enough

    def answer(self, message: bytes) -> bytes:
        """Answer a message; one of another version is answered with ours alone.

        Raises:
            BadMessage: it is none.
        """
        self.rounds += 1
        if message and message[0] != VERSION and message[0] in _VERSIONS:
            return bytes((VERSION,))
        return _Answer(self._items, self._room, None).to(message)


class Client:
    """The end that asks, and learns what each has and the other has not."""

    def __init__(self, items: Items, frame_limit: int) -> None:
        """Ask for these items with messages no longer than the limit; 0 is none.

        Raises:
            ValueError: the limit is too small to get anywhere.
        """
        self._items = items
        self._room = _room(frame_limit)
        self._found = _Found()
        self.rounds = 0  # answers read; an end that lies can go on for ever, so the caller counts

    def begin(self) -> bytes:
        """Give the first message."""
        out = Writer()
        for part in _cut(self._items, (0, len(self._items)), END, is_sparse=False):
            out.add(part)
        return bytes(out.written)

    def next(self, message: bytes) -> tuple[bytes | None, list[bytes], list[bytes]]:
        """Give the next message, and the ids that only we have, and that only they have.

        None: both are done. Ids are told as they are found, each once. What only they have is
        their word: an end that lies can name ids that do not exist, or that we have.

        Raises:
            BadMessage: it is none, or of another version.
        """
        self.rounds += 1
        answer = _Answer(self._items, self._room, self._found).to(message)
        return (answer if len(answer) > 1 else None, *self._found.told())


class _Found:
    """What a client has found; where frames are full, some ranges are looked at twice."""

    def __init__(self) -> None:
        self._all: tuple[set[bytes], set[bytes]] = (set(), set())  # ours alone, theirs alone
        self._new: tuple[list[bytes], list[bytes]] = ([], [])

    def compare(self, ours: list[bytes], theirs: list[bytes]) -> None:
        self._add(0, ours, {*theirs})
        self._add(1, theirs, {*ours})

    def _add(self, side: int, ids: list[bytes], others: set[bytes]) -> None:
        alone = [one for one in ids if one not in others and one not in self._all[side]]
        self._new[side].extend(dict.fromkeys(alone))
        self._all[side].update(alone)

    def told(self) -> tuple[list[bytes], list[bytes]]:
        told, self._new = self._new, ([], [])
        return told


class _Answer:
    """One message being answered, range by range."""

    def __init__(self, items: Items, room: int, found: _Found | None) -> None:
        self._items = items
        self._room = room
        self._found = found  # None at the end that answers
        self._out = Writer()
        self._is_sparse = False

    def to(self, message: bytes) -> bytes:
        every = list(ranges.read(message))  # all is read before any is believed
        places = [0]
        for said in every:
            places.append(self._items.index(said.bound, places[-1]))
        settled = [self._is_settled(*one) for one in zip(every, places, places[1:], strict=False)]
        prints = [
            done for said, done in zip(every, settled, strict=True) if said.mode == FINGERPRINT
        ]
        self._is_sparse = 2 * sum(prints) > len(prints)
        for said, lower, upper, done in zip(every, places, places[1:], settled, strict=False):
            if done:
                self._out.skip(said.bound)
            elif not self._reply(said, lower, upper):
                break
        return bytes(self._out.written)

    @property
    def _is_full(self) -> bool:
        return len(self._out.written) > self._room

    def _is_settled(self, said: Range, lower: int, upper: int) -> bool:
        if said.mode == FINGERPRINT:
            return said.payload == self._items.fingerprint(lower, upper)
        if said.mode == ID_LIST and self._found is not None:
            theirs = [
                said.payload[at : at + ID_BYTES] for at in range(0, len(said.payload), ID_BYTES)
            ]
            self._found.compare(self._items.ids(lower, upper), theirs)
            return True
        return said.mode == SKIP

    def _reply(self, said: Range, lower: int, upper: int) -> bool:
        """Say more of a range; False: there was no room for all of it, and the frame is closed."""
        if self._is_full:
            return self._close(lower)
        if said.mode == ID_LIST:
            return self._list(said.bound, lower, upper)
        before = self._out.mark()
        self._out.add(*self._closer(said.bound, lower, upper))
        if self._is_full:
            self._out.back_to(before)
            return self._close(lower)
        return True

    def _closer(self, bound: bytes, lower: int, upper: int) -> Iterator[Range]:
        """Say a range more closely.

        Who asks need not tell its ids: of a few it says the fingerprint, and the other end, which
        cannot agree, tells its own. A list of one or two is as short, and lets it tell all at once.
        """
        few = _FEWER if self._is_sparse else _FEW
        if self._found is not None and _PART <= upper - lower < few:
            return iter((Range(bound, FINGERPRINT, self._items.fingerprint(lower, upper)),))
        return _cut(self._items, (lower, upper), bound, is_sparse=self._is_sparse)

    def _list(self, bound: bytes, lower: int, upper: int) -> bool:
        fit = lower + 1 + (self._room - len(self._out.written)) // ID_BYTES
        if fit >= upper:
            self._out.add(_ids(self._items, lower, upper, bound))
            return True
        self._out.add(_ids(self._items, lower, fit, self._items.bound(fit)))
        return self._close(fit)

    def _close(self, lower: int) -> bool:
        """Leave all from here on to the next round.

        The fingerprint is of exactly what the range holds. Other programs leave out the part that
        found no room: an end with nothing there would agree, and the part be lost. So that theirs
        cannot be lost to us, we never say by a fingerprint that we have nothing.
        """
        size = len(self._items)
        if lower == size:
            self._out.add(Range(END, ID_LIST, b""))
        else:
            self._out.add(Range(END, FINGERPRINT, self._items.fingerprint(lower, size)))
        return False


def _room(limit: int) -> int:
    if limit and limit < FRAME_MIN:
        raise ValueError(f"a frame limit is 0 or at least {FRAME_MIN}")
    return limit - _SPARE if limit else _NO_LIMIT


def _ends(lower: int, upper: int) -> range:
    return range((lower + 1) * _ROW, (upper + 1) * _ROW, _ROW)


def _ids(items: Items, lower: int, upper: int, bound: bytes) -> Range:
    return Range(bound, ID_LIST, b"".join(items.ids(lower, upper)))


def _cut(
    items: Items, places: tuple[int, int], bound: bytes, *, is_sparse: bool
) -> Iterator[Range]:
    """Say a range more closely: by its ids where they are few, else by fingerprints of parts."""
    lower, upper = places
    if upper - lower < (_FEWER if is_sparse else _FEW):
        yield _ids(items, lower, upper, bound)
        return
    parts = min(_PARTS, -(-(upper - lower) // _PART)) if is_sparse else _PARTS
    size, more = divmod(upper - lower, parts)
    for part in range(parts):
        end = lower + size + (part < more)
        here = bound if end == upper else items.bound(end)
        yield Range(here, FINGERPRINT, items.fingerprint(lower, end))
        lower = end
