"""Asking: what is being fetched from one peer is not fetched from another at the same time."""

from collections.abc import Hashable, Iterable

PATIENCE = 30.0  # seconds after which another may be asked: who is slow must not hold us up


class Asking:
    """What is asked for now, of all peers of one node; the clock is an argument."""

    def __init__(self) -> None:
        self._until: dict[Hashable, float] = {}

    def take(self, wanted: Iterable[bytes], now: float) -> list[bytes]:
        """Give those that nobody is being asked for; whoever takes them asks."""
        free = [one for one in wanted if self._is_free(one, now)]
        self._until.update(dict.fromkeys(free, now + PATIENCE))
        return free

    def take_files(self, kind: int, now: float) -> bool:
        """Tell whether nobody takes the files of a kind; whoever is told so takes them."""
        is_free = self._is_free(kind, now)
        if is_free:
            self._until[kind] = now + PATIENCE
        return is_free

    def give_back(self, asked: Iterable[Hashable]) -> None:
        """Note that they came, or did not."""
        for one in asked:
            self._until.pop(one, None)

    def _is_free(self, one: Hashable, now: float) -> bool:
        return self._until.get(one, now) <= now
