"""Ledger: the ids of all public records by kind, newest first, as far as the feed has told of them.

What is stored and what comes live meet here. An answer holds what the ledger knew at one moment,
and a listener is told what the ledger learns after it: so nothing is missed and nothing told twice,
however the store and the feed overtake each other. Of the same lists reconciliation is made.
"""

import asyncio
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge

from wayhome.records.filter import Filter
from wayhome.records.record import Record
from wayhome.store.store import Reader

_SIZE = 40  # bytes of a key: 8 that grow with age, 32 of the id
_LAST = 2**64 - 1
_PIECE = 4_096  # keys
_GROWTH = 4  # a run is at least so many times as long as the one after it
_AUTHOR_END = 162  # of a line: its created_at begins


def key_of(created_at: int, record_id: str) -> bytes:
    """Give what sorts a record: newest first, then by id, as NIP-01 asks."""
    return (_LAST - created_at).to_bytes(8, "big") + bytes.fromhex(record_id)


def key_of_line(line: bytes) -> bytes:
    """Give the key of a canonical line."""
    end = line.index(b",", _AUTHOR_END)
    return key_of(int(line[_AUTHOR_END:end]), line[7:71].decode())


def id_in(key: bytes) -> str:
    """Give a key's record id."""
    return key[8:].hex()


def item_of(key: bytes) -> tuple[int, bytes]:
    """Give what is reconciled: created_at and the id's bytes."""
    return _LAST - int.from_bytes(key[:8], "big"), key[8:]


@dataclass(frozen=True, slots=True)
class Roll:
    """Sorted keys that never change: a few runs of bytes, each much longer than the next."""

    runs: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, keys: Iterable[bytes]) -> "Roll":
        """Make it of keys in any order, each once."""
        run = b"".join(sorted(keys))
        return cls((run,) if run else ())

    def __len__(self) -> int:
        """Give how many keys there are."""
        return sum(map(len, self.runs)) // _SIZE

    def __contains__(self, key: bytes) -> bool:
        """Tell whether a key is there."""
        for run in self.runs:
            at = _index(run, key) * _SIZE
            if run[at : at + _SIZE] == key:
                return True
        return False

    def count(self, since: int, until: int) -> int:
        """Give how many are dated so, both ends included."""
        return sum(end - start for _, start, end in self._parts(since, until))

    def keys(self, since: int = 0, until: int = _LAST) -> Iterator[bytes]:
        """Give those that are dated so, newest first."""
        parts = [_cut(run, start, end) for run, start, end in self._parts(since, until)]
        return merge(*parts) if len(parts) > 1 else iter(parts[0] if parts else ())

    def plus(self, keys: Iterable[bytes]) -> "Roll":
        """Give one that has these too; none of them is there yet."""
        runs = [*self.runs, b"".join(sorted(keys))]
        while len(runs) > 1 and len(runs[-2]) < _GROWTH * len(runs[-1]):
            last = runs.pop()
            runs[-1] = _spliced(runs[-1], last)
        return Roll(tuple(run for run in runs if run))

    def _parts(self, since: int, until: int) -> Iterator[tuple[bytes, int, int]]:
        newest = (_LAST - until).to_bytes(8, "big")
        for run in self.runs:
            start, end = _index(run, newest), len(run) // _SIZE
            if since:
                end = _index(run, (_LAST - since + 1).to_bytes(8, "big"))
            if start < end:
                yield run, start, end


@dataclass(slots=True)
class _Kind:
    """What is known of one kind; `told` is what came while it is being read."""

    roll: Roll | None = None
    reading: "asyncio.Task[None] | None" = None
    told: list[bytes] = field(default_factory=list)
    uncounted: int = 0  # records that the store counts and does not give out: damaged ones


