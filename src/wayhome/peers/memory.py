"""Memory: what one peer is not asked for again, and until when."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from wayhome.codec import limits
from wayhome.records.record import Record

_Kinds = frozenset[int]


class Memory:
    """Ids by what became of them: never again, or not until a record has come that may help them.

    `number` tells how many records of some kinds are here. It is asked once a pass: it grows only.
    """

    def __init__(self, number: Callable[[_Kinds], int]) -> None:
        self._number = number
        self._numbers: dict[_Kinds, int] = {}
        self._never: set[bytes] = set()
        self._later: dict[bytes, tuple[_Kinds, int]] = {}
        self._no_room: set[str] = set()
        self._tried: set[str] = set()  # of what had no room, what is asked for once more
        self._named: defaultdict[str, set[str]] = defaultdict(set)  # by what they name

    def begin(self) -> None:
        """Look again at what has come, for another pass."""
        self._numbers.clear()

    def never(self, record_id: bytes) -> None:
        """Remember what is refused by its rule, and so on every other day too."""
        if len(self._never) < limits.PEER_REMEMBERED:
            self._never.add(record_id)

    def later(self, record_id: bytes, kinds: _Kinds) -> None:
        """Remember what is not carried now; a record of one of these kinds may change that."""
        if len(self._later) < limits.PEER_REMEMBERED:
            self._later[record_id] = (kinds, self._here(kinds))

    def until_signed(self, record_id: bytes, names: Sequence[str]) -> None:
        """Remember what there is no room for: what names it, or what it names, may let it in."""
        if len(self._no_room) < limits.PEER_REMEMBERED:
            self._no_room.add(record_id.hex())
            for name in names:
                self._named[name].add(record_id.hex())

    def lets_in(self, come: Sequence[Record]) -> bool:
        """Take note of what has come; tell whether something is to be asked for that had no room.

        That is what is tied to it, and all of it once some of it has come, for then there may be
        room. Else one key's proposals, which each node has others of, would be fetched once more
        with every cosign, and honest peers would take each other for a flood.
        """
        if not (self._no_room or self._tried):
            return False
        came = {record.id for record in come}
        if not came.isdisjoint(self._no_room) or not came.isdisjoint(self._tried):
            self._forget_no_room()
            return True
        tied = {tag[1] for record in come for tag in record.tags if tag[0] == "e"}
        tied.update(*(self._named.pop(one, ()) for one in came))
        tried = tied & self._no_room
        self._no_room -= tried
        self._tried |= tried
        return bool(tried)

    def forget(self, record_id: bytes) -> None:
        """Remember it no more: it was kept."""
        self._later.pop(record_id, None)

    def forget_later(self) -> None:
        """Ask for everything again that is not refused for ever."""
        self._later.clear()
        self._forget_no_room()

    def is_to_be_asked(self, record_id: bytes) -> bool:
        """Tell whether to ask for it."""
        if record_id in self._never or record_id.hex() in self._no_room:
            return False
        waits = self._later.get(record_id)
        return waits is None or self._here(waits[0]) > waits[1]

    def waits_for_one_of(self, kinds: _Kinds) -> bool:
        """Tell whether something waits for a record of one of these kinds."""
        return any(waits & kinds for waits in {waits for waits, _ in self._later.values()})

    def _forget_no_room(self) -> None:
        self._no_room.clear()
        self._tried.clear()
        self._named.clear()

    def _here(self, kinds: _Kinds) -> int:
        if kinds not in self._numbers:
            self._numbers[kinds] = self._number(kinds)
        return self._numbers[kinds]
