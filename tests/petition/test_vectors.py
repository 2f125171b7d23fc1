"""The petition's vectors: what is kept, what is refused and why, and what a recount says."""

import json
import random
import re
from base64 import b64decode
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from petition.write_vectors import PAGES, example
from wayhome.petition.kinds import KINDS
from wayhome.petition.recount import recount
from wayhome.records.kind import Kind, Moment
from wayhome.records.record import read_line
from wayhome.records.refused import REASONS, Refused

VECTORS = Path(__file__).parents[2] / "vectors"
BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True)
class Ground:
    official: frozenset[str]
    named: dict[str, list[str]]
    full: Collection[str]  # keys that have as many proposals here as are kept

    def carries(self, group: str) -> bool:
        return group in self.named

    def is_official(self, record_id: str) -> bool:
        return record_id in self.official

    def group_of(self, charter: str) -> str:
        return charter if charter in self.named else ""  # founding charters, all of them

    def organisers(self, charter: str) -> frozenset[str]:
        return frozenset(self.named.get(charter, ()))

    def has_named(self, group: str, key: str) -> bool:
        raise AssertionError(group, key)

    def may_propose(self, record_id: str, group: str, author: str, under: tuple[str, ...]) -> bool:
        assert record_id, group
        assert under
        return author not in self.full

    def may_cosign(self, record_id: str, group: str, author: str, under: str) -> bool:
        raise AssertionError(record_id, group, author, under)

    def node_keys(self, groups: Iterable[str]) -> frozenset[str]:
        raise AssertionError(groups)


def kind_cases() -> list[Any]:
    return [
        pytest.param(BY_NAME[name], case, id=f"{name}: {case['name']}")
        for name in BY_NAME
        for case in json.loads((VECTORS / "kinds" / f"{name}.json").read_text())["cases"]
    ]


def answer(kind: Kind, case: dict[str, Any]) -> str:
    record = read_line(case["record"].encode())
    try:
        kind.rule(record)
        if "held" in case:
            held = [read_line(line.encode()) for line in case["held"]]
            ground = Ground(frozenset(case["official"]), case["organisers"], case.get("full", ()))
            moment = Moment(case["now"], case["origin"])
            kind.admit(record, held, ground, moment)
    except Refused as error:
        return f"refused: {error.reason}"
    return "kept"


@pytest.mark.parametrize(("kind", "case"), kind_cases())
def test_a_record_is_answered_as_its_vector_says(kind: Kind, case: dict[str, Any]) -> None:
    assert answer(kind, case) == case["answer"]


RECOUNTS = sorted((VECTORS / "recounts").glob("*.json"))


@pytest.mark.parametrize("path", RECOUNTS, ids=[path.stem for path in RECOUNTS])
def test_a_recount_gives_the_same_bytes_in_any_order(path: Path) -> None:
    vector = json.loads(path.read_text())
    lines = [line.encode() for line in vector["lines"]]
    mixed = lines + lines[::3]
    random.Random(path.stem).shuffle(mixed)  # noqa: S311 - an order, not a secret
    files = {name: b64decode(body) for name, body in vector["lists"].items()}
    assert recount(vector["petition"], lambda: mixed, files).json.decode() == vector["json"]


@pytest.mark.parametrize("name", BY_NAME)
def test_the_example_on_a_kinds_page_is_cut_out_of_its_vectors(name: str) -> None:
    assert f"```json\n{example(name)}\n```\n" in (PAGES / f"{name}.md").read_text()


@pytest.mark.parametrize("name", BY_NAME)
def test_every_reason_of_a_kinds_page_has_a_vector(name: str) -> None:
    """What all records of a group share is shown by the groups' own vectors."""
    page = (PAGES / f"{name}.md").read_text().partition("## Refused")[2]
    told = {word for word in re.findall(r"`([a-z-]+)`", page) if word in REASONS}
    vector = json.loads((VECTORS / "kinds" / f"{name}.json").read_text())
    refused = {case["answer"].removeprefix("refused: ") for case in vector["cases"]} - {"kept"}
    assert refused <= told
    assert told - refused <= {"unknown-charter", "unknown-group", "unknown-author"}
