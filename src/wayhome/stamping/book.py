"""The book: which part was used for which blinded number, durable before a stamp is made.

Its own SQLite file, one writer thread, many requests to a commit. A part is decided by one
conditional statement, never by a look and then a write.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Literal, TextIO, TypeAlias

from wayhome.durable import sync

APPLICATION = 0x57485342  # "WHSB": this file is a stamping book
VERSION = 1
_AT_ONCE = 256  # requests in one commit

Use: TypeAlias = Literal["new", "again", "other", "unknown", "closed"]

_USE = "update part set asked = :asked where row = :row and asked is null"
_USED = "select asked from part where row = ?"
_COUNT = "update desk set issued = issued + ?"
_ADD = "insert into part (row) values (?) on conflict do nothing"


class BookFault(Exception):  # noqa: N818 - the disk's or the operator's fault
    """The book cannot be opened, or the disk did not take a commit; nothing of it was used."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the book says of its desk."""

    spki: bytes
    public: str
    sealed_stamp: bytes
    sealed_desk: bytes
    petition: str = ""
    open: int = 0
    close: int = 0
    ceiling: int = 0
    stage: str = "new"
    issued: int = 0


@dataclass(slots=True)
class _Asked:
    row: bytes
    asked: bytes
    answer: "Future[Use]"


_Job: TypeAlias = Callable[[sqlite3.Connection], object]


