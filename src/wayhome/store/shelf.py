"""Shelf: how a record lies in the tables, and the way back to it from a filter."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from typing import NamedTuple, Self, TypeAlias
from zlib import crc32

import orjson

from wayhome.records.filter import Filter
from wayhome.records.record import Record
from wayhome.store.line import proved_place
from wayhome.store.rows import among
from wayhome.store.store import Entry

INDEXED = ("e", "g", "charter")  # tags that records are looked up by
_AUTHOR = ""  # no tag has this name
_TOGETHER = 64  # records in memory at once: 4 MiB at the very most

# row, kind, head, sum, line
Found: TypeAlias = tuple[int, int, int, int, bytes]

# a flipped bit can make a column of any type; what is no line is an empty one, which is not sound
_FOUND = """
    select row, kind, ifnull(cast(head as integer), 0), sum, ifnull(cast(line as blob), x'')
    from record where
"""
_KINDS = """
    with recursive kinds (kind) as (
        select min(kind) from record
        union all select (select min(kind) from record where kind > kinds.kind)
        from kinds where kinds.kind is not null
    ) select kind from kinds where kind is not null
"""
_ALL = f"{_FOUND} kind = ? order by head"
_BY_HEAD = f"{_FOUND} kind = ? and head = ?"
_BY_HEADS = f"{_FOUND} kind = ? and head in"
_BY_ROW = f"{_FOUND} row = ?"
_BY_ROWS = f"{_FOUND} row in"
_ROWS_BY_TAG = "select row from tag where hash = ? and kind = ? order by head"
_ROWS_BY_TAGS = """
    select head, row from tag where kind = ? and hash in (select value from json_each(?))
"""
_COUNT = "select count(*) from record where kind = ?"
_COUNT_TAG = "select count(*) from tag where hash = ? and kind = ?"


class Item(NamedTuple):
    """An entry as it will lie in the tables."""

    entry: Entry
    line: bytes
    head: int
    slot: bytes | None
    tags: frozenset[int]

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Make it."""
        record, slot = entry.record, entry.slot
        return cls(
            entry,
            record.line,
            head_of(record.id),
            sha256("\0".join(slot.key).encode()).digest()[:16] if slot else None,
            tags_of(record),
        )


def head_of(record_id: str) -> int:
    """Give the number of an id's first 8 bytes, shifted so that signed numbers sort like ids."""
    return int(record_id[:16], 16) - (1 << 63)


def tags_of(record: Record) -> frozenset[int]:
    """Give the hashes that a record is found by."""
    found = {_author(_AUTHOR, record.pubkey)}
    for tag in record.tags:
        if tag[0] in INDEXED and len(tag) > 1:
            found.add(_hash(tag[0], tag[1]))
    return frozenset(found)


def is_sound(found: Found) -> bool:
    """Tell whether a stored line reads back as it was written."""
    _, kind, head, total, line = found
    proved = proved_place(line) if crc32(line) == total else None
    return proved is not None and proved[0] == kind and head_of(proved[1]) == head


def claims(found: Found, record_id: str) -> bool:
    """Tell whether what was found lies in the place of that id, sound or not."""
    return id_in(found) == record_id or (head_of(record_id) == found[2] and not is_sound(found))


def id_in(found: Found) -> str:
    """Give the id that stands in a line that was found."""
    return found[4][7:71].decode("ascii", "replace")


def kinds_of(db: sqlite3.Connection) -> list[int]:
    """Give the kinds that are kept, ascending."""
    return [row[0] for row in db.execute(_KINDS)]


def search(db: sqlite3.Connection, wanted: Filter) -> Iterator[Found]:
    """Stream what was found, ascending by (kind, id); some of it may not match."""
    kinds = kinds_of(db) if wanted.kinds is None else sorted(set(wanted.kinds))
    for kind in kinds:
        yield from _in_order(_of_kind(db, kind, wanted))


