"""Waiting: charters of groups we do not know yet, so that a new group can be found and linked.

They wait in memory, with the cosigns that came after them, and are asked again when a charter, a
cosign or a link was kept. What waits was refused: nobody was told that it is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from wayhome.codec import limits
from wayhome.records.kind import Origin
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


@dataclass(slots=True)
class _Place:
    charter: Waiting
    cosigns: dict[str, Waiting] = field(default_factory=dict)


class WaitingRoom:
    """At most so many charters; when it is full the one that waits longest gives way."""

    def __init__(self, places: int = limits.WAITING_CHARTERS) -> None:
        self._most = places
        self._places: dict[str, _Place] = {}

    def offer(self, record: Record, origin: Origin) -> None:
        """Let a refused record wait if it is a charter, or a cosign of one that waits."""
        waiting = Waiting(record.line, origin)
        if record.kind == CHARTER and record.id not in self._places:
            if len(self._places) >= self._most:
                del self._places[next(iter(self._places))]
            self._places[record.id] = _Place(waiting)
        elif record.kind == COSIGN:
            signed = next((tag[1] for tag in record.tags if tag[0] == "e" and len(tag) > 1), "")
            place = self._places.get(signed)
            if place is not None and len(place.cosigns) < limits.ORGANISERS:
                place.cosigns[record.id] = waiting

    def empty(self) -> Iterator[Waiting]:
        """Give everything that waits, a charter before its cosigns, and let it go."""
        places, self._places = self._places, {}
        for place in places.values():
            yield place.charter
            yield from place.cosigns.values()
