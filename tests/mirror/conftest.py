"""A mirror of the small campaign, written once; a test that changes one changes a copy of it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mirror.copies import Copies
from web.small import Opened, Small


@pytest.fixture(scope="session")
def small() -> Small:
    return Small()


@pytest.fixture(scope="session")
def opened(small: Small, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    made = Opened(tmp_path_factory.mktemp("node"), tuple(g.id for g in small.world.groups))
    assert made.take(small.lines) == []
    yield made
    made.node.close()


@pytest.fixture(scope="session")
def written(opened: Opened, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written") / "copy"
    Copies(opened).write(folder)
    return folder


@pytest.fixture
def copy(written: Path, tmp_path: Path) -> Path:
    shutil.copytree(written, tmp_path / "copy")
    return tmp_path / "copy"
