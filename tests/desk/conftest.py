from collections.abc import Iterator
from pathlib import Path

import pytest

from cases.nodes import OfGroup
from desk.deskpage import Page
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
    found.lock()


@pytest.fixture
def page(offices: Offices) -> Page:
    """Give a page at the first desk."""
    return Page.at(offices.desks["u"])
