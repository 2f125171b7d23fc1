"""What all claims share: the same examples in every run, however slow the machine, and no proxy."""

import os

import pytest
from hypothesis import HealthCheck, settings

# A claim that is red once in a thousand runs is found by `--hypothesis-profile=search`, on purpose.
settings.register_profile(
    "same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", settings.get_profile("same"), derandomize=False)
settings.load_profile("same")

for name in ("http_proxy", "https_proxy", "all_proxy"):  # whom claims ask is on this machine
    os.environ.pop(name, None)
    os.environ.pop(name.upper(), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what is slow: for whatever long claim begins last, all workers wait."""
    items.sort(key=lambda one: one.get_closest_marker("slow") is None)
