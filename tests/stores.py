"""Stores: each of them, open and empty, so that every promise is asked of all of them."""

from collections.abc import Callable
from pathlib import Path

from wayhome.store.memory import MemoryStore
from wayhome.store.sqlite import SqliteStore
from wayhome.store.store import Store

EVERY: dict[str, Callable[[Path], Store]] = {
    "memory": lambda _: MemoryStore(),
    "sqlite": lambda folder: SqliteStore(folder / "node.db"),
}
