"""Outbox: what waits to be sent on one connection, in order, and how much of it may wait."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from wayhome.codec import limits

_ROOM = 256 * 1024  # bytes that wait before whoever can wait does: a second of a 2 Mbit/s line
_TOGETHER = 64 * 1024  # bytes that are handed to the socket at once: what it takes without waiting


def _nobody() -> None:
    """Cut nobody."""


@dataclass(slots=True)
class Together:
    """What all connections of a relay hold of one sort; `relieve` is called at too much."""

    most: int
    size: int = 0
    relieve: Callable[[], None] = _nobody

    @property
    def is_too_much(self) -> bool:
        """Tell whether it is more than all callers together may make us hold."""
        return self.size > self.most

    def count(self, more: int) -> None:
        """Hold more, or less."""
        self.size += more
        if more > 0 and self.is_too_much:
            self.relieve()


class Outbox:
    """Frames of one connection. A frame is counted until it has been sent."""

    def __init__(self, together: Together) -> None:
        self.size = 0
        self._together = together
        self._frames: deque[bytes] = deque()
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()

    @property
    def is_full(self) -> bool:
        """Tell whether whoever can wait should."""
        return self.size > _ROOM

    @property
    def is_overfull(self) -> bool:
        """Tell whether more waits than a reader may leave unread."""
        return self.size > limits.RELAY_UNREAD

    def put(self, frame: bytes) -> None:
        """Let a frame wait behind the others."""
        self._frames.append(frame)
        self._count(len(frame))
        self._filled.set()
        if self.is_full:
            self._emptied.clear()

    async def first(self) -> list[bytes]:
        """Give the frames that are to be sent next, together; wait for one."""
        while not self._frames:
            self._filled.clear()
            await self._filled.wait()
        found, size = [self._frames[0]], len(self._frames[0])
        for frame in islice(self._frames, 1, limits.RELAY_PARCEL):
            size += len(frame)
            if size > _TOGETHER:
                break
            found.append(frame)
        return found

    def sent(self, number: int) -> None:
        """Forget so many of the first frames."""
        self._count(-sum(len(self._frames.popleft()) for _ in range(number)))
        if not self.is_full:
            self._emptied.set()

    def clear(self) -> None:
        """Forget all of them."""
        self._frames.clear()
        self._count(-self.size)
        self._emptied.set()

    async def room(self) -> None:
        """Wait until the reader has caught up."""
        await self._emptied.wait()

    def _count(self, more: int) -> None:
        self.size += more
        self._together.count(more)
