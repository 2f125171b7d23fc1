"""Program: nodes and stamping desks as processes of their own, on a clock that lies in a file.

Each line of its input is a JSON object that says what to start. A started one says `ready` and its
number once it listens, and at its end `ended` and its status, to the pipe that the line names.
SIGUSR1 makes its disk full, SIGUSR2 gives it room again, SIGINT stops it as a person would.
The parts of the program are loaded once: a process that is killed twenty times starts quickly.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wayhome import node as composition
from wayhome.cli.faults import FAULTS
from wayhome.node import Node, NodeParts, running, stamping
from wayhome.pages import guard
from wayhome.peers.service import Asked
from wayhome.stamping.book import BookFault
from wayhome.stamping.service import StampingDesk
from wayhome.store.store import StorageFault
from wayhome.web.site import Face

PAGE = 8192  # bytes: no room for more than there is
ROOM = 1 << 32  # bytes: as much as it may want


async def run_node(said: dict[str, Any], clock: Callable[[], int]) -> None:
    home, peers = tuple(said["home"]), tuple(Asked(one) for one in said.get("peers", ()))
    parts = NodeParts(Path(said["folder"]), home, Face({}, {}), peers)
    node = Node(parts, clock)
    try:
        async with running(node, said["port"]):
            await until_stopped(said, node.store.limit)
    finally:
        node.close()


async def run_desk(said: dict[str, Any], clock: Callable[[], int]) -> None:
    desks = [(Path(said["folder"]), "")]
    async with stamping(desks, said["node"], said["port"], clock) as opened:
        await until_stopped(said, lambda most: limit_desk(opened[0][0], most))


def limit_desk(desk: StampingDesk, most: int) -> None:
    desk.book._do(lambda db: db.execute(f"pragma max_page_count = {most // 4096}").close())  # noqa: SLF001 - a disk


async def until_stopped(said: dict[str, Any], limit: Callable[[int], None]) -> None:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, surely, limit, PAGE)
    loop.add_signal_handler(signal.SIGUSR2, surely, limit, ROOM)
    stopped = asyncio.Event()
    loop.add_signal_handler(signal.SIGINT, stopped.set)
    tell(said, f"ready {os.getpid()}")
    await stopped.wait()


def surely(limit: Callable[[int], None], most: int) -> None:
    """Set a limit, again where it shared a commit with what had no room."""
    for _ in range(100):
        with contextlib.suppress(StorageFault, BookFault):
            limit(most)
            return
    raise AssertionError("the limit cannot be set")


def tell(said: dict[str, Any], what: str) -> None:
    with Path(said["pipe"]).open("wb", buffering=0) as pipe:
        pipe.write(f"{what}\n".encode())


def run(said: dict[str, Any]) -> None:
    """Run one to its end, all that it writes going to its log."""
    log = os.open(said["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    for name, value in said.get("deadlines", {}).items():
        setattr(guard, name, value)
    composition.TICK = said.get("tick", 0.05)
    at = Path(said["clock"])
    doing = {"node": run_node, "desk": run_desk}[said["what"]]
    try:
        asyncio.run(doing(said, lambda: int(at.read_bytes())))
    except FAULTS as fault:
        sys.exit(f"wayhome: {fault}")


def mind(said: dict[str, Any]) -> None:
    """Start one, and tell its end."""
    child = os.fork()
    if child == 0:
        run(said)
        sys.exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    tell(said, f"ended {status}")


def main() -> None:
    for line in sys.stdin:
        minder = os.fork()
        if minder == 0:
            if os.fork() == 0:  # not ours to wait for
                mind(json.loads(line))
            os._exit(0)
        os.waitpid(minder, 0)


if __name__ == "__main__":
    main()
