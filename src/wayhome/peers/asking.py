"""Asking: what is being fetched from one peer is not fetched from another at the same time."""

from collections.abc import Hashable, Iterable
from hashlib import sha256

PATIENCE = 30.0  # seconds after which another may be asked: who is slow must not hold us up
REMEMBERED = (
    25_000  # ids that have just come, or up to twice as many; of older ones the store is asked
)


class Asking:
    """What is asked for now, of all peers of one node; the clock is an argument.

    `seed` is the node's own: of many records those beside it are to ask for others first.
    """

    def __init__(self, seed: bytes = b"") -> None:
        self._seed = seed
        self._until: dict[Hashable, float] = {}
        self._came: set[bytes] = set()
        self._before: set[bytes] = set()  # what came before those

    def take(self, wanted: Iterable[bytes], now: float) -> list[bytes]:
        """Give those that nobody is being asked for; whoever takes them asks."""
        free = [one for one in wanted if self._is_free(one, now)]
        self._until.update(dict.fromkeys(free, now + PATIENCE))
        return free

    def in_own_order(self, wanted: Iterable[bytes]) -> list[bytes]:
        """Give them in an order that is no other node's.

        Three nodes behind one slow line then fetch a third each through it, and the rest from each
        other, as it becomes public there.
        """
        return sorted(wanted, key=lambda one: sha256(self._seed + one).digest())

    def note(self, came: Iterable[bytes]) -> None:
        """Note what is public here now: six more peers will tell of it."""
        self._came.update(came)
        if len(self._came) >= REMEMBERED:  # one by one they would be looked for among the gone
            self._before, self._came = self._came, set()

    def has_come(self, one: bytes) -> bool:
        """Tell whether it has just come."""
        return one in self._came or one in self._before

    def is_asked(self, one: bytes, now: float) -> bool:
        """Tell whether somebody is being asked for it."""
        return not self._is_free(one, now)

    def take_files(self, kind: int, now: float) -> bool:
        """Tell whether nobody takes the files of a kind; whoever is told so takes them."""
        is_free = not self.are_files_taken(kind, now)
        if is_free:
            self._until[kind] = now + PATIENCE
        return is_free

    def are_files_taken(self, kind: int, now: float) -> bool:
        """Tell whether somebody takes the files of a kind: they hold what others would be asked."""
        return not self._is_free(kind, now)

    def give_back(self, asked: Iterable[Hashable]) -> None:
        """Note that they came, or did not."""
        for one in asked:
            self._until.pop(one, None)

    def _is_free(self, one: Hashable, now: float) -> bool:
        return self._until.get(one, now) <= now
