"""Database: one SQLite file, opened so that what was answered survives a power cut.

One thread writes, many records to a commit; readers have connections of their own that cannot
write. The order of the first pragmas decides: where the file system has no shared memory, SQLite
falls back from WAL to a rollback journal without saying so, and only EXTRA is durable there.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, Generic, TypeVar

from wayhome.background import in_background
from wayhome.durable import sync
from wayhome.store.migrate import BadDatabase, identify, migrate, steps_of
from wayhome.store.store import StorageFault

_Given = TypeVar("_Given")

_DURABLE = "synchronous = EXTRA"  # before anything that writes, and before WAL
_WAL = "journal_mode = WAL"
_THEN = (
    "mmap_size = 0",
    "cell_size_check = ON",
    "trusted_schema = OFF",
    "foreign_keys = ON",
    "temp_store = MEMORY",
    "busy_timeout = 5000",
    "fullfsync = ON",
    "checkpoint_fullfsync = ON",
    "wal_autocheckpoint = 8000",
)
_WRITER_CACHE = "cache_size = -65536"  # 64 MiB: the inner pages of every index at 1,000,000 records
_READER_CACHE = "cache_size = -8192"
_READERS = 8  # connections kept open; more are opened when they are needed, and closed after


@dataclass(frozen=True, slots=True)
class Shape:
    """What a database file is: its migrations, and what must be set before its first page."""

    series: str
    page_size: int = 4096
    vacuum: bool = False  # whether pages that became free are given back


@dataclass(slots=True)
class _Work(Generic[_Given]):
    do: Callable[[sqlite3.Connection], _Given]
    given: "Future[_Given]"


class Database:
    """One open file. Safe for threads."""

    def __init__(self, path: Path, shape: Shape) -> None:
        self._path = path
        self._page_size = shape.page_size
        self._connections: deque[sqlite3.Connection] = deque()
        self._works: SimpleQueue[_Work[Any] | None] = SimpleQueue()  # Any: each its own result
        self._closing = Lock()
        self._closed = False
        self.broken = False
        self._writer = self._open(shape)
        self._thread = Thread(target=self._write, name=f"write {path.name}", daemon=True)
        self._thread.start()

    def write(self, do: Callable[[sqlite3.Connection], _Given]) -> _Given:
        """Do something in the writing thread, in one transaction with what others do; durable.

        Raises:
            StorageFault: it was not done.
        """
        given: Future[_Given] = Future()
        with self._closing:
            if self._closed or self.broken:
                raise StorageFault(f"{self._path.name} takes no more writes")
            self._works.put(_Work(do, given))
        return given.result()

    def limit(self, most: int) -> None:
        """Let the file grow to at most so many bytes, or to what it has already."""
        pages = most // self._page_size
        self.write(lambda db: db.execute(f"pragma max_page_count = {pages}").close())

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that cannot write; one statement on it sees one moment.

        Raises:
            StorageFault: the file cannot be read.
        """
        try:
            db = self._connections.pop()
        except IndexError:
            db = self._open_reader()
        try:
            yield db
        except sqlite3.Error as error:
            raise StorageFault(f"{self._path.name} cannot be read: {_name(error)}") from error
        finally:
            if self._closed or len(self._connections) >= _READERS:
                db.close()
            else:
                self._connections.append(db)

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection on which every statement sees the same moment.

        Raises:
            StorageFault: the file cannot be read.
        """
        with self.read() as db:
            db.execute("begin")
            try:
                yield db
            finally:
                db.execute("rollback")

    def close(self) -> None:
        """Finish what is queued, then give back the file; safe to call twice."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._works.put(None)
        self._thread.join()
        while self._connections:
            self._connections.pop().close()
        with suppress(sqlite3.Error):  # a broken disk; there is nothing left to save
            self._writer.close()

    def _open(self, shape: Shape) -> sqlite3.Connection:
        steps = steps_of(shape.series)
        db = self._connect("rwc")
        try:
            db.execute(f"pragma {_DURABLE}")
            taken = identify(db, self._path.name, steps)
            for pragma in (*_of(shape), _WAL, *_THEN, _WRITER_CACHE):
                db.execute(f"pragma {pragma}")
            migrate(db, steps, taken)
            sync(self._path.parent)
        # a damaged schema may be no text at all, and SQLite's message quotes it
        except (sqlite3.Error, UnicodeDecodeError) as error:
            db.close()
            raise BadDatabase(f"{self._path.name} cannot be opened: {error}") from error
        except BaseException:
            db.close()
            raise
        return db

    def _open_reader(self) -> sqlite3.Connection:
        if self._closed:
            raise StorageFault(f"{self._path.name} is closed")
        try:
            db = self._connect("rw")
            for pragma in (*_THEN, _READER_CACHE, "query_only = ON"):
                db.execute(f"pragma {pragma}")
        except sqlite3.Error as error:
            raise StorageFault(f"{self._path.name} cannot be read: {_name(error)}") from error
        return db

    def _connect(self, mode: str) -> sqlite3.Connection:
        return sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )

    def _write(self) -> None:
        in_background()
        while (first := self._works.get()) is not None:
            works = [first]
            with suppress(Empty):
                while (more := self._works.get_nowait()) is not None:
                    works.append(more)
                self._works.put(None)  # the end, after this commit
            self._commit(works)

    def _commit(self, works: list[_Work[Any]]) -> None:
        while works and not self.broken:
            try:
                self._writer.execute("begin immediate")
                done = self._run_all(works)
                if done is not None:
                    self._writer.execute("commit")
                    for work, given in zip(works, done, strict=True):
                        work.given.set_result(given)
                    return
            except sqlite3.Error as error:
                self._fail(works, error)
                return
        for work in works:
            work.given.set_exception(StorageFault(f"{self._path.name} takes no more writes"))

    def _run_all(self, works: list[_Work[Any]]) -> list[object] | None:
        """Give the results; None when one of them failed by itself and was taken off the list."""
        done: list[object] = []
        for work in works:
            try:
                done.append(work.do(self._writer))
            except sqlite3.Error:
                raise
            except Exception as error:  # noqa: BLE001 - our own error: it rises where it was asked
                self._writer.execute("rollback")
                works.remove(work)
                work.given.set_exception(error)
                return None
        return done

    def _fail(self, works: list[_Work[Any]], error: sqlite3.Error) -> None:
        """Undo, and decide whether the next write may be tried: after a full disk, yes."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_IOERR) & 0xFF
        try:
            if self._writer.in_transaction:
                self._writer.execute("rollback")
        except sqlite3.Error:
            code = sqlite3.SQLITE_IOERR
        self.broken = code not in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY}
        for work in works:
            fault = StorageFault(f"{self._path.name} was not written: {_name(error)}")
            fault.__cause__ = error
            work.given.set_exception(fault)


def _of(shape: Shape) -> tuple[str, ...]:
    """Give what a new file must be told before its first page; an old file does not listen."""
    size = f"page_size = {shape.page_size}"
    return (size, "auto_vacuum = INCREMENTAL") if shape.vacuum else (size,)


def _name(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", type(error).__name__)
