"""Rows: many of them in one statement.

SQLite lets go of the interpreter's lock for each step of a statement, and getting it back means to
wait for whoever took it. One statement for 128 rows waits once.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, TypeAlias, TypeVar

Value: TypeAlias = int | bytes | str
_Any = TypeVar("_Any")

_GIVEN_BACK = 10_000  # pages at a time: half a second in which nobody else writes
# rows in one statement: few sizes, so that statements are prepared once; the largest is a batch
_SIZES = (128, 64, 32, 16, 8, 4, 2, 1)


def put(
    db: sqlite3.Connection, insert: str, rows: Sequence[tuple[Value, ...]], after: str = ""
) -> int:
    """Insert all ``rows``; ``insert`` ends with "values", ``after`` follows. Rows written."""
    written = 0
    for some in _pieces(rows):
        statement = _statement(insert, len(some[0]), len(some), after)
        written += db.execute(statement, list(chain.from_iterable(some))).rowcount
    return written


def among(
    db: sqlite3.Connection, select: str, before: Sequence[Value], values: Sequence[Value]
) -> Iterator[Any]:
    """Select what is among ``values``; ``select`` ends with "in", ``before`` fills its marks."""
    for start in range(0, len(values), _SIZES[0]):
        some = list(values[start : start + _SIZES[0]])
        size = next(size for size in reversed(_SIZES) if size >= len(some))
        statement = f"{select} ({', '.join('?' * size)})"
        # the last fills up the marks: nothing is found twice for being asked for twice
        yield from db.execute(statement, [*before, *some, *some[-1:] * (size - len(some))])


def give_back(db: sqlite3.Connection) -> None:
    """Give the pages that are free back to the disk.

    One step of the statement gives back one page, and a statement without columns is asked for one
    step only, however many of them there were to come. What is left waits for the next time.
    """
    free = db.execute("pragma freelist_count").fetchone()[0]
    for _ in range(min(free, _GIVEN_BACK)):
        db.execute("pragma incremental_vacuum")


def _pieces(rows: Sequence[_Any]) -> Iterator[Sequence[_Any]]:
    start = 0
    while start < len(rows):
        size = next(size for size in _SIZES if size <= len(rows) - start)
        yield rows[start : start + size]
        start += size


@lru_cache(maxsize=64)
def _statement(insert: str, width: int, rows: int, after: str) -> str:
    row = f"({', '.join('?' * width)})"
    return f"{insert} {', '.join([row] * rows)} {after}"
