"""Lapser: keeps batches of pleas; each lapses when the next is kept. Prints what it answered.

Run as a program: folder, pleas in a batch. It goes on until it is killed.
"""

import sys
from itertools import count
from pathlib import Path

import toys
from wayhome.store.sqlite import SqliteStore
from wayhome.store.store import Entry


def lapse(folder: Path, each: int) -> None:
    store = SqliteStore(folder / "node.db")
    before: list[Entry] = []
    for number in count():
        pleas = [toys.plea(f"{number} {n} {'x' * 300}") for n in range(each)]
        entries = [Entry(one, toys.facts_of(one)) for one in pleas]
        store.keep(entries)
        tell("kept", entries)
        store.lapse(before)
        tell("lapsed", before)
        before = entries


def tell(what: str, entries: list[Entry]) -> None:
    print(what, *(one.record.id for one in entries), flush=True)  # noqa: T201 - its answer


if __name__ == "__main__":
    lapse(Path(sys.argv[1]), int(sys.argv[2]))
