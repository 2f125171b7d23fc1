"""The relay of a node, in a process of its own: posts taken in, questions answered, memory.

With --peers a relay from PyPI is measured in the same run, in an environment made for it alone.
"""

import argparse
import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import uvloop

from others import Other, nostr_relay
from server import free_port, spent
from sheets import say
from stock import opened, post, stocked
from wayhome.node import running
from wayhome.records.record import read
from wayhome.serving import settle

ROUNDS = 3
CALLERS = 4
WARM = 1_000  # posts before the clock starts, as in the other bench of what is taken in
LISTENERS = 200
ASKED = b'["REQ","a",{"kinds":[3963],"limit":500}]'
NOBODY = b'["REQ","a",{"kinds":[3963],"limit":1}]'


async def serve(folder: Path, port: int) -> None:
    """Be the node."""
    async with opened(folder) as node, running(node, port):
        settle()  # as `wayhome serve` does
        await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def served(command: list[str], port: int) -> AsyncIterator[int]:
    """Run a relay until the block ends; gives its process."""
    nowhere = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdout=nowhere, stderr=nowhere)
    try:
        while not await is_listening(port):
            if process.returncode is not None:
                raise AssertionError("it did not start")
            await asyncio.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


async def is_listening(port: int) -> bool:
    """Tell whether anything listens there."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def called(what: str, port: int, many: int, asked: bytes) -> dict[str, Any]:
    """Let callers do what they do; give what they saw."""
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, str(Path(__file__).parent / "callers.py"), what, str(port))
    process = await asyncio.create_subprocess_exec(*command, str(many), stdin=pipe, stdout=pipe)
    told, _ = await process.communicate(asked)
    found: dict[str, Any] = json.loads(told)
    return found


@contextlib.asynccontextmanager
async def listening(port: int, many: int) -> AsyncIterator[None]:
    """Let that many listen until the block ends."""
    command = [sys.executable, str(Path(__file__).parent / "callers.py"), "listen", str(port)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, str(many), stdin=pipe, stdout=pipe)
    if process.stdin is None or process.stdout is None:
        raise AssertionError("no pipes")
    process.stdin.write(NOBODY + b"\n")
    if await process.stdout.readline() != b"listening\n":
        raise AssertionError("nobody listens")
    try:
        yield
    finally:
        process.stdin.close()
        await process.wait()


def resident(pid: int) -> float:
    """Give the MiB that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def ours(folder: Path, port: int) -> list[str]:
    """Give the command of a node of ours."""
    return [sys.executable, str(Path(__file__).resolve()), "--serve", str(folder), str(port)]


def floor(lines: list[bytes]) -> float:
    """Give records a second that one core reads: parsed, id and sig checked."""
    begun = time.process_time()
    for line in lines:
        read(line)
    return len(lines) / (time.process_time() - begun)


async def offered(port: int, lines: list[bytes]) -> dict[str, Any]:
    """Let four callers offer records, every one of which is taken."""
    told = await called("publish", port, CALLERS, b"\n".join(lines) + b"\n")
    if told["answers"] != {"true": len(lines), "false": 0}:
        raise AssertionError(told["answers"])
    return told


@dataclass(frozen=True, slots=True)
class Rate:
    """Records a second that a relay takes in, and microseconds of CPU for each at both ends."""

    taken: float
    cpu: float
    callers: float


async def rate(command: list[str], port: int, lines: list[bytes]) -> Rate:
    """Let four callers offer records: a few first, for a process is begun under load."""
    async with served(command, port) as pid:
        await offered(port, lines[:WARM])
        lines = lines[WARM:]
        before = spent(pid)
        told = await offered(port, lines)
        after = spent(pid)
    each = 1e6 / len(lines)
    return Rate(
        len(lines) / float(told["seconds"]), (after - before) * each, float(told["cpu"]) * each
    )


async def taken_in(folder: Path, number: int, other: Other | None) -> dict[str, list[float]]:
    """Measure floor and relays in turn, each round with posts of its own."""
    each = number + WARM
    names = ("floor", "ours", "cpu", "callers", "other")
    found: dict[str, list[float]] = {name: [] for name in names}
    for i in range(ROUNDS):
        lines = [post(i * each + n).line for n in range(each)]
        found["floor"].append(floor(lines))
        port = free_port()
        own = await rate(ours(folder / f"in{i}", port), port, lines)
        found["ours"].append(own.taken)
        found["cpu"].append(own.cpu)
        found["callers"].append(own.callers)
        if other is not None:
            command = other.command(folder / f"other{i}", port := free_port())
            found["other"].append((await rate(command, port, lines)).taken)
        say(", ".join(f"{name} {values[-1]:.0f}" for name, values in found.items() if values))
    return found


async def measure(posts: int, many: int, *, peers: bool) -> dict[str, object]:
    """Measure everything."""
    other = nostr_relay() if peers else None
    with TemporaryDirectory(dir=os.environ.get("WAYHOME_BENCH_DISK")) as place:
        folder = Path(place)
        found = await taken_in(folder, posts, other)
        await stocked(folder / "many", "signatures", many)  # what there is most of
        say(f"{many} stored")
        lines = [post(n).line for n in range(posts + WARM)]
        port = free_port()
        full = (await rate(ours(folder / "many", port), port, lines)).taken
        say(f"at {many} stored {full:.0f}")
        asked, memory = await questions(folder)
    ratio = median(o / f for o, f in zip(found["ours"], found["floor"], strict=True))
    return {
        "bench": "relay",
        "figure": round(median(found["ours"])),
        "floor": round(median(found["floor"])),
        "unit": "posts a second by websocket, four callers, durable, views kept;"
        " the floor is parsing, id and sig alone on one core",
        "sent before the clock starts": WARM,
        "ratio": round(ratio, 3),
        "wanted": 0.6,
        "microseconds of CPU a post, the node": round(median(found["cpu"])),
        "microseconds of CPU a post, the callers": round(median(found["callers"])),
        "another relay, posts a second": round(median(found["other"])) if other else None,
        f"at {many} stored, of the rate at few": round(full / median(found["ours"]), 3),
        "last 500 of a kind at 100,000 stored": asked,
        "MiB with 100,000 records": memory,
    }


async def questions(folder: Path) -> tuple[dict[str, Any], dict[str, float]]:
    """Measure an answer, and the memory of a node to which many listen."""
    await stocked(folder / "asked", "posts", 100_000)
    port = free_port()
    async with served(ours(folder / "asked", port), port) as pid:
        before = resident(pid)
        await called("ask", port, 1, NOBODY)  # the first reads the kind's ids
        asked = await called("ask", port, 50, ASKED)
        after = resident(pid)
        async with listening(port, LISTENERS):
            memory = resident(pid)
    each = {"at the start": before, "once asked": after, f"{LISTENERS} listeners": memory}
    return asked, {name: round(size, 1) for name, size in each.items()}


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--posts", type=int, default=6_000, help="in each of three rounds")
    given.add_argument("--stored", type=int, default=200_000, help="what counts as many")
    given.add_argument("--peers", action="store_true", help="a relay from PyPI beside ours")
    given.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    said = given.parse_args()
    if said.serve:
        uvloop.run(serve(Path(said.serve[0]), int(said.serve[1])))
    else:
        json.dump(
            uvloop.run(measure(said.posts, said.stored, peers=said.peers)), sys.stdout, indent=1
        )
        print()
