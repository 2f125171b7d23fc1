"""Dated: the keys of a kind, newest first, without a look at the records' lines.

SQLite joins some thousand keys by itself: row by row it would let go of the interpreter's lock and
fetch it back for each.
"""

import sqlite3
from bisect import bisect_left
from collections.abc import Iterator

from wayhome.store.line import AGE_BYTES, KEY_BYTES

_TOGETHER = 8_192  # keys read by one statement

_AFTER = "from dated where kind = :kind and (age, row) > (:age, :row)"
_LAST = f"select age, row {_AFTER} order by age, row limit 1 offset :others"
_UP_TO = "and (age, row) <= (:last_age, :last_row)"
# what is joined has bytes of any value: it is text for SQLite, and never looked at as such
_JOINED = "select cast(group_concat(age || id, '') as blob) from (select age, id {} order by 1)"
_SOME = _JOINED.format(f"{_AFTER} {_UP_TO}")
_REST = _JOINED.format(_AFTER)


def keys_of(db: sqlite3.Connection, kind: int) -> Iterator[bytes]:
    """Stream the keys of a kind in order, many together; nothing is proved."""
    waiting: list[bytes] = []  # of the last date: it may go on, and its ids come in no order
    for joined in _joined(db, kind):
        keys = [joined[at : at + KEY_BYTES] for at in range(0, len(joined), KEY_BYTES)]
        is_one_date = waiting and waiting[0][:AGE_BYTES] == keys[-1][:AGE_BYTES]
        waiting += keys
        if not is_one_date:
            waiting.sort()
            end = bisect_left(waiting, waiting[-1][:AGE_BYTES])
            yield b"".join(waiting[:end])
            waiting = waiting[end:]
    yield b"".join(sorted(waiting))


def _joined(db: sqlite3.Connection, kind: int) -> Iterator[bytes]:
    """Stream what is there, in the order of dates."""
    place = {"kind": kind, "age": b"", "row": 0, "others": _TOGETHER - 1}
    while (last := db.execute(_LAST, place).fetchone()) is not None:
        yield db.execute(_SOME, place | {"last_age": last[0], "last_row": last[1]}).fetchone()[0]
        place |= {"age": last[0], "row": last[1]}
    rest = db.execute(_REST, place).fetchone()[0]
    if rest is not None:
        yield rest
