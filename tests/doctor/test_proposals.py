"""A key that fills its room is told to whoever runs the node."""

import pytest

from groups.world import BOOK, World
from wayhome.codec import limits
from wayhome.doctor.finding import Finding
from wayhome.doctor.proposals import Listening
from wayhome.pages.words import words
from wayhome.records.record import Record


def look(records: list[Record]) -> list[Finding]:
    listening = Listening(lambda record: BOOK.of(record).count(record))
    for one in records:
        listening(one)
    return listening.look(words("en"))


def test_a_key_that_fills_its_room_is_told_of_with_its_group(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "PROPOSALS", 6)
    monkeypatch.setattr("wayhome.doctor.proposals._TOGETHER", 4)
    world = World()
    assert look([]) == []
    charter = world.found("Волга", 2, "abc")
    for n in range(7):
        world.post(charter, "ab" if n % 2 else "cb", f"{n}")
    posts = [world.post(charter, "a", f"alone {n}") for n in range(6)]
    assert [one.state for one in look(world.records[:-1])] == ["well"]
    [found] = look(world.records)
    assert found.state == "warning"
    assert charter.id in found.words
    world.cosign(posts[0], charter.id, charter.id, "b")
    assert [one.state for one in look(world.records)] == ["well"]
