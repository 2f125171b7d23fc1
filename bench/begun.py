"""Begun: a new node of the real composition takes all signatures of another program beside it.

By the way that nodes take: record files first, for there is much, then what differs by ids.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvloop

from recount import decoded, verify
from relay import served
from server import free_port, spent
from sheets import DAY, say, sheet
from stock import node_of, opened
from wayhome.node import BOOK, running
from wayhome.peers.service import Asked
from wayhome.petition.kinds import signature
from wayhome.records.filter import Filter
from wayhome.records.record import Record, read, read_line
from wayhome.serving import settle
from wayhome.store.sqlite import SqliteStore
from wayhome.store.store import Entry

LATE = 10 * DAY  # after the opening: all windows of the sheet have begun
SIGNATURES = Filter(kinds=(signature.NUMBER,))
SAMPLE = 4_000  # signatures, from all over, of which the floor is taken
PATIENCE = 900.0
_TOGETHER = 2_000
_SHEET = 200_000  # the sheet that the other benches have


async def begun(number: int) -> dict[str, object]:
    """Give the seconds that a new node needs, against verifying it all on one core."""
    lines = _lines(number)
    floor = _floor(lines[:: max(1, number // SAMPLE)]) * number
    with TemporaryDirectory(dir=os.environ.get("WAYHOME_BENCH_DISK")) as place:
        folder = Path(place)
        await _filled(folder / "there", lines)
        port = free_port()
        async with served(_command("there", folder, port), port) as there:
            before = spent(there)
            told = await _taken(_command("new", folder, port, str(number)))
            peer = spent(there) - before
        if told["sum"] != _sum(folder / "there"):
            raise AssertionError("it does not hold what the other holds")
    each = 1e6 / number
    return {
        "what": f"a new node takes {number} signatures from another program",
        "figure": round(told["seconds"], 2),
        "floor": round(floor, 2),
        "ratio": round(told["seconds"] / floor, 2),
        "wanted": 2.0,
        "microseconds of CPU a signature, the new node and what verifies for it": round(
            told["cpu"] * each
        ),
        "microseconds of CPU a signature, the other": round(peer * each),
        "seconds until the first was there": round(told["first"], 2),
        "unit": "seconds from its start to all of them on its disk; the floor is reading all of"
        " them and verifying a sig and two stamps of each, CPU seconds of one core",
    }


def _lines(number: int) -> list[bytes]:
    with sheet(max(number, _SHEET)).open("rb") as file:
        return [one.rstrip() for one in islice(file, number)]


def _floor(lines: Sequence[bytes]) -> float:
    """Give the CPU seconds that one signature costs: read, its sig and its stamps verified."""
    stamps = [(author, digest, sig, keys) for author, digest, sig, keys in decoded(lines)]
    bare = [(author, digest, sig, []) for author, digest, sig, _ in stamps]
    start = time.process_time()
    for line in lines:
        read(line)
    reading = time.process_time() - start
    start = time.process_time()
    verify(stamps)
    whole = time.process_time() - start
    start = time.process_time()
    verify(bare)  # its sig is in the reading already
    return (reading + whole - (time.process_time() - start)) / len(lines)


async def _filled(folder: Path, lines: Sequence[bytes]) -> None:
    """Make a node's folder that holds them; they were verified when the sheet was made."""
    async with opened(folder):
        pass
    store = SqliteStore(folder / "records.db")
    kind = BOOK.of(read(lines[0]))
    for at in range(0, len(lines), _TOGETHER):
        records = sorted(map(_known, lines[at : at + _TOGETHER]), key=lambda record: record.id)
        store.keep([Entry(one, kind.count(one), kind.slot(one)) for one in records])
    store.close()
    say(f"{len(lines)} signatures are there")


def _command(what: str, folder: Path, port: int, *more: str) -> list[str]:
    return [sys.executable, str(Path(__file__).resolve()), what, str(folder), str(port), *more]


async def _taken(command: Sequence[str]) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    found: dict[str, Any] = json.loads(told)
    return found


def _known(line: bytes) -> Record:
    return read_line(line, sig_is_known=True)


def _sum(folder: Path) -> str:
    """Give what stands for the signatures that a folder holds; its node is closed."""
    store = SqliteStore(folder / "records.db")
    found = sha256("".join(store.ids(SIGNATURES)).encode()).hexdigest()
    store.close()
    return found


async def _there(folder: Path, port: int) -> None:
    """Be the node that has them."""
    async with opened(folder / "there", LATE) as node, running(node, port):
        settle()  # as `wayhome serve` does
        await asyncio.Event().wait()


async def _new(folder: Path, port: int, number: int) -> None:
    """Be the node that has nothing, until it has them; tell how long that took."""
    start, before = time.perf_counter(), spent(os.getpid())
    first, there = 0.0, 0
    peer = Asked(f"http://127.0.0.1:{port}")
    node = node_of(folder / "new", LATE, peers=(peer,))
    batches = node.intake.feed.listen()  # to count what lies there would cost as much as it takes
    async with running(node, free_port()), asyncio.timeout(PATIENCE):
        settle()
        while there < number:
            there += sum(record.kind == signature.NUMBER for record in await anext(batches))
            first = first or (time.perf_counter() - start if there else 0.0)
        seconds, cpu = time.perf_counter() - start, spent(os.getpid()) - before
    node.close()
    told = {"seconds": seconds, "first": first, "cpu": cpu, "sum": _sum(folder / "new")}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    what, where, there, *more = sys.argv[1:]
    doing = _there(Path(where), int(there)) if what == "there" else None
    uvloop.run(doing or _new(Path(where), int(there), int(*more)))
