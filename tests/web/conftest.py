from collections.abc import Iterator

import pytest

from web.small import Opened, Small


@pytest.fixture(scope="session")
def small() -> Small:
    return Small()


@pytest.fixture(scope="session")
def site(small: Small, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    opened = Opened(tmp_path_factory.mktemp("node"), tuple(g.id for g in small.world.groups))
    refused = opened.take(small.lines)
    assert refused == []
    yield opened
    opened.node.close()


@pytest.fixture
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    opened = Opened(tmp_path_factory.mktemp("empty"), ())
    yield opened
    opened.node.close()
