"""The vectors that the browser runs too say of every line what we say of it."""

import json
from pathlib import Path

import pytest

from wayhome.records.record import read_line
from wayhome.records.refused import Refused

ROOT = Path(__file__).parents[2]
CASES = json.loads((ROOT / "vectors" / "records" / "lines.json").read_text("ascii"))["cases"]


def answer_to(raw: bytes) -> str:
    try:
        read_line(raw)
    except Refused as refused:
        return f"refused: {refused.reason}"
    return "kept"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_line_of_a_file_is_kept_or_refused_as_the_vectors_say(case: dict[str, str]) -> None:
    raw = bytes.fromhex(case["hex"]) if "hex" in case else case["line"].encode()
    assert answer_to(raw) == case["answer"]


def test_the_example_of_the_page_is_the_first_vector() -> None:
    page = (ROOT / "docs" / "protocol" / "record.md").read_text("utf-8")
    assert page.split("```")[1] == f"json\n{CASES[0]['line']}\n"
