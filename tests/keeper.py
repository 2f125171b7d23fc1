"""Keeper: keeps batches of words in a store, and prints the ids of a batch once it was answered.

Run as a program: folder, batches, words in a batch. It is what is killed and unplugged.
"""

import sys
from pathlib import Path

import toys
from wayhome.store.migrate import BadDatabase
from wayhome.store.sqlite import SqliteStore
from wayhome.store.store import Entry, Held, StorageFault


def keep(folder: Path, batches: int, each: int) -> None:
    """Keep and hold; end with 3 when the disk failed."""
    try:
        store = SqliteStore(folder / "node.db")
    except BadDatabase:
        sys.exit(3)
    for number in range(batches):
        words = [toys.word(f"{number} {n} {'x' * 300}") for n in range(each)]
        try:
            store.keep([Entry(one, toys.facts_of(one), toys.slot_of(one)) for one in words])
            store.hold([Held(60, bytes.fromhex(one.id), one.line) for one in words])
        except StorageFault:
            sys.exit(3 if store.broken else 4)
        print(" ".join(one.id for one in words), flush=True)  # noqa: T201 - its answer
    store.close()


if __name__ == "__main__":
    keep(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
