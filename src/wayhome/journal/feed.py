"""Feed: who listens to newly public records. It is told by the intake after each commit."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from wayhome.records.record import Record

_BACKLOG = 1_000  # batches a listener may lag behind


class Feed:
    """Listeners of one event loop; one that is too slow is cut and must look into the store."""

    def __init__(self) -> None:
        self._listeners: dict[asyncio.Queue[Sequence[Record] | None], asyncio.AbstractEventLoop]
        self._listeners = {}

    def listen(self) -> AsyncIterator[Sequence[Record]]:
        """Give each batch of records that becomes public from now on; ends when cut or closed.

        What becomes public before the first batch is asked for is not missed either.
        """
        queue: asyncio.Queue[Sequence[Record] | None] = asyncio.Queue(_BACKLOG)
        self._listeners[queue] = asyncio.get_running_loop()
        return self._batches(queue)

    async def _batches(
        self, queue: "asyncio.Queue[Sequence[Record] | None]"
    ) -> AsyncIterator[Sequence[Record]]:
        try:
            while (batch := await queue.get()) is not None:
                yield batch
        finally:
            self._listeners.pop(queue, None)

    def tell(self, records: Sequence[Record]) -> None:
        """Pass on what has just become public; called from the thread that commits."""
        for queue, loop in list(self._listeners.items()):
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._put, queue, records)

    def close(self) -> None:
        """End every listener."""
        for queue, loop in list(self._listeners.items()):
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._cut, queue)

    def _put(
        self, queue: "asyncio.Queue[Sequence[Record] | None]", records: Sequence[Record]
    ) -> None:
        if queue not in self._listeners:
            return
        try:
            queue.put_nowait(records)
        except asyncio.QueueFull:
            self._cut(queue)

    def _cut(self, queue: "asyncio.Queue[Sequence[Record] | None]") -> None:
        if self._listeners.pop(queue, None) is None:
            return
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)
