"""A running demo network for tests that are not asynchronous themselves: it lives in a thread."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import uvloop

from ports import free_row
from wayhome.crypto import codes
from wayhome.demo import Demo, DemoGroup

PACK = Path(__file__).parents[1] / "campaigns" / "way-home"
PORTS = (0, 1, 2, 100, 101, 102)  # three nodes, and their stamping desks a hundred above
_Given = TypeVar("_Given")


class Network:
    """The demo and the loop it runs on."""

    def __init__(self, demo: Demo, loop: asyncio.AbstractEventLoop) -> None:
        self.demo = demo
        self._loop = loop

    @property
    def petition(self) -> str:
        return self.demo.petition.id

    @property
    def groups(self) -> list[DemoGroup]:
        return list(self.demo.groups.values())

    def call(self, doing: Coroutine[Any, Any, _Given]) -> _Given:
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result(240)

    def voucher(self, *places: int) -> list[str]:
        """One code of each of these places on the panel, each ready at its desk."""
        made = []
        for group in (self.demo.panel[place] for place in places):
            assert group.desk is not None
            secret = codes.new_secret()
            group.desk.add_parts([secret])
            made.append(codes.write(group.desk.key.kid, secret))
        return made

    def pass_window(self) -> int:
        """Let the window end everywhere; gives the time it is now."""
        self.demo.clock.at = self.demo.clock() + self.demo.campaign.petition.window
        self.call(self.demo.settle())
        return self.demo.clock()


@contextmanager
def running_network(folder: Path, signers: int, *, has_cases: bool = False) -> Iterator[Network]:
    """Run the demo's three groups until the block ends; the clock stands until it is moved."""
    loop = uvloop.new_event_loop()  # the program's own: with the standard one a peer takes 0.5 s
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    demo = Demo(folder, PACK, signers, free_row(*PORTS), has_cases=has_cases)
    network = Network(demo, loop)
    try:
        network.call(demo.__aenter__())
        try:
            network.call(demo.sign_history(lambda _what, _done, _all: None))
            demo.clock.at = demo.clock()
            yield network
        finally:
            network.call(demo.__aexit__(None, None, None))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
