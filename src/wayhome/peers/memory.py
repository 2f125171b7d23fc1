"""Memory: what one peer is not asked for again, and until when."""

from collections.abc import Callable

from wayhome.codec import limits

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

    def forget(self, record_id: bytes) -> None:
        """Remember it no more: it was kept."""
        self._later.pop(record_id, None)

    def forget_later(self) -> None:
        """Ask for everything again that is not refused for ever."""
        self._later.clear()

    def is_to_be_asked(self, record_id: bytes) -> bool:
        """Tell whether to ask for it."""
        if record_id in self._never:
            return False
        waits = self._later.get(record_id)
        return waits is None or self._here(waits[0]) > waits[1]

    def waits_for_one_of(self, kinds: _Kinds) -> bool:
        """Tell whether something waits for a record of one of these kinds."""
        return any(waits & kinds for waits in {waits for waits, _ in self._later.values()})

    def _here(self, kinds: _Kinds) -> int:
        if kinds not in self._numbers:
            self._numbers[kinds] = self._number(kinds)
        return self._numbers[kinds]
