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
class Unread:
    """Bytes that wait on all connections of a relay together; `relieve` is called at too many."""

    size: int = 0
    relieve: Callable[[], None] = _nobody

    @property
    def is_too_much(self) -> bool:
        """Tell whether more waits than all readers together may leave unread."""
        return self.size > limits.RELAY_UNREAD_TOGETHER


class Outbox:
    """Frames of one connection. A frame is counted until it has been sent."""

    def __init__(self, together: Unread) -> None:
        self.size = 0
        self._together = together
        self._frames: deque[bytes] = deque()
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()

    @property
    def is_overfull(self) -> bool:
        """Tell whether more waits than a reader may leave unread."""
        return self.size > limits.RELAY_UNREAD

    def put(self, frame: bytes) -> None:
        """Let a frame wait behind the others."""
        self._frames.append(frame)
        self._count(len(frame))
        self._filled.set()
        if self.size > _ROOM:
            self._emptied.clear()
        if self._together.is_too_much:
            self._together.relieve()

    async def first(self) -> list[bytes]:
        """Give the frames that are to be sent next, together; wait for one."""
        while not self._frames:
            self._filled.clear()
            await self._filled.wait()
        found, size = [self._frames[0]], len(self._frames[0])
        for frame in islice(self._frames, 1, None):
            size += len(frame)
            if size > _TOGETHER:
                break
            found.append(frame)
        return found

    def sent(self, number: int) -> None:
        """Forget so many of the first frames."""
        for _ in range(number):
            self._count(-len(self._frames.popleft()))
        if self.size <= _ROOM:
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
        self._together.size += more
