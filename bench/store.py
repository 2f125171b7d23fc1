"""Bytes on disk of a new database of signatures, against their JSON lines."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from sheets import say, sheet
from wayhome.petition.kinds import signature
from wayhome.records.record import Record, read_line
from wayhome.sources import lines_of
from wayhome.store.sqlite import SqliteStore
from wayhome.store.store import Entry

BATCH = 500


def entries(lines: Iterator[bytes]) -> Iterator[list[Entry]]:
    """Give signatures as the intake keeps them, in batches."""
    while batch := [_entry(read_line(line)) for line in islice(lines, BATCH)]:
        yield batch


def _entry(record: Record) -> Entry:
    return Entry(record, signature.KIND.count(record), signature.slot(record))


def main() -> None:
    """Print one object."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--records", type=int, default=20_000)
    records = given.parse_args().records
    path = sheet(records)
    lines = path.stat().st_size
    with TemporaryDirectory(dir=os.environ.get("WAYHOME_BENCH_DISK")) as folder:
        store = SqliteStore(Path(folder) / "records.db")
        begun = time.monotonic()
        for batch in entries(iter(lines_of(path))):
            store.keep(batch)
        seconds = time.monotonic() - begun
        store.close()
        files = {one.name: one.stat().st_size for one in Path(folder).iterdir()}
    say(f"kept at {records / seconds:.0f}/s, reading and checking included")
    size = sum(files.values())
    found = {
        "bench": "store",
        "records": records,
        "figure": round(size / records),
        "floor": round(lines / records),
        "unit": "bytes a signature: on disk, and as a line",
        "ratio": round(size / lines, 3),
        "wanted": 1.6,
        "files": files,
    }
    json.dump(found, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