class Book:
    """An open book. Safe for threads; every answer is durable."""

    def __init__(self, path: Path, *, serves: bool = True) -> None:
        """Open the book of a desk; one process at a time serves it, others may add parts.

        Raises:
            BookFault: in words for the operator: missing, another program's, newer, or in use.
        """
        if not path.exists():
            raise BookFault(
                f"there is no book {path.name} here; a desk is made before it is opened"
            )
        self._lock = _locked(path.with_suffix(".lock")) if serves else None
        try:
            self._db = _connected(path)
        except BaseException:
            self._unlock()
            raise
        self._waiting: SimpleQueue[_Asked | tuple[_Job, Future[None]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="book", daemon=True)
        self.is_broken = False
        self._thread.start()

    @staticmethod
    def make(path: Path, desk: Desk) -> None:
        """Make a new book for a desk; durable once it returns.

        Raises:
            FileExistsError: there is one.
        """
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        db = _opened(path)
        schema = resources.files("wayhome.stamping").joinpath("schema/0001.sql").read_text("utf-8")
        with db:
            db.executescript(f"begin; {schema} pragma application_id = {APPLICATION};")
            db.execute(f"pragma user_version = {VERSION}")
            db.execute(
                "insert into desk (only, spki, public, sealed_stamp, sealed_desk)"
                " values (1, ?, ?, ?, ?)",
                (desk.spki, desk.public, desk.sealed_stamp, desk.sealed_desk),
            )
        db.close()
        sync(path.parent)

    def desk(self) -> Desk:
        """Give what the book says of its desk now."""
        found: list[Desk] = []

        def read(db: sqlite3.Connection) -> None:
            columns = ", ".join(Desk.__dataclass_fields__)
            found.append(Desk(*db.execute(f"select {columns} from desk").fetchone()))  # noqa: S608 - our own names

        self._do(read)
        return found[0]

    def use(self, row: bytes, asked: bytes) -> "Future[Use]":
        """Use a part for a blinded number.

        The answer is `new` or `again` (the same number: stamp it), `other` (it was used for another
        one), `unknown`, or `closed`; it fails with `BookFault` when the disk did not take it.
        """
        answer: Future[Use] = Future()
        self._waiting.put(_Asked(row, asked, answer))
        return answer

    def add(self, rows: Sequence[bytes]) -> int:
        """Add parts up to the ceiling; give how many parts there are.

        Raises:
            BookFault: over the ceiling, or the disk did not take them; none was added.
        """
        total: list[int] = []

        def add(db: sqlite3.Connection) -> None:
            db.executemany(_ADD, ((row,) for row in rows))
            count, ceiling = db.execute(
                "select (select count(*) from part), ceiling from desk"
            ).fetchone()
            if count > ceiling:
                raise BookFault(
                    f"{count} parts would be more than the {ceiling} that were promised"
                )
            total.append(count)

        self._do(add)
        return total[0]

    def set_up(self, petition: str, times: tuple[int, int], ceiling: int) -> None:
        """Say for which petition, from when to when, and how many parts at most."""
        self._set("petition = ?, open = ?, close = ?, ceiling = ?", (petition, *times, ceiling))
        self._set("stage = 'ready' where stage = 'new'", ())

    def enter(self, stage: str) -> None:
        """Enter a stage: open, final, erased."""
        self._set("stage = ?", (stage,))
        if stage == "erased":
            self._do(lambda db: db.execute("delete from part"))

    def close(self) -> None:
        """Finish what waits, then close; safe to call twice."""
        if self._thread.is_alive():
            self._waiting.put(None)
            self._thread.join()
        self._db.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.close()

    def _set(self, change: str, values: Sequence[object]) -> None:
        self._do(lambda db: db.execute(f"update desk set {change}", values))  # noqa: S608 - our own words

    def _do(self, job: _Job) -> None:
        done: Future[None] = Future()
        self._waiting.put((job, done))
        done.result()

    def _write(self) -> None:
        while (first := self._waiting.get()) is not None:
            if isinstance(first, tuple):
                self._commit_job(*first)
                continue
            batch = [first]
            after = self._gather(batch)
            self._commit_uses(batch)
            if isinstance(after, tuple):
                self._commit_job(*after)
            elif after is END:
                return

    def _gather(self, batch: list[_Asked]) -> "tuple[_Job, Future[None]] | object | None":
        """Take what waits already; give what else came: a job, the end, or nothing."""
        while len(batch) < _AT_ONCE:
            try:
                more = self._waiting.get_nowait()
            except Empty:
                return None
            if not isinstance(more, _Asked):
                return END if more is None else more
            batch.append(more)
        return None

    def _commit_uses(self, batch: Sequence[_Asked]) -> None:
        uses: list[Use] = []

        def use(db: sqlite3.Connection) -> None:
            stage = db.execute("select stage from desk").fetchone()[0]
            uses.extend(_use(db, one) if stage == "open" else "closed" for one in batch)
            db.execute(_COUNT, (uses.count("new"),))

        fault = self._transaction(use)
        for i, one in enumerate(batch):
            if fault is not None:
                one.answer.set_exception(fault)
            else:
                one.answer.set_result(uses[i])

    def _commit_job(self, job: _Job, done: "Future[None]") -> None:
        fault = self._transaction(job)
        if fault is None:
            done.set_result(None)
        else:
            done.set_exception(fault)

    def _transaction(self, job: _Job) -> BookFault | None:
        if self.is_broken:
            return BookFault("the disk failed before; the desk must be started again")
        try:
            self._db.execute("begin immediate")
            job(self._db)
            self._db.execute("commit")
        except (sqlite3.Error, BookFault) as error:
            return self._rolled_back(error)
        return None

    def _rolled_back(self, error: Exception) -> BookFault:
        full = isinstance(error, BookFault) or "full" in str(error)
        try:
            if self._db.in_transaction:
                self._db.execute("rollback")
        except sqlite3.Error:
            full = False
        # a commit that failed otherwise is never tried again on this handle
        self.is_broken = not full
        return error if isinstance(error, BookFault) else BookFault("the disk did not take it")


END = object()  # what `_gather` gives when the book is to be closed


def _use(db: sqlite3.Connection, one: _Asked) -> Use:
    if db.execute(_USE, {"row": one.row, "asked": one.asked}).rowcount == 1:
        return "new"
    found = db.execute(_USED, (one.row,)).fetchone()
    if found is None:
        return "unknown"
    return "again" if found[0] == one.asked else "other"


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    # EXTRA before WAL: where WAL is not to be had, SQLite falls back to a journal without saying
    for pragma in (
        "synchronous = extra",
        "journal_mode = wal",
        "mmap_size = 0",
        "cell_size_check = on",
        "trusted_schema = off",
        "foreign_keys = on",
        "temp_store = memory",
        "busy_timeout = 5000",
        "fullfsync = on",
        "checkpoint_fullfsync = on",
    ):
        db.execute(f"pragma {pragma}").fetchall()
    return db


def _connected(path: Path) -> sqlite3.Connection:
    try:
        db = _opened(path)
        application = db.execute("pragma application_id").fetchone()[0]
        version = db.execute("pragma user_version").fetchone()[0]
    except sqlite3.Error as error:
        raise BookFault(f"{path.name} cannot be read as a stamping book") from error
    if application != APPLICATION:
        db.close()
        raise BookFault(f"{path.name} is not a stamping book")
    if version > VERSION:
        db.close()
        raise BookFault(f"{path.name} was written by a newer wayhome; start that one")
    return db


def _locked(path: Path) -> TextIO:
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise BookFault("another stamping desk is running on this folder") from error
    return lock
