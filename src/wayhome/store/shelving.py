"""Shelving: a batch of records into the tables, inside one transaction."""

import sqlite3
import struct
from collections.abc import Iterable, Iterator, Sequence
from zlib import crc32

from wayhome.records.kind import Fact
from wayhome.records.record import Record, read_line
from wayhome.store import shelf
from wayhome.store.line import age_of
from wayhome.store.rows import among, put
from wayhome.store.shelf import Found, Item
from wayhome.store.store import Taken

_MARK = struct.Struct(">IB")  # topic, and how many bytes follow; none since records-0003

_RECORD = "insert into record (row, kind, head, sum, marks, line) values"
_DATED = "insert into dated (kind, age, row, id) values"
_TAG = "insert into tag (hash, kind, head, row) values"
_SLOT = "insert into slot (hash, row) values"
_FACT = "insert or ignore into fact (topic, row, record, sum) values"
_LAPSED = "insert or ignore into lapsed (id) values"
_AMONG_LAPSED = "select id from lapsed where id in"
_IN_SLOTS = "select hash, row from slot where hash in"
_NUMBER = "select number from topic where view = ? and subject = ?"
_TOPIC = "insert into topic (view, subject) values (?, ?) returning number"
_NO_DATE = "delete from dated where kind = ? and age = ? and row = ?"
_NO_FACT = "delete from fact where topic = ? and record = ?"


def take(db: sqlite3.Connection, items: Sequence[Item]) -> Taken:
    """Keep what is new and has a place in its slot; what has to leave a slot leaves the tables."""
    staying, gave_way = _fitting(db, _unknown(db, items))
    last = db.execute("select coalesce(max(row), 0) from record").fetchone()[0]
    topics = _Topics(db)
    records: list[tuple[int, int, int, int, bytes, bytes]] = []
    dated: list[tuple[int, bytes, int, bytes]] = []
    tags: list[tuple[int, int, int, int]] = []
    slots: list[tuple[bytes, int]] = []
    facts: list[tuple[int, bytes, int, int]] = []
    for row, (entry, line, head, slot, hashes) in enumerate(staying.values(), last + 1):
        record, kind = entry.record, entry.record.kind
        marks = topics.marks(entry.facts)
        records.append((row, kind, head, crc32(line), _packed(marks), line))
        dated.append((kind, age_of(record.created_at), row, bytes.fromhex(record.id)))
        tags += [(tag, kind, head, row) for tag in hashes]
        facts += [(topic, fact, row, crc32(fact)) for topic, fact in marks]
        if slot is not None:
            slots.append((slot, row))
    put(db, _RECORD, records)
    put(db, _DATED, dated)
    put(db, _TAG, tags)
    put(db, _SLOT, slots)
    put(db, _FACT, facts)
    return Taken([staying.get(item.entry.record.id) is item for item in items], gave_way)


def lapse(db: sqlite3.Connection, items: Sequence[Item]) -> list[bool]:
    """Take these out for good; for each tell whether it was there. Only the ids stay."""
    put(db, _LAPSED, [(bytes.fromhex(item.entry.record.id),) for item in items])
    return [_leaves(db, item) for item in items]


def put_facts(db: sqlite3.Connection, row: int, facts: Iterable[Fact]) -> None:
    """Give a record the facts it adds; it has none."""
    marks = _Topics(db).marks(facts)
    packed = _packed(marks)
    db.execute("update record set marks = ? where row = ? and marks <> ?", (packed, row, packed))
    put(db, _FACT, [(topic, fact, row, crc32(fact)) for topic, fact in marks])


