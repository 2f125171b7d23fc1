from collections.abc import Iterator
from pathlib import Path

import pytest

from cases.nodes import OfGroup
from desk.deskpage import Page
from desk.offices import Offices
from wayhome.codec import limits
from wayhome.crypto import locked


@pytest.fixture(autouse=True)
def cheap_vaults(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a vault cost little to open, but where its cost is looked at."""
    if "dear" not in request.fixturenames:
        monkeypatch.setattr(locked, "DESK_COST", 2**10)


@pytest.fixture
def dear() -> None:
    """Let a vault cost what it costs a person."""


@pytest.fixture(autouse=True)
def cheap_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an envelope cost next to nothing: how much it must is asked in tests/cases."""
    monkeypatch.setattr(limits, "WORK_LEAST", 6)


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
