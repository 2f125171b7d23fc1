"""The vectors of the casework's kinds: what is kept, what is refused, and why."""

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest

from cases.write_kind_vectors import ALL
from petition.write_vectors import PAGES, VECTORS, example
from wayhome.cases.kinds import KINDS
from wayhome.groups.kinds.charter import Charter
from wayhome.records.kind import Kind, Moment
from wayhome.records.record import read_line
from wayhome.records.refused import REASONS, Refused

BY_NAME = {kind.name: kind for kind in KINDS if kind.name in ALL}


@dataclass(frozen=True)
class Ground:
    case: dict[str, Any]

    def is_home(self, group: str) -> bool:
        return group in self.case["home"]

    def heads(self, group: str) -> tuple[str, ...]:
        known = {one.id: Charter.of(one) for one in map(read, self.case["held"])}
        return tuple(
            one for one in self.case["heads"] if one not in known or known[one].group == group
        )

    def is_official(self, record_id: str) -> bool:
        return record_id in self.case["official"]

    def carries(self, group: str) -> bool:
        return group in self.case["organisers"]

    def group_of(self, charter: str) -> str:
        found: str = self.case["groups"].get(charter, "")
        return found

    def organisers(self, charter: str) -> frozenset[str]:
        return frozenset(self.case["organisers"].get(charter, ()))

    def may_propose(self, record_id: str, group: str, author: str, under: tuple[str, ...]) -> bool:
        assert record_id, group
        assert under
        return author not in self.case.get("full", ())

    def drawn(self, quota: str) -> int:
        found: int = self.case["drawn"].get(quota, 0)
        return found


def read(line: str) -> Any:
    return read_line(line.encode())


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
    record = read(case["record"])
    try:
        kind.rule(record)
        if "held" in case:
            held = [read(line) for line in case["held"]]
            moment = Moment(case["now"], case["origin"])
            kind.admit(record, held, Ground(case), moment)  # type: ignore[arg-type]
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
