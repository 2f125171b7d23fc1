"""Fixtures of whoever runs whole programs: where they are started, and a petition's life."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.life import Life
from faults.processes import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture
def life(tmp_path: Path, nursery: Nursery) -> Iterator[Life]:
    life = Life(tmp_path, nursery)
    yield life
    life.close()
