"""The first answers of a relay that has just been started, with many records stored.

The newest 500 of a kind, how many there are, and the first message of a reconciliation with a node
that has nothing; each asked of a node that nobody asked before, then once more of the same.
"""

import argparse
import asyncio
import json
import sys
import time
from statistics import median
from typing import Any

import uvloop

from callers import Caller, frame
from relay import ours, resident, served
from server import free_port, spent
from sheets import say
from stock import LIKE, in_stock

ROUNDS = 3
PATIENCE = 30.0
KINDS = {"posts": 3963, "signatures": 3971}
QUESTIONS = {
    "newest 500": '["REQ","a",{"kinds":[%d],"limit":500}]',
    "how many": '["COUNT","a",{"kinds":[%d]}]',
    "first message of a reconciliation": '["NEG-OPEN","a",{"kinds":[%d]},"6100000200"]',
}
LAST = (b'["EOSE"', b'["COUNT"', b'["NEG-MSG"')


async def seconds(caller: Caller, asked: bytes) -> float:
    """Give how long a question takes until its last answer is here."""
    begun = time.perf_counter()
    caller.writer.write(asked)
    while not (await caller.hear()).startswith(LAST):
        pass
    return time.perf_counter() - begun


async def called(port: int) -> Caller:
    """Call a node that listens already and may not have opened its relay yet."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await Caller.of(port)
            except AssertionError:
                await asyncio.sleep(0.05)


async def measure(of: str, number: int) -> dict[str, Any]:
    """Measure each question of a node of its own, some times."""
    folder = await in_stock(of, number)
    found: dict[str, dict[str, list[float]]] = {}
    for asked, question in QUESTIONS.items():
        each = found[asked] = {"first": [], "again": [], "CPU": [], "MiB": []}
        message = frame((question % KINDS[of]).encode())
        for _ in range(ROUNDS):
            port = free_port()
            async with served(ours(folder, port), port) as pid:
                caller = await called(port)
                before = spent(pid)
                each["first"].append(await seconds(caller, message))
                each["CPU"].append(spent(pid) - before)
                each["again"].append(await seconds(caller, message))
                each["MiB"].append(resident(pid))
                caller.writer.close()
        say(f"{asked}: " + ", ".join(f"{name} {median(some):.3f}" for name, some in each.items()))
    figures = {
        asked: {name: round(median(some), 3) for name, some in each.items()}
        for asked, each in found.items()
    }
    return {
        "bench": "first",
        "what": f"{number} {of} stored",
        "unit": "seconds, CPU seconds of the node for the first, MiB that it holds afterwards",
        "figure": max(one["first"] for one in figures.values()),
        "wanted": 1.0,
        "each": figures,
    }


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("number", type=int, nargs="?", default=1_000_000, help="records stored")
    given.add_argument("--of", choices=sorted(LIKE), default="posts", help="what is stored")
    said = given.parse_args()
    json.dump(uvloop.run(measure(said.of, said.number)), sys.stdout, indent=1)
    print()
