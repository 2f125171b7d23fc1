"""Fold: facts into views, each made when it is asked for and kept until one of its facts is new."""

from collections.abc import Callable, Iterable, Iterator
from threading import Lock
from typing import TypeVar, cast

from wayhome.records.kind import Fact
from wayhome.store.store import Reader

_View = TypeVar("_View")
_Place = tuple[str, str | None]


class Fold:
    """Views over a store. Safe for threads; a view is made at most once at a time."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._lock = Lock()
        self._made: dict[tuple[_Place, object], tuple[int, object]] = {}
        self._changes: dict[_Place, int] = {}
        self._making: dict[tuple[_Place, object], Lock] = {}
        self._version = 0

    @property
    def version(self) -> int:
        """A number that grows with every commit that kept something new; pages cache by it."""
        return self._version

    def view(
        self, name: str, subject: str | None, make: Callable[[Iterator[bytes]], _View]
    ) -> _View:
        """Give a view made of all facts of ``name`` (of one ``subject``, or None for all of them).

        What a commit kept before the call is in it. ``make`` must be the same function each time,
        not a new lambda, for it is part of what the view is known by.
        """
        known = ((name, subject), make)
        with self._lock:
            making = self._making.setdefault(known, Lock())
        with making:
            change, view = self._made.get(known, (-1, None))
            # read before the facts are: a commit in between makes the view older than it is
            now = self._changes.get((name, subject), 0)
            if change != now:
                view = make(self._reader.facts(name, subject))
                self._made[known] = (now, view)
        return cast("_View", view)  # what `make` gave, under the key that names `make`

    def note(self, facts: Iterable[Fact]) -> None:
        """Say that a commit kept something new, with these facts; called by the intake alone."""
        places = {(fact.view, fact.subject) for fact in facts}
        with self._lock:
            self._version += 1
            for view, subject in places:
                for place in ((view, subject), (view, None)):
                    self._changes[place] = self._changes.get(place, 0) + 1

    def forget(self) -> None:
        """Make every view anew when it is next asked for: after a recount of the facts."""
        with self._lock:
            self._version += 1
            for place, _ in self._making:
                self._changes[place] = self._changes.get(place, 0) + 1
