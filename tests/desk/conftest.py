from collections.abc import Iterator
from pathlib import Path

import pytest

from cases.nodes import OfGroup
from desk.offices import Offices


@pytest.fixture
def of_group(tmp_path: Path) -> Iterator[OfGroup]:
    found = OfGroup(tmp_path / "node")
    yield found
    found.node.close()


@pytest.fixture
def offices(of_group: OfGroup, tmp_path: Path) -> Iterator[Offices]:
    found = Offices(of_group, tmp_path / "desks")
    yield found
    for desk in found.desks.values():
        desk.lock()
