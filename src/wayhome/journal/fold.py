"""Fold: facts into views, each made when it is first asked for, and told what is new since.

A view never changes: what is new gives the next one, and whoever reads the one before is not
disturbed. Nothing of a commit's cost grows with what is stored.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Generic, Protocol, Self, TypeVar, cast

from wayhome.records.filter import Filter
from wayhome.records.kind import Fact
from wayhome.records.record import Record, read_line
from wayhome.records.refused import Refused
from wayhome.store.store import Reader

_LINES = "lines"  # a view that is no room's: its rows are the lines of a kind
_WAITING = 20_000  # rows a view may lag behind; one that nobody asks for is let go


class View(Protocol):
    """A set of rows, as a room reads them: the same in any order and after any repetition."""

    @classmethod
    def of(cls, rows: Iterator[bytes]) -> Self:
        """Make it of these rows."""

    def noting(self, rows: Sequence[bytes]) -> Self:
        """Give the view of these rows too, some of which it may have; this one stays as it is."""


_View = TypeVar("_View", bound=View)
_Place = tuple[str, str | None]


class Fold:
    """Views over a store. Safe for threads; a view is made at most once at a time."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._lock = Lock()
        self._made: dict[_Place, dict[type, _Made[Any]]] = {}  # Any: each of its own type
        self._version = 0
        self._versions: Counter[str] = Counter()

    @property
    def version(self) -> int:
        """A number that grows with every commit that kept something new; pages cache by it."""
        return self._version

    def version_of(self, name: str) -> int:
        """Give such a number that grows when a fact of ``name`` is new; it may grow besides."""
        return self._versions[name]

    def view(self, name: str, subject: str | None, sort: type[_View]) -> _View:
        """Give the view of all facts of ``name`` (of one ``subject``, or None for all of them).

        What a commit kept before the call is in it.
        """
        return self._told((name, subject), sort, lambda: self._reader.facts(name, subject))

    def records(self, kind: int) -> Sequence[Record]:
        """Give all records of a kind that stays, ascending by id; each is read and verified once.

        What a commit kept before the call is among them.
        """
        wanted = Filter(kinds=(kind,))
        return self._told((_LINES, str(kind)), _Records, lambda: self._reader.lines(wanted)).all

    def _told(self, place: _Place, sort: type[_View], read: Callable[[], Iterator[bytes]]) -> _View:
        with self._lock:
            there = self._made.setdefault(place, {})
            made = cast("_Made[_View]", there.setdefault(sort, _Made()))
        with made.making:
            with self._lock:  # before facts are read: what is noted meanwhile may come twice
                view, waiting, made.waiting = made.view, made.waiting, []
            try:
                if view is None or waiting is None:
                    view = sort.of(read())
                elif waiting:
                    view = view.noting(waiting)
            except BaseException:
                made.waiting = None
                raise
            made.view = view
        return view

    def note(
        self, facts: Iterable[Fact], left: Collection[Fact] = (), records: Iterable[Record] = ()
    ) -> None:
        """Say that a commit kept new ``records`` with these facts; called by the intake alone.

        ``left`` are facts that are there no more: their views are read anew.
        """
        with self._lock:
            self._version += 1
            rows: dict[_Place, list[bytes]] = {}
            for fact in facts:
                rows.setdefault((fact.view, fact.subject), []).append(fact.row)
            for (view, subject), new in rows.items():
                self._versions[view] += 1
                for made in self._at(view, subject):
                    made.add(new)
            for kind, new in self._lines_of(records).items():
                for made in self._made[_LINES, kind].values():
                    made.add(new)
            for fact in left:
                self._versions[fact.view] += 1
                for made in self._at(fact.view, fact.subject):
                    made.let_go()

    def forget(self) -> None:
        """Make every view anew when it is next asked for: after a recount of the facts."""
        with self._lock:
            self._version += 1
            self._versions.update(list(self._versions))
            for there in self._made.values():
                for made in there.values():
                    made.let_go()

    def _at(self, view: str, subject: str | None) -> Iterator["_Made[Any]"]:  # Any: as above
        for one in (subject, None):
            yield from self._made.get((view, one), {}).values()

    def _lines_of(self, records: Iterable[Record]) -> dict[str, list[bytes]]:
        """Give the lines of kinds of which there is a view."""
        lines: dict[int, list[bytes]] = {}
        for record in records:
            lines.setdefault(record.kind, []).append(record.line)
        named = {str(kind): new for kind, new in lines.items()}
        return {kind: new for kind, new in named.items() if (_LINES, kind) in self._made}


class _Records:
    """Records by id; a line whose sig is not right was written there by somebody else."""

    def __init__(self, by_id: dict[str, Record]) -> None:
        self._by_id = by_id
        self.all = tuple(by_id[one] for one in sorted(by_id))

    @classmethod
    def of(cls, lines: Iterable[bytes]) -> Self:
        return cls(_read(lines))

    def noting(self, lines: Iterable[bytes]) -> Self:
        return type(self)({**self._by_id, **_read(lines)})


def _read(lines: Iterable[bytes]) -> dict[str, Record]:
    found = {}
    for line in lines:
        with suppress(Refused):
            record = read_line(line)
            found[record.id] = record
    return found


@dataclass(slots=True)
class _Made(Generic[_View]):
    """A view, and the rows that came since it was made; None where it is to be made anew."""

    making: Lock = field(default_factory=Lock)
    view: _View | None = None
    waiting: list[bytes] | None = None

    def add(self, rows: Sequence[bytes]) -> None:
        if self.waiting is not None:
            self.waiting += rows
            if len(self.waiting) > _WAITING:
                self.let_go()

    def let_go(self) -> None:
        self.waiting = self.view = None
