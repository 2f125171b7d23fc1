"""Sets: reconciling ids with ids in memory, against adding up all ids once."""

import time
import tracemalloc
from collections.abc import Iterator
from hashlib import sha256
from statistics import median

from sheets import say
from talking import talk
from wayhome.codec import limits
from wayhome.relay.reconcile import Items

ROUNDS = 3
OPEN = 1_700_000_000
A_SECOND = 4  # items of one time


def items(numbers: range) -> Iterator[tuple[int, bytes]]:
    """Give items whose ids are as good as random, the same in every run."""
    for number in numbers:
        yield OPEN + number // A_SECOND, sha256(number.to_bytes(8, "big")).digest()


def shifted(count: int, differing: int) -> tuple[list[tuple[int, bytes]], list[tuple[int, bytes]]]:
    """Give two lists that share all but so many, spread evenly, half of them on each side."""
    every = list(items(range(count + differing // 2)))
    step = len(every) // differing if differing else 0
    away = [{every[n * step] for n in range(side, differing, 2)} for side in (0, 1)]
    ours, theirs = ([one for one in every if one not in less] for less in away)
    return ours, theirs


def summed(ids: list[bytes]) -> float:
    """Give the seconds it takes to add up all ids, which whoever compares by sums must do."""
    begun = time.process_time()
    total = sum(int.from_bytes(one, "little") for one in ids)
    sha256((total % 2**256).to_bytes(32, "little")).digest()
    return time.process_time() - begun


def talked(ours: Items, theirs: Items, limit: int) -> dict[str, float]:
    """Reconcile; give what it took at both ends together."""
    begun = time.process_time()
    found, sent, rounds = talk(ours, theirs, limit)
    spent = round(time.process_time() - begun, 4)
    return {"found": found, "bytes": sent, "rounds": rounds, "CPU seconds, both ends": spent}


def sealed(given: list[tuple[int, bytes]]) -> tuple[Items, float]:
    """Make the set; give it and the seconds."""
    begun = time.process_time()
    made = Items(given)
    return made, time.process_time() - begun


def memory(given: list[tuple[int, bytes]]) -> dict[str, float]:
    """Give the bytes an item, of the set itself and at most while it is made."""
    tracemalloc.start()
    made = Items(given)
    left, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"kept": round(left / len(made), 1), "at most": round(most / len(made), 1)}


def measure(count: int, differing: int) -> dict[str, object]:
    """Measure both cases, with the relay's frame and without any."""
    ours, theirs = shifted(count, differing)
    floors, seals = [], []
    for _ in range(ROUNDS):
        floors.append(summed([one for _, one in ours]))
        made, seconds = sealed(ours)
        seals.append(seconds)
        say(f"adding up {floors[-1]:.3f} s, making the set {seconds:.3f} s")
    other, _ = sealed(theirs)
    cases = {
        "the same": talked(made, made, limits.RELAY_FRAME),
        f"{differing} differ": talked(made, other, limits.RELAY_FRAME),
        f"{differing} differ, no frame limit": talked(made, other, 0),
    }
    if [case["found"] for case in cases.values()] != [0, differing, differing]:
        raise AssertionError(cases)
    spent = cases[f"{differing} differ"]["CPU seconds, both ends"]
    return {
        "what": f"{count} ids with as many, in memory",
        "figure": round(2 * median(seals) + spent, 3),
        "floor": round(2 * median(floors), 3),
        "unit": "CPU seconds of both ends together: sets made, differences found;"
        " the floor is adding up all ids once at each",
        "ratio": round((2 * median(seals) + spent) / (2 * median(floors)), 2),
        "items": count,
        "making a set, CPU seconds": round(median(seals), 3),
        "cases": cases,
        "bytes of memory an item": memory(ours),
    }
