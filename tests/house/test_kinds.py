"""Every kind has its page, its vectors and its place, and needs nothing that comes after it."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module

import pytest

import tree
from wayhome.node import BOOK
from wayhome.records.kind import Kind
from wayhome.records.record import Record, read, read_line
from wayhome.records.refused import REASONS, Refused

KINDS = BOOK.in_order()
NEEDED_BEFORE = [
    *["charter", "cosign", "link", "season", "post", "figures", "petition", "acceptance"],
    *["counter", "closing_list", "signature", "withdrawal", "sealed"],
]
NOT_SAID_YET: set[str] = set()  # words for doors to come, so that today's clients know them
of_each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def cases(kind: Kind) -> Iterator[tuple[str, Record]]:
    """Give the answers and records of a kind's vectors, those that are records at all."""
    path = tree.ROOT / "vectors" / "kinds" / f"{kind.name}.json"
    for case in json.loads(path.read_text("utf-8"))["cases"]:
        try:
            record = read(case["record"].encode())
        except Refused:
            continue
        yield case["answer"], record


@of_each_kind
def test_a_kind_has_a_page_that_names_its_number(kind: Kind) -> None:
    page = tree.ROOT / "docs" / "protocol" / "kinds" / f"{kind.name}.md"
    assert page.read_text("utf-8").startswith(f"# {kind.number} {kind.name.replace('_', ' ')}\n")


@of_each_kind
def test_a_kind_has_a_case_that_is_kept_and_one_that_is_refused(kind: Kind) -> None:
    answers = {answer.split(":")[0] for answer, _ in cases(kind)}
    assert answers == {"kept", "refused"}


@of_each_kind
def test_a_kind_is_named_on_the_protocols_first_page(kind: Kind) -> None:
    index = (tree.ROOT / "docs" / "protocol" / "README.md").read_text("utf-8")
    row = rf"^\| {kind.number} \| \[[^]]+\]\(kinds/{kind.name}\.md\)"
    assert re.search(row, index, re.MULTILINE)


def test_a_kinds_file_is_in_its_rooms_list() -> None:
    listed = {kind.name for kind in KINDS}
    files = {
        path.stem
        for path in tree.modules()
        if path.parent.name == "kinds" and path.stem != "__init__"
    }
    assert files == listed


def test_a_kinds_file_is_named_as_the_kind_is() -> None:
    for path in tree.modules():
        if path.parent.name == "kinds" and path.stem != "__init__":
            module = import_module(tree.module_of(path))
            assert module.KIND.name == path.stem
            assert module.KIND.number == module.NUMBER


def test_kinds_come_in_the_order_of_need() -> None:
    assert [kind.name for kind in KINDS] == NEEDED_BEFORE


def test_no_kind_deletes_replaces_or_fades(own: Record) -> None:
    """To a relay of Nostr some numbers are orders: 5 and 62 delete, 0, 3 and 10000 up replace."""
    numbers = {kind.number for kind in KINDS}
    assert all(1_000 <= one < 10_000 for one in numbers)
    for number in {0, 3, 5, 62, *range(10_000, 40_000, 1_111), 19_999, 29_999, 30_000, 39_999}:
        with pytest.raises(Refused) as caught:
            BOOK.of(replace(own, kind=number))
        assert caught.value.reason == "unknown-kind"


@pytest.fixture
def own() -> Record:
    return next(record for answer, record in cases(KINDS[0]) if answer == "kept")


@of_each_kind
def test_a_rule_says_the_same_twice_at_any_time_of_what_was_written_and_read_again(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judged(record: Record) -> str:
        try:
            kind.rule(record)
        except Refused as refused:
            return refused.reason
        return ""

    found = [record for _, record in cases(kind)]
    said = [judged(one) for one in found]
    for at in (0.0, 4e9):
        monkeypatch.setattr(time, "time", lambda at=at: at)
        again = [read_line(one.line) for one in found]
        assert again == found
        assert [judged(one) for one in again] == said
    assert [one.line for one in again] == [one.line for one in found]
    assert "" in said


@of_each_kind
def test_a_kind_needs_none_that_comes_after_it(kind: Kind) -> None:
    order = {other.number: other.order for other in KINDS}
    for answer, record in cases(kind):
        if answer == "kept":
            for wanted in kind.needs(record):
                assert wanted.kinds is not None or wanted.ids is not None, "a bounded question"
                assert all(order[number] <= kind.order for number in wanted.kinds or ())


def test_every_reason_is_given_somewhere() -> None:
    program = "".join(path.read_text("utf-8") for path in tree.modules() if path.stem != "refused")
    assert {reason for reason in REASONS if f'"{reason}"' not in program} <= NOT_SAID_YET


def test_every_reason_is_claimed_by_a_vector_or_a_test() -> None:
    folders = (tree.ROOT / "vectors", tree.ROOT / "tests", tree.ROOT / "web" / "test")
    claimed = "".join(
        path.read_text("utf-8")
        for folder in folders
        for path in tree.under(folder, ".py", ".json", ".ts")
    )
    unclaimed = {reason for reason in REASONS if not re.search(rf'[" ]{reason}\b', claimed)}
    assert unclaimed - NOT_SAID_YET == set()