class _Topics:
    """The numbers of views and subjects, as far as one transaction has asked for them."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._numbers: dict[tuple[str, str], int] = {}

    def marks(self, facts: Iterable[Fact]) -> list[tuple[int, bytes]]:
        return [(self._of(fact.view, fact.subject), fact.row) for fact in facts]

    def _of(self, view: str, subject: str) -> int:
        number = self._numbers.get((view, subject))
        if number is None:
            known = self._db.execute(_NUMBER, (view, subject)).fetchone()
            number = int((known or self._db.execute(_TOPIC, (view, subject)).fetchone())[0])
            self._numbers[view, subject] = number
        return number


def _unknown(db: sqlite3.Connection, items: Iterable[Item]) -> dict[str, Item]:
    """Give the items that are not kept, each id once; what is kept but damaged gives way."""
    unknown: dict[str, Item] = {}
    for item in items:
        unknown.setdefault(item.entry.record.id, item)
    for lapsed in _lapsed(db, unknown):
        del unknown[lapsed]
    heads = {(item.entry.record.kind, item.head): item for item in unknown.values()}
    for found in list(shelf.at_heads(db, heads)):
        for item in _same(unknown, found):
            if shelf.is_sound(found):
                del unknown[item.entry.record.id]
            else:
                _remove(db, found, item)
    return unknown


def _lapsed(db: sqlite3.Connection, ids: Iterable[str]) -> list[str]:
    if db.execute("select 1 from lapsed limit 1").fetchone() is None:  # as a rule
        return []
    asked = [bytes.fromhex(one) for one in ids]
    return [found.hex() for (found,) in among(db, _AMONG_LAPSED, (), asked)]


def _leaves(db: sqlite3.Connection, item: Item) -> bool:
    record = item.entry.record
    there = [
        found
        for found in shelf.by_id(db, (record.kind,), record.id)
        if shelf.claims(found, record.id)
    ]
    for found in there:
        _remove(db, found, item)
    return bool(there)


def _same(unknown: dict[str, Item], found: Found) -> list[Item]:
    """Give the item that is in the place of what was found."""
    item = unknown.get(shelf.id_in(found))
    if item is not None or shelf.is_sound(found):
        return [] if item is None else [item]
    return [one for one in unknown.values() if one.head == found[2]]


def _fitting(db: sqlite3.Connection, new: dict[str, Item]) -> tuple[dict[str, Item], list[Record]]:
    """Give those that have a place in their slots, and what left the tables for them."""
    slots: dict[bytes, list[Item]] = {}
    for item in new.values():
        if item.slot is not None:
            slots.setdefault(item.slot, []).append(item)
    there = _in_slots(db, slots)
    staying, gave_way = dict(new), []
    for slot, items in slots.items():
        kept = {shelf.id_in(found): found for found in there.get(slot, ())}
        ids = sorted({*kept, *(item.entry.record.id for item in items)})
        for leaving in ids[_keeps(items[0]) :]:
            if leaving in kept:
                _remove(db, kept[leaving], items[0])
                gave_way.append(read_line(kept[leaving][4], sig_is_known=True))
            else:
                del staying[leaving]
    return staying, gave_way


def _keeps(item: Item) -> int:
    return item.entry.slot.keeps if item.entry.slot else 0


def _in_slots(db: sqlite3.Connection, slots: Iterable[bytes]) -> dict[bytes, list[Found]]:
    """Give what reads well in slots; what does not is never given out and takes no place."""
    there: dict[bytes, list[Found]] = {}
    for slot, row in list(among(db, _IN_SLOTS, (), list(slots))):
        found = shelf.by_row(db, row)
        if found is not None and shelf.is_sound(found):
            there.setdefault(slot, []).append(found)
    return there


def _remove(db: sqlite3.Connection, found: Found, item: Item) -> None:
    """Take a record out; ``item`` has the same slot, and the same tags if the line is damaged."""
    row, _, head, _, line = found
    is_same = shelf.claims(found, item.entry.record.id)
    record = item.entry.record if is_same else read_line(line, sig_is_known=True)
    marks = db.execute("select marks from record where row = ?", (row,)).fetchone()[0]
    db.executemany(_NO_FACT, [(topic, row) for topic in _unpacked(marks)])
    db.executemany(
        "delete from tag where hash = ? and kind = ? and head = ? and row = ?",
        [(tag, record.kind, head, row) for tag in shelf.tags_of(record)],
    )
    db.execute(_NO_DATE, (record.kind, age_of(record.created_at), row))
    db.execute("delete from slot where hash = ? and row = ?", (item.slot, row))
    db.execute("delete from record where row = ?", (row,))


def _packed(marks: Sequence[tuple[int, bytes]]) -> bytes:
    if len(marks) == 1:  # as a rule
        return _MARK.pack(marks[0][0], 0)
    return b"".join(_MARK.pack(topic, 0) for topic in sorted({topic for topic, _ in marks}))


def _unpacked(marks: bytes) -> Iterator[int]:
    at = 0
    while at + _MARK.size <= len(marks):
        topic, length = _MARK.unpack_from(marks, at)
        at += _MARK.size + length
        yield topic
