"""The store in SQLite: records and facts in one file, what is held in a second one beside it.

The second file is apart because what is held is padded and goes away again, all at once.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from threading import Lock
from zlib import crc32

from wayhome.records.filter import Filter
from wayhome.records.kind import Fact
from wayhome.records.record import Record, read_line
from wayhome.records.refused import Refused
from wayhome.store import shelf
from wayhome.store.database import Database, Shape
from wayhome.store.dated import keys_of
from wayhome.store.heldfile import HeldFile
from wayhome.store.line import AGE_BYTES, KEY_BYTES, Match, claimed_place
from wayhome.store.shelving import lapse, put_facts, take
from wayhome.store.store import Damage, Entry, Held, Taken

_SPOILT = 10_000  # records found damaged that are remembered; a disk that bad is read no more
_KNOWN_SIGS = 20_000  # lines whose sig was verified since the start; 16 bytes each


class SqliteStore:
    """Two files: ``path``, and `held.db` in the same folder. Safe for threads."""

    def __init__(self, path: Path) -> None:
        """Open or make the files.

        Raises:
            BadDatabase: a file is not this program's, or a newer program's.
        """
        self._db = Database(path, Shape("records"))
        try:
            self._held = HeldFile(path.with_name("held.db"))
        except BaseException:
            self._db.close()
            raise
        self._sigs: set[bytes] = set()
        self._lock = Lock()
        self.unsound = 0  # readings that were not given out
        self._spoilt: set[tuple[int, int]] = set()  # kinds and heads of what was found damaged

    def limit(self, most: int) -> None:
        """Let neither file grow over so many bytes; what does not fit is as on a full disk."""
        self._db.limit(most)
        self._held.limit(most)

    @property
    def broken(self) -> bool:
        """As `Store.broken`."""
        return self._db.broken or self._held.broken

    def find(self, wanted: Filter) -> list[Record]:
        """As `Reader.find`; every sig is verified once more since the program was started."""
        return [record for line in self.lines(wanted) if (record := self._read(line)) is not None]

    def get(self, record_id: str) -> Record | None:
        """As `Reader.get`."""
        found = self.find(Filter(ids=(record_id,)))
        return found[0] if found else None

    def known(self, lines: Sequence[bytes]) -> set[bytes]:
        """As `Reader.known`."""
        claimed = (claimed_place(line) for line in lines)
        places = {(kind, shelf.head_of(one)) for kind, one in filter(None, claimed)}
        if not places:
            return set()
        with self._db.read() as db:
            return {found[4] for found in shelf.at_heads(db, places)}.intersection(lines)

    def lines(self, wanted: Filter) -> Iterator[bytes]:
        """As `Reader.lines`."""
        match = Match.of(wanted)
        with self._db.snapshot() as db:
            for found in shelf.search(db, wanted):
                if not shelf.is_sound(found):
                    self._leave_out(found)
                elif match.matches(found[4]):
                    yield found[4]

    def ids(self, wanted: Filter) -> list[str]:
        """As `Reader.ids`."""
        return sorted(line[7:71].decode() for line in self.lines(wanted))

    def keys(self, kind: int) -> Iterator[bytes]:
        """As `Reader.keys`."""
        with self._db.snapshot() as db:
            for keys in keys_of(db, kind):
                yield self._unspoilt(kind, keys) if self._spoilt else keys

    def count(self, wanted: Filter) -> int:
        """As `Reader.count`; one tag or author, or kinds alone, are counted in an index."""
        with self._db.snapshot() as db:
            total = shelf.counted(db, wanted)
        return sum(1 for _ in self.lines(wanted)) if total is None else total

    def lapsed(self) -> list[str]:
        """As `Reader.lapsed`."""
        with self._db.read() as db:
            return [row[0].hex() for row in db.execute("select id from lapsed order by id")]

    def facts(self, view: str, subject: str | None = None) -> Iterator[bytes]:
        """As `Reader.facts`."""
        with self._db.snapshot() as db:
            for row, total in db.execute(_FACTS[subject is None], {"view": view, "sub": subject}):
                if crc32(row) == total:
                    yield row
                else:
                    self.unsound += 1

    def keep(self, entries: Sequence[Entry]) -> Taken:
        """As `Store.keep`."""
        items = [shelf.Item.of(entry) for entry in entries]
        taken = self._db.write(lambda db: take(db, items))
        if self._spoilt:  # what was damaged has given way
            kept = {(item.entry.record.kind, item.head) for item in items}
            with self._lock:
                self._spoilt -= kept
        return taken

    def lapse(self, entries: Sequence[Entry]) -> list[bool]:
        """As `Store.lapse`."""
        items = [shelf.Item.of(entry) for entry in entries]
        return self._db.write(lambda db: lapse(db, items))

    def hold(self, held: Sequence[Held]) -> None:
        """As `Store.hold`."""
        self._held.hold(held)

    def held(self) -> Iterator[Held]:
        """As `Store.held`."""
        return self._held.all()

    def held_under(self, keys: Sequence[bytes]) -> list[Held]:
        """As `Store.held_under`."""
        return self._held.under(keys)

    def let_go(self, until: int) -> None:
        """As `Store.let_go`."""
        self._held.let_go(until)

    def recount_facts(self, facts: Iterable[tuple[str, tuple[Fact, ...]]]) -> None:
        """As `Store.recount_facts`."""

        def recount(db: sqlite3.Connection) -> None:
            db.execute("delete from fact")
            for record_id, new in facts:
                for found in shelf.by_id(db, shelf.kinds_of(db), record_id):
                    if shelf.id_in(found) == record_id:
                        put_facts(db, found[0], new)

        self._db.write(recount)

    def damaged(self) -> Iterator[Damage]:
        """As `Store.damaged`."""
        with self._db.snapshot() as db:
            for found in shelf.search(db, Filter()):
                if not shelf.is_sound(found):
                    yield Damage("record", found[0], shelf.id_in(found))
            for record, row, total in db.execute(_ALL_FACTS):
                if crc32(row) != total:
                    yield Damage("fact", record)

    def close(self) -> None:
        """As `Store.close`."""
        self._held.close()
        self._db.close()

    def _leave_out(self, found: shelf.Found) -> None:
        self.unsound += 1
        with self._lock:
            if len(self._spoilt) < _SPOILT:
                self._spoilt.add((found[1], found[2]))

    def _unspoilt(self, kind: int, keys: bytes) -> bytes:
        each = (keys[at : at + KEY_BYTES] for at in range(0, len(keys), KEY_BYTES))
        places = ((one, (kind, shelf.head_of(one[AGE_BYTES:].hex()))) for one in each)
        return b"".join(one for one, place in places if place not in self._spoilt)

    def _read(self, line: bytes) -> Record | None:
        digest = sha256(line).digest()[:16]
        known = digest in self._sigs
        try:
            record = read_line(line, sig_is_known=known)
        except Refused:
            self.unsound += 1
            return None
        if not known:
            self._remember(digest)
        return record

    def _remember(self, digest: bytes) -> None:
        with self._lock:
            if len(self._sigs) >= _KNOWN_SIGS:
                self._sigs.clear()
            self._sigs.add(digest)


_ALL_FACTS = "select record, ifnull(cast(row as blob), x''), sum from fact"
_FACTS = (
    """
    select ifnull(cast(row as blob), x''), sum from fact
    where topic = (select number from topic where view = :view and subject = :sub)
    """,
    """
    select ifnull(cast(row as blob), x''), sum from fact
    where topic in (select number from topic where view = :view and :sub is null)
    """,
)
