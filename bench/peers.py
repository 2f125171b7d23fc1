"""Two nodes by websocket: finding what differs, a new node, and two that were parted.

The other node is a process of its own, as it would be on another machine.
"""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import toys
from inside import Inside
from peering import Here, listening
from proxies import counted
from sheets import say
from wayhome.peers.way import Address, Way
from wayhome.records.filter import Filter
from wayhome.records.record import Record, read
from wayhome.relay.client import Client, Done, Found, Say
from wayhome.store.sqlite import SqliteStore
from wayhome.store.store import Entry

MIB = 1 << 20
PLEA = toys.plea("bench")
WAIT = 600.0


def with_rubbish_sigs(number: int) -> list[Record]:
    """Give records for what never looks at a sig."""
    return [toys.unsigned(PLEA.id, "x" * 700) for _ in range(number)]


def signed(number: int) -> list[Record]:
    """Give records as long as signatures, each with a sig of its own."""
    return [toys.word(f"{one} {'x' * 700}") for one in range(number)]


@contextlib.contextmanager
def away(records: Sequence[Record]) -> Iterator[int]:
    """Let a process of its own listen that holds records; give its port."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        asyncio.run(_serve(records, writer))
        os._exit(0)
    os.close(writer)
    try:
        with os.fdopen(reader, "rb") as told:
            yield int(told.readline())
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


async def _serve(records: Sequence[Record], writer: int) -> None:
    with TemporaryDirectory() as folder:
        inside = Inside(SqliteStore(Path(folder) / "records.db"), Path(folder))
        inside.store.keep([Entry(record) for record in records])
        async with listening(inside) as here:
            os.write(writer, b"%d\n" % here.port)
            await asyncio.sleep(WAIT)


@contextlib.asynccontextmanager
async def new_node(records: Sequence[Record]) -> AsyncIterator[Here]:
    """Open a node on a disk that holds records."""
    with TemporaryDirectory() as folder:
        inside = Inside(SqliteStore(Path(folder) / "records.db"), Path(folder))
        inside.store.keep([Entry(record) for record in records])
        try:
            async with listening(inside) as here:
                yield here
        finally:
            inside.intake.close()
            inside.store.close()


async def differences(port: int, here: Here, kind: int) -> dict[str, float]:
    """Find what differs, and fetch none of it."""
    client = Client()
    items = await here.relay.items(kind)
    found = sent = 0
    async with Way().to_relay(Address.read(f"ws://127.0.0.1:{port}", is_trusted=True)) as line:
        begun = time.perf_counter()
        name, effects = client.compare(kind, items)
        while True:
            for effect in effects:
                if isinstance(effect, Say):
                    sent += len(effect.frame)
                    await line.send(effect.frame, text=True)
                elif isinstance(effect, Found):
                    found += len(effect.ours) + len(effect.theirs)
                elif effect == Done(name):
                    seconds = time.perf_counter() - begun
                    return {"found": found, "MiB": sent / MIB, "seconds": seconds}
            raw = await line.recv(decode=False)
            sent += len(raw)
            effects = client.hear(raw)


async def compared(number: int) -> dict[str, object]:
    """Reconcile two sets that differ by one in a hundred."""
    every = with_rubbish_sigs(number + number // 200)
    ours, theirs = every[number // 200 :], every[:number]
    with away(theirs) as port:
        async with new_node(ours) as here:
            first = await differences(port, here, toys.HAND)  # both make their sets
            again = await differences(port, here, toys.HAND)
    for one in (first, again):
        if one["found"] != 2 * (number // 200):
            raise AssertionError(one)
    return {
        "what": f"{number} against {number}, 1 % apart, by websocket",
        "figure": round(again["seconds"], 3),
        "floor": 1.0,
        "ratio": round(again["seconds"], 2),
        "MiB, of 1.5": round(again["MiB"], 2),
        "seconds where the other's set is made first": round(first["seconds"], 3),
    }


async def begun(number: int) -> dict[str, object]:
    """Let a new node take everything from another, against verifying it all on one core."""
    records = signed(number)
    lines = [record.line for record in records]
    start = time.process_time()
    for one in lines:
        read(one)
    floor = time.process_time() - start
    with away(records) as port:
        async with new_node(()) as here:
            start, spent = time.perf_counter(), time.process_time()
            await here.peers(f"http://127.0.0.1:{port}").once()
            figure, spent = time.perf_counter() - start, time.process_time() - spent
            if here.inside.store.count(Filter()) != number:
                raise AssertionError(here.inside.store.count(Filter()))
    return {
        "what": f"a new node takes {number} records, each with a sig",
        "figure": round(figure, 2),
        "floor": round(floor, 2),
        "ratio": round(figure / floor, 2),
        "CPU seconds of the new node": round(spent, 2),
        "unit": "seconds; the floor is reading and verifying all of them, CPU seconds of one core",
    }


async def healed(number: int, apart: int) -> dict[str, object]:
    """Let two nodes that were parted agree, and count the bytes of both rounds."""
    both, ours, theirs = signed(number), signed(apart), signed(apart)
    async with new_node([*both, *ours]) as one, new_node([*both, *theirs]) as other:
        async with counted(other.port) as there, counted(one.port) as back:
            start = time.perf_counter()
            await one.peers(there.address).once()
            await other.peers(back.address).once()
            seconds = time.perf_counter() - start
            crossed = there.bytes + back.bytes
        if one.ids != other.ids:
            raise AssertionError
    lacked = sum(len(record.line) for record in [*ours, *theirs])
    return {
        "what": f"{number} in common, {apart} more on each side, then both ask each other",
        "figure": crossed,
        "floor": lacked,
        "ratio": round(crossed / lacked, 2),
        "unit": "bytes both ways; the floor is the records that were lacking",
        "seconds": round(seconds, 2),
    }


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--compared", type=int, default=100_000)
    given.add_argument("--new", type=int, default=200_000)
    given.add_argument("--apart", type=int, default=5_000)
    asked = given.parse_args()
    cases = []
    for doing in (
        lambda: compared(asked.compared),
        lambda: begun(asked.new),
        lambda: healed(2 * asked.apart, asked.apart),
    ):
        cases.append(asyncio.run(doing()))
        say(json.dumps(cases[-1]))
    json.dump({"bench": "peers", "cases": cases}, sys.stdout, indent=1)
    print()
