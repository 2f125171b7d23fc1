"""Each row that casework and the network must keep names tests, and every test named is there."""

import re
from functools import cache

import pytest

import tree

CASEWORK_ROWS, NETWORK_ROWS = 29, 9
ROW = re.compile(r"^\| N?(\d+) \| [^|]+ \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"`((?:tests|web)/[\w/.]+)::([^`]+)`")


@cache
def names_in(place: str) -> set[str]:
    """Give the names of the tests of a file."""
    text = (tree.ROOT / place).read_text("utf-8")
    if place.endswith(".ts"):
        return set(re.findall(r'^test\("([^"]+)"', text, re.MULTILINE))
    return set(re.findall(r"^def (test_\w+)", text, re.MULTILINE))


@pytest.mark.parametrize(
    ("page", "rows"),
    [("casework-tests.md", CASEWORK_ROWS), ("network-tests.md", NETWORK_ROWS)],
)
def test_each_row_names_tests_that_are_there(page: str, rows: int) -> None:
    found = ROW.findall((tree.ROOT / "docs" / page).read_text("utf-8"))
    assert [int(number) for number, _ in found] == list(range(1, rows + 1))
    for number, cell in found:
        named = TEST.findall(cell)
        assert named, f"row {number} names no test"
        assert not TEST.sub("", cell).strip(), f"row {number} has words that name no test"
        missing = [f"{place}::{name}" for place, name in named if name not in names_in(place)]
        assert not missing, f"row {number}"
