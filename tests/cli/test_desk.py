"""A caseworker's desk by its commands: made, told to the organisers, a season begun."""

from pathlib import Path

import pytest

from cli.town import Machine
from wayhome.crypto import locked
from wayhome.groups.caseworker import named_by

KEY = ("--key", "mine.key", "--out", "alone.jsonl", "--from", "alone.jsonl", "--yes")


@pytest.mark.slow
def test_a_desk_is_made_and_named_in_the_charter_by_the_line_it_prints(
    anna: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locked, "DESK_COST", 2**10)
    group = anna.does("group", "show", "--from", "alone.jsonl")
    name = next(word for word in group.split() if len(word) == 64)
    vera = Machine(tmp_path / "vera")
    told = vera.does("desk", "new", "mydesk", "--group", name, "--lang", "en")
    words = told.splitlines()[2].strip()
    assert len(words.split()) == 6
    assert "never written over" in vera.is_refused("desk", "new", "mydesk", "--group", name)
    assert "does not open" in vera.is_refused("desk", "words", "mydesk", typed="a b c\n")

    line = vera.does("desk", "words", "mydesk", "--custodian", typed=f"{words}\n").strip()
    key, recipient, role, custodian, _ = line.split(",")
    assert role == "intake"
    assert custodian.startswith("age1")
    said = anna.does("group", "amend", "--caseworker", line, *KEY)
    assert f"caseworker joins: {key} (intake), {named_by(recipient)}" in " ".join(said.split())
    assert recipient.startswith("age1pq1")  # hybrid, unless she asks for the older sort

    vera.does("desk", "season", "mydesk", "--keys", "x25519", typed=f"{words}\n")
    later = vera.does("desk", "words", "mydesk", "--role", "worker", typed=f"{words}\n").strip()
    assert later.split(",")[0] == key
    assert len(later.split(",")[1]) == 62
    assert later.split(",")[2:4] == ["worker", ""]
