"""Each row that casework must keep names tests, and every test that is named is there."""

import re
from functools import cache

import tree

ROWS = 29
ROW = re.compile(r"^\| (\d+) \| [^|]+ \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"`((?:tests|web)/[\w/.]+)::([^`]+)`")


@cache
def names_in(place: str) -> set[str]:
    """Give the names of the tests of a file."""
    text = (tree.ROOT / place).read_text("utf-8")
    if place.endswith(".ts"):
        return set(re.findall(r'^test\("([^"]+)"', text, re.MULTILINE))
    return set(re.findall(r"^def (test_\w+)", text, re.MULTILINE))


def test_each_of_the_29_rows_of_casework_names_tests_that_are_there() -> None:
    page = (tree.ROOT / "docs" / "casework-tests.md").read_text("utf-8")
    rows = ROW.findall(page)
    assert [int(number) for number, _ in rows] == list(range(1, ROWS + 1))
    for number, cell in rows:
        named = TEST.findall(cell)
        assert named, f"row {number} names no test"
        assert not TEST.sub("", cell).strip(), f"row {number} has words that name no test"
        missing = [f"{place}::{name}" for place, name in named if name not in names_in(place)]
        assert not missing, f"row {number}"
