"""What pages promise stands on docs/claims.md with its tests, and no page promises more."""

import re
from functools import cache

import pytest
from babel.messages.pofile import read_po

import tree
from house.test_rows import PAGES, TEST, names_in

LETTERS = {letter or "C": rows for letter, rows in PAGES.values()}
# what has one of these words promises something, or is named as harmless
PROMISING = re.compile(
    r"\b(nobody can|no node can|nobody on the way|nobody of us|nobody speaks|never|not even"
    r"|keeps no|no cookies|writes nothing|(is|are|be|was|were) erased|overwritten|durable|believed"
    r"|believes|cannot read|cannot find out|stays on the phone|everything public|tells nothing"
    r"|is left (in|on)|only (caseworkers|custodians)|nothing (of it|of this|about)"
    r"|anyone can (count|check)|cannot be copied|can be found in it|takes nothing|no hour)\b",
    re.IGNORECASE,
)
CLAIM = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]*) \|$", re.MULTILINE)
HARMLESS = re.compile(r"^\* “(.+)”$", re.MULTILINE)


@cache
def page() -> str:
    return (tree.ROOT / "docs" / "claims.md").read_text("utf-8")


def claims() -> list[tuple[str, str, str]]:
    return [one for one in CLAIM.findall(page()) if not one[0].startswith(("a page says", "---"))]


@cache
def sentences() -> frozenset[str]:
    """Give all that pages and their scripts say, the form for many where there is one for one."""
    found = set[str]()
    for name in ("ru", "ru.script"):
        with (tree.SOURCE / "pages" / "locale" / f"{name}.po").open("rb") as file:
            for message in read_po(file):
                said = message.id if isinstance(message.id, tuple) else (message.id,)
                found.add(str(said[-1]))
    return frozenset(found - {""})


def test_each_claim_is_said_on_a_page_word_for_word() -> None:
    said = [one for one, *_ in claims()] + HARMLESS.findall(page())
    assert len(said) == len(set(said)) > 40
    assert set(said) - sentences() == set()


@pytest.mark.parametrize("claim", claims(), ids=lambda claim: claim[0][:40])
def test_each_claim_names_rows_and_tests_that_are_there(claim: tuple[str, str, str]) -> None:
    held = claim[1]
    named = TEST.findall(held)
    missing = [f"{place}::{name}" for place, name in named if name not in names_in(place)]
    assert missing == []
    rows = TEST.sub("", held).split()
    assert all(int(row[1:]) <= LETTERS[row[:1]] for row in rows)
    assert named or rows


def test_no_page_promises_anything_else() -> None:
    promised = {one for one in sentences() if PROMISING.search(one)}
    listed = {one for one, *_ in claims()} | set(HARMLESS.findall(page()))
    assert promised - listed == set()
