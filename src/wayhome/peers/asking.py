"""Asking: what is being fetched from one peer is not fetched from another at the same time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Hashable, Iterable

PATIENCE = 30.0  # seconds after which another may be asked: who is slow must not hold us up
REMEMBERED = 50_000  # ids that have just come; of older ones the store is asked


class Asking:
    """What is asked for now, of all peers of one node; the clock is an argument."""

    def __init__(self) -> None:
        self._until: dict[Hashable, float] = {}
        self._turns: dict[int, asyncio.Lock] = {}
        self._came: dict[bytes, None] = {}

    def take(self, wanted: Iterable[bytes], now: float) -> list[bytes]:
        """Give those that nobody is being asked for; whoever takes them asks."""
        free = [one for one in wanted if self._is_free(one, now)]
        self._until.update(dict.fromkeys(free, now + PATIENCE))
        return free

    def note(self, came: Iterable[bytes]) -> None:
        """Note what is public here now: six more peers will tell of it."""
        self._came |= dict.fromkeys(came)
        while len(self._came) > REMEMBERED:
            del self._came[next(iter(self._came))]

    def has_come(self, one: bytes) -> bool:
        """Tell whether it has just come."""
        return one in self._came

    def is_asked(self, one: bytes, now: float) -> bool:
        """Tell whether somebody is being asked for it."""
        return not self._is_free(one, now)

    @contextlib.asynccontextmanager
    async def turn(self, kind: int, patience: float) -> AsyncIterator[None]:
        """Wait until nobody else is compared with by this kind, but only so many seconds.

        What two peers have and we lack would else be found out twice, id by id.
        """
        turn = self._turns.setdefault(kind, asyncio.Lock())
        is_ours = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                is_ours = await turn.acquire()
        try:
            yield
        finally:
            if is_ours:
                turn.release()

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
