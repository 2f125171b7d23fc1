"""Waiting: charters of groups we do not know yet, so that a new group can be found and linked.

They wait in memory, with the cosigns that came after them, and when a charter, a cosign or a link
was kept those are asked again whose group is within reach now, and which amend what is known. What
waits was refused: nobody was told that it is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from wayhome.codec import limits
from wayhome.records.kind import Ground, Origin
from wayhome.records.record import Record
from wayhome.records.refused import Reason

CHARTER, COSIGN, LINK = 3960, 3961, 3962
NEWS = frozenset({CHARTER, COSIGN, LINK})  # what can bring a group within reach
MAY_CHANGE: frozenset[Reason] = frozenset({"unknown-group", "unknown-charter", "unknown-record"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line that waits, and whom it came from."""

    line: bytes
    origin: Origin


@dataclass(frozen=True, slots=True)
class _Place:
    charter: Waiting
    group: str
    amends: tuple[str, ...]
    cosigns: dict[str, Waiting] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(len(one.line) for one in (self.charter, *self.cosigns.values()))

    def may_enter(self, ground: Ground) -> bool:
        return ground.carries(self.group) and all(
            ground.group_of(one) == self.group for one in self.amends
        )


class WaitingRoom:
    """At most so many charters, and so many bytes of them and their cosigns.

    When it is full the charter that waits longest gives way, with its cosigns.
    """

    def __init__(
        self, places: int = limits.WAITING_CHARTERS, room: int = limits.WAITING_BYTES
    ) -> None:
        self._most = places
        self._room = room
        self._taken = 0  # bytes of all lines
        self._places: dict[str, _Place] = {}

    def offer(self, record: Record, origin: Origin) -> None:
        """Let a refused record wait if it is a charter, or a cosign of one that waits."""
        waiting = Waiting(record.line, origin)
        if record.kind == CHARTER and record.id not in self._places:
            group = next(_named("g", record), record.id)
            self._places[record.id] = _Place(waiting, group, tuple(_named("prev", record)))
            self._make_room(len(record.line))
        elif record.kind == COSIGN:
            place = self._places.get(next(_named("e", record), ""))
            if place is None or record.id in place.cosigns:
                return
            if len(place.cosigns) < limits.ORGANISERS:
                place.cosigns[record.id] = waiting
                self._make_room(len(record.line))

    def let_go(self, ground: Ground) -> list[Waiting]:
        """Give what could enter now, a charter before its cosigns, and let it go.

        Nothing is verified for that: a full room costs a millisecond.
        """
        ready = [name for name, place in self._places.items() if place.may_enter(ground)]
        places = [self._leave(name) for name in ready]
        return [one for place in places for one in (place.charter, *place.cosigns.values())]

    def _make_room(self, come: int) -> None:
        self._taken += come
        while len(self._places) > self._most or self._taken > self._room:
            self._leave(next(iter(self._places)))

    def _leave(self, name: str) -> _Place:
        place = self._places.pop(name)
        self._taken -= place.size
        return place


def _named(name: str, record: Record) -> Iterator[str]:
    return (tag[1] for tag in record.tags if tag[0] == name and len(tag) > 1)
