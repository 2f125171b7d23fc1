"""The page of refusals is complete: it lists what the program may say, and nothing else."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from wayhome.records.refused import REASONS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/protocol/refusals.md"
FAULTS = {"writer", "author", "sender", "nobody", "node", "desk", "node or desk"}


def rows() -> Iterator[tuple[str, str, str]]:
    for line in PAGE.read_text().splitlines():
        found = re.fullmatch(r"\| `([a-z-]+)` \| (.+) \| ([a-z ]+) \|", line)
        if found:
            yield found[1], found[2], found[3]


def test_page_and_program_list_the_same_reasons_in_the_same_order() -> None:
    assert [reason for reason, _, _ in rows()] == list(REASONS)


def test_every_reason_says_when_and_who_is_at_fault() -> None:
    for reason, told, fault in rows():
        assert len(told.split()) > 5, reason
        assert fault in FAULTS, reason


def test_every_line_of_a_table_is_read() -> None:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    assert len(lines) == len(list(rows()))


def test_what_is_refused_for_ever_is_refused_by_the_record_alone() -> None:
    """A word that some vector gives by what a node holds is not told to be for ever."""
    now = {
        case["answer"].removeprefix("refused: ")
        for path in (ROOT / "vectors/kinds").glob("*.json")
        for case in json.loads(path.read_text())["cases"]
        if "held" in case
    }
    for reason, told, _ in rows():
        if told.endswith("; for ever"):
            assert reason not in now, reason
