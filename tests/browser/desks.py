"""A person's desk, served to a browser by a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from wayhome.desk.app import Door
from wayhome.desk.desk import Desk
from wayhome.desk.organiser import Organiser
from wayhome.deskserving import desk_pages


@contextmanager
def served(desk: Desk | None, organiser: Organiser | None = None) -> Iterator[tuple[str, Door]]:
    """Serve a desk until the block ends; give its host and port, and who may ask."""
    door, ready = Door(), threading.Event()
    told: list[str] = []
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with desk_pages(desk, door, organiser) as address:
            told.append(address)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(60)
    try:
        yield told[0], door
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
