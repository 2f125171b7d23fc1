"""Each row of what must hold names tests, and every test named is there."""

import re
from functools import cache

import pytest

import tree

PAGES = {
    "casework-tests.md": ("", 29),
    "durability-tests.md": ("D", 11),
    "groups-tests.md": ("G", 9),
    "input-tests.md": ("I", 12),
    "network-tests.md": ("N", 9),
    "petition-tests.md": ("P", 11),
    "seizure-tests.md": ("S", 8),
    "web-tests.md": ("W", 10),
}
ROW = re.compile(r"^\| ([A-Z]?)(\d+) \| [^|]+ \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"`((?:tests|web)/[\w/.]+)::([^`]+)`")


@cache
def names_in(place: str) -> set[str]:
    """Give the names of the tests of a file."""
    text = (tree.ROOT / place).read_text("utf-8")
    if place.endswith(".ts"):
        return set(re.findall(r"""^\s*test\(["`]([^"`]+)["`]""", text, re.MULTILINE))
    return set(re.findall(r"^def (test_\w+)", text, re.MULTILINE))


def test_every_page_of_rows_is_listed() -> None:
    assert {path.name for path in (tree.ROOT / "docs").glob("*-tests.md")} == PAGES.keys()


@pytest.mark.parametrize("page", PAGES)
def test_each_row_names_tests_that_are_there(page: str) -> None:
    letter, rows = PAGES[page]
    found = ROW.findall((tree.ROOT / "docs" / page).read_text("utf-8"))
    assert [(letter, str(number)) for number in range(1, rows + 1)] == [row[:2] for row in found]
    for _, number, cell in found:
        named = TEST.findall(cell)
        assert named, f"row {number} names no test"
        assert not TEST.sub("", cell).strip(), f"row {number} has words that name no test"
        missing = [f"{place}::{name}" for place, name in named if name not in names_in(place)]
        assert not missing, f"row {number}"


@pytest.mark.parametrize("page", ["casework-tests.md", "network-tests.md"])
def test_each_test_that_is_named_outside_the_rows_is_there_too(page: str) -> None:
    named = TEST.findall((tree.ROOT / "docs" / page).read_text("utf-8"))
    assert not [f"{place}::{name}" for place, name in named if name not in names_in(place)]