def by_id(db: sqlite3.Connection, kinds: Iterable[int], record_id: str) -> list[Found]:
    """Give what lies where a record with this id would."""
    head = head_of(record_id)
    return [found for kind in kinds for found in db.execute(_BY_HEAD, (kind, head))]


def at_heads(db: sqlite3.Connection, places: Iterable[tuple[int, int]]) -> Iterator[Found]:
    """Give what lies at each (kind, head); one statement for many."""
    heads: dict[int, list[int]] = {}
    for kind, head in places:
        heads.setdefault(kind, []).append(head)
    for kind, wanted in heads.items():
        yield from among(db, _BY_HEADS, (kind,), wanted)


def by_row(db: sqlite3.Connection, row: int) -> Found | None:
    """Give one row."""
    found: Found | None = db.execute(_BY_ROW, (row,)).fetchone()
    return found


def counted(db: sqlite3.Connection, wanted: Filter) -> int | None:
    """Count in an index, or give None where lines must be looked at."""
    marks = _marks(wanted)
    conditions = [wanted.authors, wanted.ids, *{name for name, _ in wanted.tags}]
    if len([one for one in conditions if one is not None]) != (0 if marks is None else 1):
        return None
    if marks is not None and len(marks) != 1:
        return None
    kinds = kinds_of(db) if wanted.kinds is None else sorted(set(wanted.kinds))
    asked = [(_COUNT_TAG, (*marks, kind)) if marks else (_COUNT, (kind,)) for kind in kinds]
    return sum(int(db.execute(*one).fetchone()[0]) for one in asked)


def _of_kind(db: sqlite3.Connection, kind: int, wanted: Filter) -> Iterator[Found]:
    if wanted.ids is not None:
        heads = sorted({head_of(one) for one in wanted.ids})
        return _at(db, kind, heads)
    marks = _marks(wanted)
    if marks is None:
        return iter(db.execute(_ALL, (kind,)))
    if len(marks) == 1:
        return _at_rows(db, (row for (row,) in db.execute(_ROWS_BY_TAG, (marks[0], kind))))
    pairs = sorted(set(db.execute(_ROWS_BY_TAGS, (kind, orjson.dumps(marks).decode()))))
    return _at_rows(db, (row for _, row in pairs))


def _at(db: sqlite3.Connection, kind: int, heads: Sequence[int]) -> Iterator[Found]:
    """Give what lies at these heads, which ascend; one statement for some of them."""
    for start in range(0, len(heads), _TOGETHER):
        some = heads[start : start + _TOGETHER]
        yield from sorted(among(db, _BY_HEADS, (kind,), some), key=lambda found: found[2])


def _at_rows(db: sqlite3.Connection, rows: Iterator[int]) -> Iterator[Found]:
    """Give what lies in these rows, which come in the order of their heads; likewise."""
    while some := list(islice(rows, _TOGETHER)):
        there = {found[0]: found for found in among(db, _BY_ROWS, (), some)}
        yield from (there[row] for row in some if row in there)


def _in_order(found: Iterable[Found]) -> Iterator[Found]:
    """Sort by id what has the same head; two ids that begin alike can be made on purpose."""
    same: list[Found] = []
    for one in found:
        if same and same[0][2] != one[2]:
            yield from sorted(same, key=_line)
            same.clear()
        same.append(one)
    yield from sorted(same, key=_line)


def _line(found: Found) -> bytes:
    return found[4]  # lines begin with the id


def _marks(wanted: Filter) -> Sequence[int] | None:
    """Give the hashes of the condition that narrows most, or None when no index helps."""
    if wanted.authors is not None:
        return sorted({_number(_AUTHOR, author) for author in wanted.authors})
    for name in INDEXED:
        hashes = {_hash(*tag) for tag in wanted.tags if tag[0] == name}
        if hashes:
            return sorted(hashes)
    return None


def _number(name: str, value: str) -> int:
    return int.from_bytes(sha256(f"{name}\0{value}".encode()).digest()[:8], "big", signed=True)


_hash = lru_cache(maxsize=4096)(_number)
_author = lru_cache(maxsize=64)(_number)  # of what groups write; who signs does so once
