"""Signatures accepted per second through a node's HTTP door, durable, against the crypto alone."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import uvloop

from recount import decoded, verify
from server import clients, free_port, spent
from sheets import DAY, OPEN, papers, say, sheet, world
from wayhome.journal.answer import Answer
from wayhome.node import Node, NodeParts
from wayhome.petition.kinds import signature
from wayhome.petition.kinds.signature import Signature
from wayhome.records.record import read, read_line
from wayhome.serving import serving, settle
from wayhome.web.site import Face

ROUNDS = 5
CLIENTS = 256
PERIOD = 10 * DAY
WARM = 1_000  # signatures before the clock starts: a process that verifies is begun under load


async def by_http(folder: Path, lines: list[bytes]) -> dict[str, float]:
    """Give accepted signatures per second, and the server's CPU for each."""
    here = world()
    node = Node(_parts(folder), lambda: OPEN + PERIOD - 1)
    try:
        async for outcome in node.intake.receive_lines(papers(), "own"):
            if not isinstance(outcome, Answer):
                raise outcome
        port, path = free_port(), f"/petition/{here.petition.id}/records"
        settle()  # as `wayhome serve` does, and the bench itself holds much besides
        async with serving(node.app, port):
            await clients(port, path, CLIENTS, lines[:WARM])  # as later, when there is much to do
            lines = lines[WARM:]
            cpu = spent(os.getpid())
            said = await clients(port, path, CLIENTS, lines)
            cpu = spent(os.getpid()) - cpu
        if said["statuses"] != {"202": len(lines)}:
            raise AssertionError(said["statuses"])
        return {
            "rate": len(lines) / said["seconds"],
            "cpu": cpu / len(lines),
            "client": said["client cpu"] / len(lines),
        }
    finally:
        node.close()


def _parts(folder: Path) -> NodeParts:
    home = tuple(one.id for one in world().groups)
    return NodeParts(folder, home, Face({"en": "bench"}, {"en": "bench"}, ("en",)))


def stages(lines: list[bytes]) -> dict[str, float]:
    """Give microseconds of CPU that each stage takes of one record, each alone on this core."""
    panel = world().panel
    records = [read_line(line) for line in lines]
    checks = decoded(lines)
    stamps = [(author, digest, sig, []) for author, digest, sig, _ in checks]
    whole = _each(lambda: [read(line) for line in lines], len(lines))
    sigs = _each(lambda: verify(stamps), len(lines))
    judged = _each(lambda: [signature.check(one, panel) for one in records], len(lines))
    every = _each(lambda: verify(checks), len(lines))
    views = _each(lambda: [signature.row(one, Signature.of(one)) for one in records], len(lines))
    return {
        "decoding": whole - sigs,
        "sig": sigs,
        "stamps": every - sigs,
        "rule and panel": judged - (every - sigs),
        "views": views,
    }


def _each(act: Callable[[], object], number: int) -> float:
    begun = time.process_time()
    act()
    return (time.process_time() - begun) / number * 1e6


async def measure(number: int) -> dict[str, object]:
    """Measure door and floor in turn, each with signatures of its own."""
    path = sheet(number * ROUNDS)
    rates: dict[str, list[float]] = {"http": [], "floor": [], "cpu": [], "client": []}
    with TemporaryDirectory(dir=os.environ.get("WAYHOME_BENCH_DISK")) as folder:
        for i in range(ROUNDS):
            with path.open("rb") as file:
                lines = [one.rstrip() for one in islice(file, i * number, (i + 1) * number)]
            checks = decoded(lines[:4_000])
            begun = time.process_time()
            verify(checks)
            rates["floor"].append(len(checks) / (time.process_time() - begun))
            found = await by_http(Path(folder) / str(i), lines)
            rates["http"].append(found["rate"])
            rates["cpu"].append(found["cpu"] * 1e6)
            rates["client"].append(found["client"] * 1e6)
            say(", ".join(f"{name} {value[-1]:.4g}" for name, value in rates.items()))
    cost = stages(lines[:2_000])
    server = median(rates["cpu"])
    rest = server - sum(cost.values())
    shares = {name: round(value / server, 3) for name, value in cost.items()}
    return {
        "bench": "ingest",
        "figure": round(median(rates["http"])),
        "floor": round(median(rates["floor"])),
        "unit": "signatures a second; the floor is one BIP-340 and two stamps alone on one core",
        "ratio": round(
            median(h / f for h, f in zip(rates["http"], rates["floor"], strict=True)), 3
        ),
        "wanted": 0.5,
        "microseconds of CPU a signature, server": round(server),
        "microseconds of CPU a signature, clients": round(median(rates["client"])),
        "share of the server's CPU": {
            **shares,
            "HTTP, sealing, store and hand-over": round(rest / server, 3),
        },
        "clients": CLIENTS,
        "bytes of a line": round(sum(map(len, lines)) / len(lines)),
    }


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--signatures", type=int, default=4_000, help="in each of five rounds")
    json.dump(uvloop.run(measure(given.parse_args().signatures)), sys.stdout, indent=1)
    print()
