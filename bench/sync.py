"""Sync: what it costs nodes to come to hold the same, from two sets in memory to seven programs.

sets      ids with ids, both ends in this process
compared  two nodes by websocket find what differs
new       a node with nothing takes all signatures of another program
healed    two nodes that were parted ask each other
seven     seven programs in network namespaces, three cut from four and healed (needs root)
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import seven
import toys
from begun import begun
from faults.processes import wait_until
from namespaces import NoNamespaces
from pairs import away, differences, new_node, signed, with_rubbish_sigs
from proxies import counted
from sets import measure
from sheets import say


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


def parted(number: int) -> dict[str, object]:
    """Cut three programs from four, let each side write, heal, and count bytes and seconds."""
    with TemporaryDirectory() as folder, seven.ready(Path(folder)) as nodes:
        everybody = list(nodes.net.numbers)
        nodes.begin()
        ours, theirs = nodes.part(number)
        before, begun = nodes.crossed(), time.monotonic()
        nodes.net.heal()
        both = seven.ids_of([*ours, *theirs])
        wait_until("all agree", lambda: nodes.hold(everybody, both), 300)
        seconds = time.monotonic() - begun
        crossed = nodes.crossed() - before
    lacked = sum(len(one.line) for one in ours) * (len(everybody) - seven.LEFT)
    lacked += sum(len(one.line) for one in theirs) * seven.LEFT
    return {
        "what": f"seven programs, three cut from four, {number} posts more on each side, healed",
        "figure": crossed,
        "floor": lacked,
        "ratio": round(crossed / lacked, 2),
        "unit": "bytes on all lines, TCP's own among them; the floor is what each node lacked",
        "seconds, of 30": round(seconds, 1),
    }


def main() -> None:
    """Measure what is asked for, or all of it."""
    given = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    given.add_argument("cases", nargs="*", help="which of them; default: all")
    given.add_argument("--sets", type=int, default=200_000, help="ids of each set")
    given.add_argument("--compared", type=int, default=100_000, help="records of each of two nodes")
    given.add_argument("--new", type=int, default=50_000, help="signatures that a new node takes")
    given.add_argument("--healed", type=int, default=2_000, help="records that each of two lacks")
    given.add_argument("--seven", type=int, default=500, help="posts on each side of seven")
    asked = given.parse_args()
    known: dict[str, Callable[[], dict[str, object]]] = {
        "sets": lambda: measure(asked.sets, 1_000),
        "compared": lambda: asyncio.run(compared(asked.compared)),
        "new": lambda: asyncio.run(begun(asked.new)),
        "healed": lambda: asyncio.run(healed(2 * asked.healed, asked.healed)),
        "seven": lambda: parted(asked.seven),
    }
    found = []
    for name in asked.cases or known:
        try:
            found.append({"case": name, **known[name]()})
        except NoNamespaces as lacking:
            say(f"{name}: this machine allows no network of ours: it {lacking}")
        else:
            say(json.dumps(found[-1]))
    json.dump({"bench": "sync", "cases": found}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
