from collections.abc import Iterator
from pathlib import Path

import pytest

from cases.nodes import OfGroup


@pytest.fixture
def of_group(tmp_path: Path) -> Iterator[OfGroup]:
    opened = OfGroup(tmp_path)
    yield opened
    opened.node.close()
