"""Proposals: how much a node keeps of what k have not signed, so that one key fills no disk.

Any organiser may propose, and everybody who carries the group keeps what is proposed. So each key
that a charter in force ever named has a room of its own, and all other keys of a group, whom only a
proposed charter names, share one. What k have signed is the group's own word and takes no room; a
cosign takes none once that which it signs is here.

It lies beside the view and is shared by all views that grow out of one another: it tells how much
more is taken here, never what is official.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from wayhome.codec import limits

_PART = 8  # of a full room has to come anew before all of it is looked through once more


@dataclass(slots=True)
class Room:
    """So many places. Who is settled is let go when it seems full, and not before."""

    places: int
    ids: set[str] = field(default_factory=set)
    looked: int = 0  # how much had come when it was last looked through

    def takes(self, record_id: str, is_settled: Callable[[str], bool], come: int) -> bool:
        """Tell whether there is a place, which is taken then.

        For what is judged together is kept later: of a thousand in one commit none is here yet.
        """
        if len(self.ids) >= self.places and record_id not in self.ids:
            if come - self.looked <= len(self.ids) // _PART:  # else each no would cost a look
                return False
            self.looked = come
            self.ids.difference_update([one for one in tuple(self.ids) if is_settled(one)])
            if len(self.ids) >= self.places:
                return False
        self.ids.add(record_id)
        return True

    def is_full(self, is_settled: Callable[[str], bool]) -> bool:
        """Tell whether it is full, now and of what is not settled."""
        left = len(self.ids)
        return left >= self.places and left - sum(map(is_settled, self.ids)) >= self.places


class Proposals:
    """The rooms of all keys, for words and for cosigns; a room without a key is the shared one.

    `come` counts what was kept since it was made.
    """

    def __init__(self) -> None:
        self.come = 0
        self._words: dict[tuple[str, str], Room] = {}
        self._cosigns: dict[tuple[str, str], Room] = {}

    def words(self, group: str, key: str) -> Room:
        """Give the room for what a key has written."""
        return _room(self._words, (group, key), limits.PROPOSALS)

    def cosigns(self, group: str, key: str) -> Room:
        """Give the room for what it has cosigned."""
        return _room(self._cosigns, (group, key), limits.COSIGNS)

    def all_words(self) -> Iterator[tuple[str, Room]]:
        """Give every room for words, by its group."""
        return ((group, room) for (group, _), room in self._words.items())

    def all_cosigns(self) -> Iterator[tuple[str, Room]]:
        """Give every room for cosigns, by its group."""
        return ((group, room) for (group, _), room in self._cosigns.items())


def _room(rooms: dict[tuple[str, str], Room], of: tuple[str, str], places: int) -> Room:
    found = rooms.get(of)
    return found if found is not None else rooms.setdefault(of, Room(places))
