"""The vectors of charter, cosign, link and post: what is kept, what is refused, and why."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from groups.world import BOOK
from groups.write_vectors import ALL
from petition.write_vectors import PAGES, VECTORS, example
from wayhome.records.kind import Kind, Moment
from wayhome.records.record import read_line
from wayhome.records.refused import REASONS, Refused

BY_NAME = {kind.name: kind for kind in BOOK.in_order() if kind.name in ALL}


@dataclass(frozen=True)
class Ground:
    named: Mapping[str, list[str]]
    groups: Mapping[str, str]
    full: Collection[str]  # keys that have as many proposals here as are kept

    def carries(self, group: str) -> bool:
        return group in self.named

    def is_official(self, record_id: str) -> bool:
        return record_id in self.groups

    def group_of(self, charter: str) -> str:
        return self.groups.get(charter, "")

    def organisers(self, charter: str) -> frozenset[str]:
        return frozenset(self.named.get(charter, ()))

    def has_named(self, group: str, key: str) -> bool:
        return any(key in named for one, named in self.named.items() if self.groups[one] == group)

    def may_propose(self, record_id: str, group: str, author: str, under: tuple[str, ...]) -> bool:
        assert record_id, group
        assert under
        return author not in self.full

    def may_cosign(self, record_id: str, group: str, author: str, under: str) -> bool:
        return self.may_propose(record_id, group, author, (under,))

    def node_keys(self, groups: Iterable[str]) -> frozenset[str]:
        raise AssertionError(groups)


def cases_of(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((VECTORS / "kinds" / f"{name}.json").read_text())[
        "cases"
    ]
    return found


def kind_cases() -> list[Any]:
    return [
        pytest.param(BY_NAME[name], case, id=f"{name}: {case['name']}")
        for name in BY_NAME
        for case in cases_of(name)
    ]


def answer(kind: Kind, case: dict[str, Any]) -> str:
    record = read_line(case["record"].encode())
    try:
        kind.rule(record)
        if "held" in case:
            held = [read_line(line.encode()) for line in case["held"]]
            ground = Ground(case["organisers"], case["groups"], case.get("full", ()))
            kind.admit(record, held, ground, Moment(case["now"], case["origin"]))
    except Refused as error:
        return f"refused: {error.reason}"
    return "kept"


@pytest.mark.parametrize(("kind", "case"), kind_cases())
def test_a_record_is_answered_as_its_vector_says(kind: Kind, case: dict[str, Any]) -> None:
    assert answer(kind, case) == case["answer"]


@pytest.mark.parametrize("name", BY_NAME)
def test_no_two_cases_have_one_name(name: str) -> None:
    names = [(case["name"], "held" in case) for case in cases_of(name)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", BY_NAME)
def test_the_example_on_a_kinds_page_is_cut_out_of_its_vectors(name: str) -> None:
    assert f"```json\n{example(name)}\n```\n" in (PAGES / f"{name}.md").read_text()


@pytest.mark.parametrize("name", BY_NAME)
def test_a_kinds_page_and_its_vectors_tell_the_same_reasons(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text().partition("## Refused")[2]
    told = {word for word in re.findall(r"`([a-z-]+)`", page) if word in REASONS}
    refused = {case["answer"].removeprefix("refused: ") for case in cases_of(name)} - {"kept"}
    assert refused == told
