"""The store in memory: the promise in its plainest form, for tests and for programs that end."""

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from threading import RLock

from wayhome.records.filter import Filter
from wayhome.records.kind import Fact
from wayhome.records.record import Record
from wayhome.store.line import key_of
from wayhome.store.store import Damage, Entry, Held, Taken


class MemoryStore:
    """Everything in dictionaries under one lock; nothing outlives the process."""

    broken = False

    def __init__(self) -> None:
        self._lock = RLock()
        self._records: dict[str, Record] = {}
        self._facts: dict[str, tuple[Fact, ...]] = {}
        self._slots: dict[tuple[str, ...], list[str]] = {}
        self._held: dict[tuple[int, bytes], Held] = {}
        self._lapsed: set[str] = set()

    def find(self, wanted: Filter) -> list[Record]:
        """As `Reader.find`."""
        with self._lock:
            found = [record for record in self._candidates(wanted) if wanted.matches(record)]
        return sorted(found, key=lambda record: (record.kind, record.id))

    def get(self, record_id: str) -> Record | None:
        """As `Reader.get`."""
        return self._records.get(record_id)

    def known(self, lines: Sequence[bytes]) -> set[bytes]:
        """As `Reader.known`."""
        there = (self._records.get(line[7:71].decode("ascii", "replace")) for line in lines)
        return {record.line for record in there if record is not None}.intersection(lines)

    def lines(self, wanted: Filter) -> Iterator[bytes]:
        """As `Reader.lines`."""
        return (record.line for record in self.find(wanted))

    def ids(self, wanted: Filter) -> list[str]:
        """As `Reader.ids`."""
        return sorted(record.id for record in self.find(wanted))

    def keys(self, kind: int) -> Iterator[bytes]:
        """As `Reader.keys`."""
        found = self.find(Filter(kinds=(kind,)))
        return iter((b"".join(sorted(key_of(one.created_at, one.id) for one in found)),))

    def count(self, wanted: Filter) -> int:
        """As `Reader.count`."""
        return len(self.find(wanted))

    def lapsed(self) -> list[str]:
        """As `Reader.lapsed`."""
        return sorted(self._lapsed)

    def facts(self, view: str, subject: str | None = None) -> Iterator[bytes]:
        """As `Reader.facts`."""
        with self._lock:
            rows = {
                fact.row
                for facts in self._facts.values()
                for fact in facts
                if fact.view == view and subject in (None, fact.subject)
            }
        return iter(sorted(rows))

    def keep(self, entries: Sequence[Entry]) -> Taken:
        """As `Store.keep`."""
        with self._lock:
            gave_way: list[Record] = []
            taken = [self._take(entry, gave_way) for entry in entries]
            new = [
                new and entry.record.id in self._records
                for new, entry in zip(taken, entries, strict=True)
            ]
            own = {entry.record.id for entry in entries}
            return Taken(new, [one for one in gave_way if one.id not in own])

    def lapse(self, entries: Sequence[Entry]) -> list[bool]:
        """As `Store.lapse`."""
        with self._lock:
            ids = [entry.record.id for entry in entries]
            were = [self._leaves(one) for one in ids]
            for entry in entries:
                if entry.slot is not None:
                    left = self._slots.get(entry.slot.key, [])
                    self._slots[entry.slot.key] = [one for one in left if one not in ids]
            self._lapsed.update(ids)
            return were

    def hold(self, held: Sequence[Held]) -> None:
        """As `Store.hold`."""
        with self._lock:
            self._held.update({(one.until, one.key): one for one in held})

    def held(self) -> Iterator[Held]:
        """As `Store.held`."""
        with self._lock:
            return iter(sorted(self._held.values(), key=lambda one: one.key))

    def held_under(self, keys: Sequence[bytes]) -> list[Held]:
        """As `Store.held_under`."""
        wanted = set(keys)
        return [one for one in self.held() if one.key in wanted]

    def let_go(self, until: int) -> None:
        """As `Store.let_go`."""
        with self._lock:
            self._held = {place: one for place, one in self._held.items() if one.until > until}

    def recount_facts(self, facts: Iterable[tuple[str, tuple[Fact, ...]]]) -> None:
        """As `Store.recount_facts`."""
        counted = dict(facts)
        with self._lock:
            self._facts = {record_id: counted.get(record_id, ()) for record_id in self._records}

    def damaged(self) -> Iterator[Damage]:
        """As `Store.damaged`: memory does not rot."""
        return iter(())

    def close(self) -> None:
        """As `Store.close`."""

    def _candidates(self, wanted: Filter) -> Iterable[Record]:
        if wanted.ids is None:
            return self._records.values()
        return [self._records[one] for one in set(wanted.ids) if one in self._records]

    def _take(self, entry: Entry, gave_way: list[Record]) -> bool:
        record = entry.record
        if record.id in self._records or record.id in self._lapsed:
            return False
        if not self._fits(entry, gave_way):
            return False
        self._records[record.id] = record
        self._facts[record.id] = entry.facts
        return True

    def _fits(self, entry: Entry, gave_way: list[Record]) -> bool:
        if entry.slot is None:
            return True
        ids = self._slots.setdefault(entry.slot.key, [])
        insort(ids, entry.record.id)
        if len(ids) <= entry.slot.keeps:
            return True
        leaving = ids.pop()
        gave_way += filter(None, (self._records.get(leaving),))
        self._leaves(leaving)
        return leaving != entry.record.id

    def _leaves(self, record_id: str) -> bool:
        self._facts.pop(record_id, None)
        return self._records.pop(record_id, None) is not None
