from collections.abc import Iterator
from pathlib import Path

import pytest

import stores
from wayhome.store.store import Store


@pytest.fixture(params=sorted(stores.EVERY))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = stores.EVERY[request.param](tmp_path)
    yield opened
    opened.close()