class Ledger:
    """All kinds a relay serves. Of one event loop; a kind is read when it is first asked for."""

    def __init__(self, reader: Reader, kinds: Iterable[int]) -> None:
        self._reader = reader
        self._kinds = {kind: _Kind() for kind in kinds}

    def asked(self, kinds: frozenset[int] | None) -> tuple[int, ...]:
        """Give the kinds a filter speaks of that are carried here."""
        return tuple(kind for kind in sorted(self._kinds) if kinds is None or kind in kinds)

    async def rolls(self, kinds: Sequence[int]) -> Mapping[int, Roll]:
        """Give what is known of these kinds at the moment of the answer.

        Raises:
            StorageFault: the store cannot be read.
        """
        for number in kinds:
            kind = self._kinds[number]
            while kind.roll is None:
                await self._read(number, kind)
        return {number: self._kinds[number].roll or Roll() for number in kinds}

    async def settle(self, kinds: Sequence[int]) -> None:
        """Forget what has left the store: a lower id has taken its place there.

        Raises:
            StorageFault: the store cannot be read.
        """
        await self.rolls(kinds)
        for number in kinds:
            kind = self._kinds[number]
            there = await asyncio.to_thread(self._reader.count, Filter(kinds=(number,)))
            if there < len(kind.roll or ()) + kind.uncounted:
                await self._read(number, kind)

    def tell(self, records: Sequence[Record]) -> list[Record]:
        """Take what the feed tells; give what no answer can have held yet."""
        fresh: list[Record] = []
        new: dict[int, dict[bytes, Record]] = {}
        for record in records:
            if record.kind in self._kinds:
                new.setdefault(record.kind, {})[key_of(record.created_at, record.id)] = record
        for number, keyed in new.items():
            kind = self._kinds[number]
            kind.told += keyed if kind.reading else ()
            keys = [key for key in keyed if kind.roll is None or key not in kind.roll]
            if kind.roll is not None:
                kind.roll = kind.roll.plus(keys)
            fresh += (keyed[key] for key in keys)
        return fresh

    async def _read(self, number: int, kind: _Kind) -> None:
        """Read a kind from the store, once for all who ask meanwhile."""
        if kind.reading is None:
            kind.told.clear()
            kind.reading = asyncio.create_task(self._fill(number, kind))
            # whoever waited may have gone; then nobody else asks what became of it
            kind.reading.add_done_callback(lambda task: task.cancelled() or task.exception())
        await asyncio.shield(kind.reading)

    async def _fill(self, number: int, kind: _Kind) -> None:
        try:
            roll, kind.uncounted = await asyncio.to_thread(_read, self._reader, number, kind.roll)
            kind.roll = roll.plus({key for key in kind.told if key not in roll})
        finally:
            kind.reading = None


def _read(reader: Reader, number: int, before: Roll | None) -> tuple[Roll, int]:
    """Give what is there, and how many records the store counts without giving them out.

    What was not known ``before`` is left to the feed: its listeners were not told of it yet.
    """
    wanted = Filter(kinds=(number,))
    counted = reader.count(wanted)
    keys = {key_of_line(line) for line in reader.lines(wanted)}
    uncounted = max(0, min(counted, reader.count(wanted)) - len(keys))
    if before is not None:
        keys.intersection_update(before.keys())
    return Roll.of(keys), uncounted


def _index(run: bytes, key: bytes) -> int:
    size = len(key)
    return bisect_left(
        range(len(run) // _SIZE), key, key=lambda at: run[at * _SIZE : at * _SIZE + size]
    )


def _cut(run: bytes, start: int, end: int) -> Iterator[bytes]:
    return (run[at : at + _SIZE] for at in range(start * _SIZE, end * _SIZE, _SIZE))


def _spliced(long: bytes, short: bytes) -> bytes:
    """Make one run of two; sorted piece by piece, for a million keys as objects take 80 MB."""
    pieces: list[bytes] = []
    done = 0
    for at in range(0, len(long), _PIECE * _SIZE):
        piece, rest = long[at : at + _PIECE * _SIZE], at + _PIECE * _SIZE
        end = _index(short, long[rest : rest + _SIZE]) if rest < len(long) else len(short) // _SIZE
        if done < end:
            both = (*_cut(piece, 0, len(piece) // _SIZE), *_cut(short, done, end))
            piece = b"".join(sorted(both))
        pieces.append(piece)
        done = end
    return b"".join(pieces)
