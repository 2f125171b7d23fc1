"""Slots: the envelopes of one group by the sixteen bytes under which they are looked for.

Who looks for her own takes the list of all slots, and then one whole shard: nobody learns which
slot was looked for, or whether there was one.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from wayhome.codec import limits
from wayhome.records.kind import Fact
from wayhome.records.rows import in_order, merged, new_among

SLOTS = "slots"
BLOBS = "blobs"
SLOT_BYTES = 16
SHARD = 16  # envelopes in a shard at least, and fewer than twice as many as a rule
_DAY = 4


def slot_row(day: int, slot: str, record_id: str) -> bytes:
    """Give the row of an envelope's fact; it begins with the id, so that it leaves with it."""
    return bytes.fromhex(record_id) + day.to_bytes(_DAY, "big") + bytes.fromhex(slot)


_SLOT = slice(0, SLOT_BYTES)
_ID = slice(SLOT_BYTES, SLOT_BYTES + 32)
_PLACED = SLOT_BYTES + 32  # a place: slot, id, day


class Slots:
    """The view of one group's envelopes."""

    def __init__(self, places: Sequence[bytes], days: Counter[int]) -> None:
        """Take places that ascend, each once, and how many there are of each day."""
        self._places = places
        self._days = days

    @classmethod
    def of(cls, rows: Iterable[bytes]) -> Self:
        """Make the view of rows in any order."""
        places = in_order(map(_place_of, rows))
        return cls(places, Counter(map(_day_in, places)))

    def noting(self, rows: Iterable[bytes]) -> Self:
        """Give the view of these rows too."""
        new = new_among(map(_place_of, rows), self._places)
        return type(self)(merged(self._places, new), self._days + Counter(map(_day_in, new)))

    def __len__(self) -> int:
        """Give the number of envelopes."""
        return len(self._places)

    @property
    def list(self) -> bytes:
        """Every slot, sixteen bytes each, ascending."""
        return b"".join(place[_SLOT] for place in self._places)

    @property
    def bits(self) -> int:
        """The number of a slot's first bits that name its shard."""
        return shard_bits(len(self._places))

    def shard(self, number: int) -> tuple[str, ...]:
        """Give the ids of one shard, ascending by slot; empty where there is no such shard."""
        width = 8 * SLOT_BYTES - self.bits
        first, after = number << width, (number + 1) << width
        return tuple(place[_ID].hex() for place in self._places[self._at(first) : self._at(after)])

    def of_day(self, day: int) -> int:
        """Give the number of envelopes of a day."""
        return self._days[day]

    def lapsed(self, today: int) -> Iterator[str]:
        """Give the ids of those whose time has ended on a day."""
        for place in self._places:
            if _day_in(place) + limits.ENVELOPE_DAYS <= today:
                yield place[_ID].hex()

    def are_long_over(self, today: int) -> bool:
        """Tell whether even the youngest ended long ago: then rather the clock is wrong."""
        youngest = max(self._days, default=today)
        return today - youngest > limits.ENVELOPE_DAYS + limits.ENVELOPE_LONG

    def _at(self, slot: int) -> int:
        if slot >> 8 * SLOT_BYTES:
            return len(self._places)
        return bisect_left(self._places, slot.to_bytes(SLOT_BYTES, "big"))


def _place_of(row: bytes) -> bytes:
    split = 32 + _DAY
    return row[split:] + row[:split]


def _day_in(place: bytes) -> int:
    return int.from_bytes(place[_PLACED:], "big")


def shard_bits(count: int) -> int:
    """Give the number of bits that name a shard of so many envelopes."""
    return max(0, (count // SHARD).bit_length() - 1)


def shard_of(slot: bytes, bits: int) -> int:
    """Give the number of the shard that a slot is in."""
    return int.from_bytes(slot, "big") >> (8 * SLOT_BYTES - bits)


@dataclass(frozen=True, slots=True)
class Named:
    """What an envelope says of an attachment: its padded size, and whose and of which day it is."""

    id: str
    size: int
    group: str
    day: int

    @classmethod
    def of(cls, row: bytes) -> Self:
        """Read it out of a fact's row."""
        size, day = row[32 : 32 + _DAY], row[32 + _DAY : 32 + 2 * _DAY]
        group = row[32 + 2 * _DAY :].hex()
        return cls(row[:32].hex(), int.from_bytes(size, "big"), group, int.from_bytes(day, "big"))

    def fact(self) -> Fact:
        """Give the fact that an envelope names it."""
        numbers = self.size.to_bytes(_DAY, "big") + self.day.to_bytes(_DAY, "big")
        return Fact(BLOBS, self.id, bytes.fromhex(self.id) + numbers + bytes.fromhex(self.group))
