"""HeldFile: sealed records until their release, in a file of their own."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from wayhome.store.database import Database, Shape
from wayhome.store.rows import give_back, put
from wayhome.store.store import Held

# what is let go is given back to the disk
_SHAPE = Shape("held", vacuum=True)

_PUT = "insert into held (place, until, key, sealed) values"
_SAME = """
    on conflict (place) do update set sealed = excluded.sealed
    where held.key = excluded.key and held.until = excluded.until
"""
_NEXT = 4  # places to try; that even two keys begin alike is 1 in 10^7 for a million held


class HeldFile:
    """One file. Safe for threads."""

    def __init__(self, path: Path) -> None:
        self._db = Database(path, _SHAPE)

    @property
    def broken(self) -> bool:
        """Tell whether the disk failed for good."""
        return self._db.broken

    def limit(self, most: int) -> None:
        """Let the file grow to at most so many bytes."""
        self._db.limit(most)

    def hold(self, held: Sequence[Held]) -> None:
        """Put them in, durably."""
        ordered = sorted(held, key=lambda one: one.key)

        def hold(db: sqlite3.Connection) -> None:
            rows = [(_place(one.key), one.until, one.key, one.sealed) for one in ordered]
            if put(db, _PUT, rows, _SAME) != len(rows):
                for one in ordered:  # two keys begin alike: one of them lies a place further on
                    _put(db, one)

        self._db.write(hold)

    def all(self) -> Iterator[Held]:
        """Stream all, in the order of their places."""
        with self._db.snapshot() as db:
            for row in db.execute("select until, key, sealed from held order by place"):
                yield Held(*row)

    def under(self, keys: Sequence[bytes]) -> list[Held]:
        """Give what is held under these keys."""
        asked = "select until, key, sealed from held where place between ? and ? and key = ?"
        with self._db.snapshot() as db:
            return [
                Held(*row)
                for key in keys
                for row in db.execute(asked, (_place(key), _place(key) + _NEXT, key))
            ]

    def let_go(self, until: int) -> None:
        """Drop what was held until then, and give its pages back."""

        def drop(db: sqlite3.Connection) -> None:
            db.execute("delete from held where until <= ?", (until,))
            give_back(db)

        self._db.write(drop)

    def close(self) -> None:
        """Give back the file; safe to call twice."""
        self._db.close()


def _put(db: sqlite3.Connection, one: Held) -> None:
    for step in range(_NEXT):
        place = _place(one.key) + step
        if put(db, _PUT, [(place, one.until, one.key, one.sealed)], _SAME) == 1:
            return
    raise AssertionError("keys are not spread as a keyed hash spreads them")


def _place(key: bytes) -> int:
    return int.from_bytes(key[:8], "big") >> 2  # positive, and room for the next ones
