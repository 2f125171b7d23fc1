from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from inside import Inside
from wayhome.store.memory import MemoryStore
from wayhome.store.sqlite import SqliteStore


@pytest.fixture
def open_inside(tmp_path: Path) -> Iterator[Callable[..., Inside]]:
    """Open insides, each with a folder of its own; `disk` has a store that a disk can fail."""
    with ExitStack() as stack:
        number = iter(range(100))

        def opened(*, disk: bool = False) -> Inside:
            folder = tmp_path / str(next(number))
            folder.mkdir()
            store = SqliteStore(folder / "records.db") if disk else MemoryStore()
            inside = Inside(store, folder)
            stack.callback(store.close)
            stack.callback(inside.intake.close)
            return inside

        yield opened
