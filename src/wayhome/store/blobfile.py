"""BlobFile: sealed files beside envelopes, in chunks, in a database file of their own.

Files in a folder would carry the minute of their arrival; a row carries what is written into it.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from wayhome.store.database import Database, Shape
from wayhome.store.rows import give_back

HASH = 32
_SHAPE = Shape("blobs", page_size=16_384, vacuum=True)


@dataclass(frozen=True, slots=True)
class Shelved:
    """A file as it lies here: whose it is, what it must be, and which chunks are there."""

    id: str
    group: str
    day: int
    size: int
    hashes: bytes
    chunks: frozenset[int]

    @property
    def is_whole(self) -> bool:
        """Tell whether every chunk is there."""
        return len(self.chunks) == len(self.hashes) // HASH

    def expects(self, number: int) -> bytes:
        """Give the hash of a chunk; empty where there is no such chunk."""
        return self.hashes[HASH * number : HASH * (number + 1)]


class BlobFile:
    """One file. Safe for threads."""

    def __init__(self, path: Path) -> None:
        """Open or make the file.

        Raises:
            BadDatabase: the file is not this program's, or a newer program's.
        """
        self._db = Database(path, _SHAPE)

    @property
    def broken(self) -> bool:
        """Tell whether the disk failed for good."""
        return self._db.broken

    def all(self) -> Iterator[Shelved]:
        """Stream what lies here, ascending by id, without the chunks themselves."""
        with self._db.snapshot() as db:
            there: dict[bytes, set[int]] = {}
            for blob, number in db.execute("select blob, number from chunk"):
                there.setdefault(blob, set()).add(number)
            asked = "select id, team, day, size, list from blob order by id"
            for name, group, day, size, hashes in db.execute(asked):
                chunks = frozenset(there.get(name, ()))
                yield Shelved(name.hex(), group, day, size, hashes, chunks)

    def put_list(self, blob: Shelved) -> None:
        """Make room for a file, durably.

        Raises:
            StorageFault: it was not done.
        """
        row = (bytes.fromhex(blob.id), blob.group, blob.day, blob.size, blob.hashes)
        insert = "insert or ignore into blob (id, team, day, size, list) values (?, ?, ?, ?, ?)"
        self._db.write(lambda db: db.execute(insert, row).close())

    def put(self, blob: str, number: int, body: bytes) -> None:
        """Put a chunk in, durably; in the place of an unsound one, if there is one.

        Raises:
            StorageFault: it was not done.
        """
        row = (bytes.fromhex(blob), number, body)
        insert = "insert or replace into chunk (blob, number, body) values (?, ?, ?)"
        self._db.write(lambda db: db.execute(insert, row).close())

    def chunk(self, blob: Shelved, number: int) -> bytes | None:
        """Give a chunk; None where it is not there, or not as it was written."""
        asked = "select body from chunk where blob = ? and number = ?"
        with self._db.read() as db:
            found = db.execute(asked, (bytes.fromhex(blob.id), number)).fetchone()
        is_sound = found is not None and sha256(found[0]).digest() == blob.expects(number)
        return found[0] if is_sound else None

    def drop(self, blobs: Sequence[str]) -> None:
        """Drop files with their chunks, and give their pages back.

        Raises:
            StorageFault: all of them are still here.
        """
        rows = [(bytes.fromhex(one),) for one in blobs]

        def drop(db: sqlite3.Connection) -> None:
            db.executemany("delete from chunk where blob = ?", rows)
            db.executemany("delete from blob where id = ?", rows)
            give_back(db)

        self._db.write(drop)

    def close(self) -> None:
        """Give back the file; safe to call twice."""
        self._db.close()
