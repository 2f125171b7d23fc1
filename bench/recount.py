"""Records recounted per second of one core, against the same verifications alone."""

import argparse
import json
import resource
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from sheets import papers, say, sheet, world
from wayhome.crypto import keys
from wayhome.crypto.stamps import StampKey, token_input
from wayhome.petition import tally
from wayhome.petition.listfile import ListFile, joined
from wayhome.petition.recount import recount
from wayhome.petition.tally import Frame, Listing, Tally
from wayhome.records.record import read_line
from wayhome.sources import lines_of

SLICES = 5
FLOOR_RECORDS = 8_000  # of each slice: the floor is the same for every record
MEMORY_RECORDS = 1_000_000

Checks = list[tuple[bytes, bytes, bytes, list[tuple[StampKey, bytes, bytes]]]]


def decoded(lines: Iterable[bytes]) -> Checks:
    """Decode what the verifications alone need."""
    here = world()
    seats = {seat.kid16: seat for seat in here.panel.seats}
    found: Checks = []
    for line in lines:
        record = read_line(line)
        stamps = [(seats[tag[1]], b64decode(tag[2])) for tag in record.tags[1:]]
        found.append(
            (
                bytes.fromhex(record.pubkey),
                bytes.fromhex(record.id),
                bytes.fromhex(record.sig),
                [
                    (seat.key, token_input(here.petition.id, record.pubkey, seat.kid), stamp)
                    for seat, stamp in stamps
                ],
            )
        )
    return found


def verify(checks: Checks) -> None:
    """Verify one BIP-340 sig and two stamps of each, and nothing else."""
    for author, digest, sig, stamps in checks:
        good = keys.verifies(author, digest, sig)
        if not (good and all(key.verifies(message, stamp) for key, message, stamp in stamps)):
            raise AssertionError("the bench's own signatures are good")


def cpu(act: Callable[[], object]) -> float:
    """Give the CPU seconds of this process that an act takes."""
    begun = time.process_time()
    act()
    return time.process_time() - begun


def by_core(path: Path, records: int) -> tuple[list[float], list[float]]:
    """Give records per second of one core: of a recount, and of the floor, slice by slice."""
    petition, small, size = world().petition.id, papers(), records // SLICES
    own, floor = [], []
    for i in range(SLICES):
        lines = list(islice(lines_of(path), i * size, (i + 1) * size))
        checks = decoded(lines[:FLOOR_RECORDS])
        alone = cpu(lambda checks=checks: verify(checks)) / len(checks)

        def count(lines: list[bytes] = lines) -> None:
            counted = recount(petition, lambda: [*small, *lines]).counted
            if counted != len(lines):
                raise AssertionError(f"{counted} of {len(lines)} counted")

        own.append(size / cpu(count))
        floor.append(1 / alone)
        say(f"slice {i + 1} of {SLICES}: {own[-1]:.0f}/s, floor {floor[-1]:.0f}/s")
    return own, floor


def by_processes(path: Path) -> dict[str, float]:
    """Give wall seconds with one and two processes: of a recount, and of the floor alone."""
    petition, small = world().petition.id, papers()

    def lines() -> Iterable[bytes]:
        yield from small
        yield from lines_of(path)

    wall: dict[str, float] = {}
    for processes in (1, 2, 1, 2):
        begun = time.monotonic()
        recount(petition, lines, processes=processes)
        name = f"recount {processes}"
        wall[name] = min(wall.get(name, 1e9), time.monotonic() - begun)
        say(f"{name} process(es): {wall[name]:.1f} s")
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        for processes in (1, 2, 1, 2):
            list(pool.map(_load, [str(path)] * 2))
            begun = time.monotonic()
            list(pool.map(_verify_loaded, range(processes)))
            name = f"floor {processes}"
            wall[name] = min(wall.get(name, 1e9), time.monotonic() - begun)
    return wall


_LOADED: list[Checks] = []


def _load(path: str) -> None:
    if not _LOADED:
        _LOADED.append(decoded(islice(lines_of(Path(path)), 4 * FLOOR_RECORDS)))


def _verify_loaded(_: int) -> None:
    verify(_LOADED[0])


def memory(records: int) -> dict[str, float]:
    """Tell the peak of a tally of that many people, whose rows are invented, in a new process."""
    run = subprocess.run(
        [sys.executable, __file__, "--rows", str(records)], capture_output=True, check=True
    )
    found: dict[str, float] = json.loads(run.stdout)
    return found


def tally_alone(records: int) -> dict[str, float]:
    """Fold rows as a recount does, open and closed with two lists."""

    def rows() -> Iterable[bytes]:
        for i in range(records):
            author, record_id = sha256(b"a%d" % i).digest(), sha256(b"b%d" % i).digest()
            yield tally.signed(tally.head(author, 0, record_id), i % 10, b"12345678abcdefgh", b"")

    kids = (b"12345678", b"abcdefgh")
    folded = Tally(list(rows()))
    folded.total(Frame(q=2, kids=kids, bounds=(records, records)))
    is_open = _peak()
    listed = ListFile(joined(folded.signatures()))
    listings = tuple(Listing(author, author, listed, ListFile(b"")) for author in ("a", "b"))
    frame = Frame(2, kids, (records, records), listings, is_closed=True)
    if folded.total(frame).counted != records:
        raise AssertionError("every invented person is counted")
    return {"MiB while open": is_open, "MiB closed, two lists": _peak()}


def _peak() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Print one object: the figure, its floor, their ratio, and what else was measured."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--records", type=int, default=20_000)
    asked.add_argument("--rows", type=int, help="only the tally of so many invented rows")
    given = asked.parse_args()
    if given.rows:
        print(json.dumps(tally_alone(given.rows)))
        return
    path = sheet(given.records)
    own, floor = by_core(path, given.records)
    wall = by_processes(path)
    print(
        json.dumps(
            {
                "bench": "recount",
                "records": given.records,
                "figure": round(median(own)),
                "floor": round(median(floor)),
                "unit": "records verified per second of one core",
                "ratio": round(median(o / f for o, f in zip(own, floor, strict=True)), 3),
                "wanted": 0.85,
                "two processes": {
                    "times one": round(wall["recount 1"] / wall["recount 2"], 2),
                    "floor alone, times one": round(2 * wall["floor 1"] / wall["floor 2"], 2),
                    "wanted": 1.8,
                    "seconds": {name: round(value, 1) for name, value in wall.items()},
                },
                "memory": {
                    "records": MEMORY_RECORDS,
                    **memory(MEMORY_RECORDS),
                    "wanted": 300,
                    "invented": "the rows; lines are streamed and leave nothing else",
                    "what grows": "128 bytes a row, 32 a list's id, 200 a refused line",
                },
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
