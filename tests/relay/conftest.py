from collections.abc import Iterator
from pathlib import Path

import pytest

import stores
from inside import Inside


@pytest.fixture(params=sorted(stores.EVERY))
def inside(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Inside]:
    opened = Inside(stores.EVERY[request.param](tmp_path), tmp_path)
    yield opened
    opened.intake.close()
    opened.store.close()
