"""Listeners: who waits for which record, found by what the record has, not by asking everybody.

Each filter lies in the places of one of its conditions: of its ids if it names any, else of its
authors, else of the tag of which it names the fewest values, else of its kinds. A record that it
wants has one of these, and so leads there; the rest of the filter is asked then.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from wayhome.records.record import Record
from wayhome.relay.wanted import Wanted

_Who = TypeVar("_Who", bound=Hashable)
_Place: TypeAlias = tuple[str, str | int]  # what is looked at, and its value

_ID, _AUTHOR, _KIND, _ANY = "id", "author", "kind", "any"  # longer than a tag's name can be


@dataclass(frozen=True, eq=False, slots=True)
class _Wish(Generic[_Who]):
    who: _Who
    wanted: Wanted


class Listeners(Generic[_Who]):
    """All who wait at one relay."""

    def __init__(self) -> None:
        self._wishes: dict[_Who, list[_Wish[_Who]]] = {}
        self._places: dict[_Place, set[_Wish[_Who]]] = {}

    def __len__(self) -> int:
        """Give how many wait."""
        return len(self._wishes)

    def add(self, who: _Who, filters: Sequence[Wanted]) -> None:
        """Let somebody wait for what matches any of the filters."""
        self._wishes[who] = [_Wish(who, one) for one in filters if not one.is_empty]
        for wish in self._wishes[who]:
            for place in _places_of(wish.wanted):
                self._places.setdefault(place, set()).add(wish)

    def remove(self, who: _Who) -> None:
        """Let somebody go who waits, or waits no more."""
        for wish in self._wishes.pop(who, ()):
            for place in _places_of(wish.wanted):
                self._places[place].discard(wish)
                if not self._places[place]:
                    del self._places[place]

    def of(self, record: Record) -> set[_Who]:
        """Give all who wait for such a record."""
        if not self._wishes:
            return set()
        return {
            wish.who
            for place in _leading(record)
            for wish in self._places.get(place, ())
            if wish.wanted.matches(record)
        }


def _places_of(wanted: Wanted) -> Iterator[_Place]:
    """Give where a filter lies, each place once."""
    if wanted.ids is not None:
        return ((_ID, one) for one in wanted.ids)
    if wanted.authors is not None:
        return ((_AUTHOR, one) for one in wanted.authors)
    if wanted.tags:
        name, values = min(wanted.tags, key=lambda tag: len(tag[1]))
        return ((name, one) for one in values)
    if wanted.kinds is not None:
        return ((_KIND, one) for one in wanted.kinds)
    return iter(((_ANY, ""),))


def _leading(record: Record) -> set[_Place]:
    """Give every place that leads to a filter that might want it."""
    found: set[_Place] = {(_ID, record.id), (_AUTHOR, record.pubkey), (_KIND, record.kind)}
    found.add((_ANY, ""))
    found.update((tag[0], tag[1]) for tag in record.tags if len(tag[0]) == 1 and len(tag) > 1)
    return found
