"""Posts a second by websocket when many records are stored, against the rate when few are."""

import argparse
import json
import os
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import uvloop

from relay import ours, rate
from server import free_port
from sheets import say
from stock import LIKE, post, stocked

ROUNDS = 3
FEW = 20_000


async def measure(of: str, numbers: list[int], posts: int) -> dict[str, object]:
    """Measure few and many in turn, each round with posts of its own."""
    rates: dict[int, list[float]] = {number: [] for number in (FEW, *numbers)}
    cpu: dict[int, list[float]] = {number: [] for number in rates}
    with TemporaryDirectory(dir=os.environ.get("WAYHOME_BENCH_DISK")) as place:
        for number in rates:
            await stocked(Path(place) / str(number), of, number)
        for i in range(ROUNDS):
            lines = [post(i * posts + n).line for n in range(posts)]
            for number, found in rates.items():
                taken = await rate(
                    ours(Path(place) / str(number), port := free_port()), port, lines
                )
                found.append(taken.taken)
                cpu[number].append(taken.cpu)
                say(
                    f"with {number} {of}: {taken.taken:.0f} posts a second, {taken.cpu:.0f} us each"
                )
    few = median(rates[FEW])
    ratios = {
        number: round(median(m / f for m, f in zip(rates[number], rates[FEW], strict=True)), 3)
        for number in numbers
    }
    return {
        "bench": "stored",
        "figure": {number: round(median(rates[number])) for number in numbers},
        "floor": round(few),
        "unit": f"posts a second, by {of} stored; the floor is the rate at {FEW}",
        "ratio": ratios,
        "wanted": 0.75,
        "microseconds of CPU a post": {number: round(median(cpu[number])) for number in rates},
    }


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument(
        "numbers", type=int, nargs="*", default=[200_000], help="what counts as many"
    )
    given.add_argument("--of", choices=sorted(LIKE), default="posts", help="what is stored")
    given.add_argument("--posts", type=int, default=6_000, help="in each of three rounds")
    said = given.parse_args()
    json.dump(uvloop.run(measure(said.of, said.numbers, said.posts)), sys.stdout, indent=1)
    print()
