"""Sheets: real signatures for the benches, made once and kept in .bench/ of the project."""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path

from petition_world import DAY, DAYS, OPEN, World

FOLDER = Path(__file__).parents[1] / ".bench"
BATCH = 1_000


def world() -> World:
    """Give three groups with a petition stamped by any two: the same in every run."""
    made = World(n=3, q=2, ceiling=1_000_000)
    made.open_desks()
    return made


def sheet(records: int) -> Path:
    """Give a file of that many signatures, a line each, made now where it is missing."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{records}.jsonl"
    if not path.exists():
        say(f"making {records} real signatures, once ({records / 1_300:.0f} s on two cores)")
        begun = time.monotonic()
        partly = path.with_suffix(".partly")
        with (
            partly.open("wb") as file,
            ProcessPoolExecutor(2, get_context("spawn")) as pool,
        ):
            for lines in pool.map(_batch, _sizes(records), range(10**9)):
                file.write(b"\n".join(lines) + b"\n")
        partly.rename(path)
        say(f"made in {time.monotonic() - begun:.0f} s")
    return path


def papers() -> list[bytes]:
    """Give the lines that say who may stamp."""
    return world().lines


def say(text: str) -> None:
    """Say what goes on, beside the figures."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


_WORLDS: list[World] = []  # of a worker process


def _batch(size: int, number: int) -> list[bytes]:
    if not _WORLDS:
        _WORLDS.append(world())
    here = _WORLDS[0]
    pairs = list(combinations(here.groups, 2))
    made = []
    for i in range(size):
        groups = pairs[(number + i) % len(pairs)]
        made.append(here.sign_up((number + i) % DAYS, groups=groups)[1].line)
    here.extra.clear()
    return made


def _sizes(records: int) -> Iterator[int]:
    while records > 0:
        yield min(BATCH, records)
        records -= BATCH


__all__ = ["DAY", "OPEN", "papers", "say", "sheet", "world"]
