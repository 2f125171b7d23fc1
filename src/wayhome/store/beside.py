"""Beside: what may be done with a file of records while another process writes it: copy, examine.

Nothing here writes to the file; both see it as it was at one moment, however long they take.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b, sha256
from pathlib import Path
from typing import TypeAlias
from zlib import crc32

from wayhome.durable import sync
from wayhome.records.filter import Filter
from wayhome.records.kind import Fact
from wayhome.records.record import Record, read_line
from wayhome.records.refused import Refused
from wayhome.store import shelf
from wayhome.store.line import age_of
from wayhome.store.migrate import BadDatabase, identify, steps_of
from wayhome.store.shelf import Found
from wayhome.store.store import Damage, StorageFault

FactsOf: TypeAlias = Callable[[Record], Iterable[Fact]]
_HASH = 32  # bytes of a chunk's in a list, as in blobfile.py
_FLAWS = 100  # of its own, that SQLite names
_FACTS = """
    select record, view, subject, ifnull(cast(row as blob), x''), sum
    from fact join topic on topic = number
"""
_DATED = "select 1 from dated where kind = ? and age = ? and row = ? and id = ?"
_UNDATED = "select row from dated where row not in (select row from record)"
_TAG = "select 1 from tag where hash = ? and kind = ? and head = ? and row = ?"


def copy_records(path: Path, to: Path) -> int:
    """Copy a file of records, durably; give their number. What was deleted is not in the copy.

    Raises:
        BadDatabase: the file is not this program's, or a newer program's.
        StorageFault: it cannot be read, or there is no room for the copy.
    """
    with _opened(path) as db:
        try:
            db.execute("vacuum into ?", (str(to),))
        except sqlite3.Error as error:
            raise StorageFault(f"{path.name} was not copied: {error}") from error
    sync(to)
    sync(to.parent)
    with _opened(to) as db:
        return int(db.execute("select count(*) from record").fetchone()[0])


def examine(path: Path, facts_of: FactsOf, told: Callable[[], None]) -> Iterator[Damage]:
    """Read every record, verify its id and sig, and compare its tags and facts; name what differs.

    ``told`` is called for each record. Of damage to SQLite's own pages at most a hundred are named.

    Raises:
        BadDatabase: the file is not this program's, or a newer program's.
    """
    with _opened(path) as db:
        try:
            yield from _pages(db)
            yield from _records(db, facts_of, told)
        except sqlite3.Error:  # what lies behind a broken page cannot be reached
            yield Damage("file", 0)


def examine_pages(path: Path, series: str) -> Iterator[Damage]:
    """Name what differs in the pages of a file whose rows are sealed; no key is needed.

    Raises:
        BadDatabase: the file is not this program's, or a newer program's.
    """
    with _opened(path, series, "ro") as db:
        try:
            yield from _pages(db)
        except sqlite3.Error:  # as above
            yield Damage("file", 0)


def examine_attachments(path: Path, told: Callable[[], None]) -> Iterator[Damage]:
    """Name what differs in a file of attachments: a chunk must have the hash that its list says.

    ``told`` is called for each chunk.

    Raises:
        BadDatabase: the file is not this program's, or a newer program's.
    """
    with _opened(path, "blobs", "ro") as db:
        try:
            yield from _pages(db)
            yield from _attachments(db, told)
        except sqlite3.Error:  # as above
            yield Damage("file", 0)


def _attachments(db: sqlite3.Connection, told: Callable[[], None]) -> Iterator[Damage]:
    db.execute("begin")
    lists: dict[bytes, bytes] = dict(db.execute("select id, list from blob"))
    for blob, hashes in lists.items():
        if sha256(hashes).digest() != blob:
            yield Damage("list", 0, blob.hex())
    for blob, number, body in db.execute("select blob, number, body from chunk"):
        told()
        expected = lists.get(blob, b"")[_HASH * number : _HASH * (number + 1)]
        if sha256(body).digest() != expected:
            yield Damage("chunk", number, blob.hex())


def _pages(db: sqlite3.Connection) -> Iterator[Damage]:
    found = [row[0] for row in db.execute(f"pragma integrity_check({_FLAWS})")]
    yield from (Damage("file", i) for i in range(len(found)) if found != ["ok"])


def _records(
    db: sqlite3.Connection, facts_of: FactsOf, told: Callable[[], None]
) -> Iterator[Damage]:
    db.execute("begin")
    sums: dict[int, int] = defaultdict(int)  # row of a record to the sum of its facts
    for row, view, subject, fact, total in db.execute(_FACTS):
        sums[row] ^= _sum(view, subject, fact)
        if crc32(fact) != total:
            yield Damage("fact", row)
    for found in shelf.search(db, Filter()):
        told()
        total = sums.pop(found[0], 0)
        record = _read(found)
        if record is None:
            yield Damage("record", found[0], shelf.id_in(found))
            continue
        if total != _sum_of(facts_of(record)):
            yield Damage("fact", found[0], record.id)
        if not all(_is_tagged(db, tag, found) for tag in shelf.tags_of(record)):
            yield Damage("tag", found[0], record.id)
        if not _is_dated(db, record, found):
            yield Damage("date", found[0], record.id)
    yield from (Damage("date", row) for (row,) in db.execute(_UNDATED))
    yield from (Damage("fact", row) for row, total in sorted(sums.items()) if total)


def _read(found: Found) -> Record | None:
    if not shelf.is_sound(found):
        return None
    try:
        return read_line(found[4])
    except Refused:  # its sums are right and its sig is not: never ours
        return None


def _is_tagged(db: sqlite3.Connection, tag: int, found: Found) -> bool:
    row, kind, head, *_ = found
    return db.execute(_TAG, (tag, kind, head, row)).fetchone() is not None


def _is_dated(db: sqlite3.Connection, record: Record, found: Found) -> bool:
    place = (record.kind, age_of(record.created_at), found[0], bytes.fromhex(record.id))
    return db.execute(_DATED, place).fetchone() is not None


def _sum_of(facts: Iterable[Fact]) -> int:
    total = 0
    for view, subject, row in {(one.view, one.subject, one.row) for one in facts}:
        total ^= _sum(view, subject, row)
    return total


def _sum(view: str, subject: str, row: bytes) -> int:
    told = f"{view}\0{subject}\0".encode() + row
    return int.from_bytes(blake2b(told, digest_size=8).digest(), "big")


@contextmanager
def _opened(path: Path, series: str = "records", mode: str = "rw") -> Iterator[sqlite3.Connection]:
    if not path.is_file():
        raise BadDatabase(f"there is no {path.name} here")
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None)
    try:
        identify(db, path.name, steps_of(series))
        yield db
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # as in database.py
        raise BadDatabase(f"{path.name} cannot be read: {error}") from error
    finally:
        db.close()
