"""Ledger: the ids of all public records by kind, newest first, as far as the feed has told of them.

What is stored and what comes live meet here. An answer holds what the ledger knew at one moment,
and a listener is told what the ledger learns after it: so nothing is missed and nothing told twice,
however the store and the feed overtake each other. Of the same lists reconciliation is made.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

from wayhome.records.filter import Filter
from wayhome.records.record import Record
from wayhome.relay.roll import Roll, id_in
from wayhome.store.line import KEY_BYTES, key_of, key_of_line
from wayhome.store.store import Reader, StorageFault

_PROVED = 128  # lines looked at together, and a rest after them: 1 % of one core
_REST = 0.2  # seconds


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
        self._provings: set[asyncio.Task[None]] = set()
        self._in_turn = asyncio.Lock()

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
            kind = self._kinds.get(record.kind)
            if kind is None:
                continue
            if kind.roll is None and kind.reading is None:  # nobody has asked for one yet
                fresh.append(record)
            else:
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
            is_first = kind.roll is None
            roll, kind.uncounted = await asyncio.to_thread(_read, self._reader, number, kind.roll)
            kind.roll = roll.plus({key for key in kind.told if key not in roll})
            if is_first:
                self._provings.add(proving := asyncio.create_task(self._prove(number, kind)))
                proving.add_done_callback(self._provings.discard)
        finally:
            kind.reading = None

    async def _prove(self, number: int, kind: _Kind) -> None:
        """Look at every line once and at leisure, so that what is damaged is had from a peer."""
        keys = (kind.roll or Roll()).keys()
        with suppress(StorageFault):  # whoever asks for something is told of it
            async with self._in_turn:
                while some := list(islice(keys, _PROVED)):
                    gone = await asyncio.to_thread(_not_there, self._reader, number, some)
                    if gone:
                        kind.roll = (kind.roll or Roll()).without(gone)
                        kind.uncounted += len(gone)
                    await asyncio.sleep(_REST)


def _read(reader: Reader, number: int, before: Roll | None) -> tuple[Roll, int]:
    """Give what is there, and how many records the store counts without giving them out.

    What was not known ``before`` is left to the feed: its listeners were not told of it yet.
    """
    wanted = Filter(kinds=(number,))
    counted = reader.count(wanted)
    there = b"".join(reader.keys(number))
    uncounted = max(0, min(counted, reader.count(wanted)) - len(there) // KEY_BYTES)
    return Roll.of_run(there) if before is None else before.within(there), uncounted


def _not_there(reader: Reader, number: int, keys: Sequence[bytes]) -> set[bytes]:
    """Give those whose records are not given out."""
    ids = tuple(map(id_in, keys))
    return {*keys}.difference(
        key_of_line(line) for line in reader.lines(Filter(ids=ids, kinds=(number,)))
    )
