"""Chromium and a running network for all stories of this folder."""

from collections.abc import Iterator

import pytest

from network import Network, running_network

SIGNERS = 12


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with running_network(tmp_path_factory.mktemp("network"), SIGNERS) as running:
        yield running
