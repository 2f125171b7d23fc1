"""The locks are what pyproject.toml asks for: no more, no less, and every byte by its hash."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires

import tree

NAME = re.compile(r"[A-Za-z0-9._-]+")
PINNED = re.compile(r"([a-z0-9-]+)==([^ ;]+)")
PROJECT = tomllib.loads((tree.ROOT / "pyproject.toml").read_text("utf-8"))
OF_THE_PROJECT = PROJECT["project"]["dependencies"]
OF_THE_BUILD = PROJECT["dependency-groups"]["build"]
OF_THE_TESTS = PROJECT["dependency-groups"]["test"]


def lock(name: str) -> str:
    """Give a lock as text."""
    return (tree.ROOT / "locks" / f"{name}.txt").read_text("utf-8")


def locked(name: str) -> dict[str, str]:
    """Give a lock's versions by the name of the package."""
    return {found[1]: found[2] for found in map(PINNED.match, lock(name).splitlines()) if found}


def asked(pins: list[str]) -> dict[str, str]:
    """Give what pyproject.toml pins."""
    return {found[1].lower(): found[2] for found in map(PINNED.match, pins) if found}


def bare(requirement: str) -> str:
    """Give the name of a requirement, as locks spell it."""
    found = NAME.match(requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def needed(names: set[str]) -> set[str]:
    """Give these packages and all that they may need, on any system."""
    found: set[str] = set()
    left = set(names)
    while left:
        name = left.pop()
        found.add(name)
        try:
            more = {bare(one) for one in requires(name) or () if "extra ==" not in one}
        except PackageNotFoundError:  # another system's
            more = set()
        left |= more - found
    return found


def test_every_pin_stands_in_its_lock() -> None:
    assert asked(OF_THE_PROJECT + OF_THE_BUILD).items() <= locked("run").items()
    assert asked(OF_THE_TESTS).items() <= locked("test").items()


def test_nothing_is_asked_for_without_a_pin() -> None:
    everything = OF_THE_PROJECT + OF_THE_BUILD + OF_THE_TESTS
    assert set(asked(everything)) == {bare(one) for one in everything}


def test_what_runs_is_what_was_tested() -> None:
    assert locked("run").items() <= locked("test").items()


def test_nothing_is_locked_that_nobody_asks_for() -> None:
    pins = set(asked(OF_THE_PROJECT + OF_THE_BUILD))
    assert set(locked("run")) <= needed(pins)
    assert set(locked("test")) <= needed(pins | set(asked(OF_THE_TESTS)))


def test_every_locked_package_has_a_hash_and_none_an_address() -> None:
    for name in ("run", "test", "uv"):
        packages = re.split(r"(?m)^(?=[a-z0-9])", lock(name).strip())
        assert all("--hash=sha256:" in package for package in packages if package.strip())
        assert "://" not in lock(name)
