"""What the tests of commands share: a machine with a group in a file, and nodes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.town import Machine, Town, town


@pytest.fixture
def anna(tmp_path: Path) -> Machine:
    """A machine with a key, and alone.jsonl: a group of one person."""
    machine = Machine(tmp_path / "anna")
    machine.key()
    machine.does(
        *("group", "found", "--name", "Омск", "--k", 1, "--key", "mine.key"),
        *("--out", "alone.jsonl", "--yes"),
    )
    return machine


@pytest.fixture
def nodes() -> Iterator[Town]:
    """Nodes that commands can speak to."""
    with town() as made:
        yield made
