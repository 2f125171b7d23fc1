"""A group nobody linked yet waits, within bounds, and is taken once a link brings it into reach."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import toys
from inside import Inside
from wayhome.codec import limits
from wayhome.crypto import keys
from wayhome.journal.answer import Kept
from wayhome.journal.waiting import CHARTER, COSIGN, LINK, WaitingRoom
from wayhome.records.draft import Draft
from wayhome.records.filter import Filter
from wayhome.records.kind import Ground, Kind, KindBook, Moment
from wayhome.records.record import Record
from wayhome.records.refused import Refused
from wayhome.records.signing import sign
from wayhome.store.memory import MemoryStore


def made(kind: int, *tags: tuple[str, ...]) -> Record:
    return sign(Draft(kind, tags, "", 1_700_000_000), keys.new_secret_key())


def _linked(record: Record, held: Sequence[Record], _: Ground, __: Moment) -> None:
    if record.kind != LINK and not held:
        raise Refused("unknown-group", "a toy's refusal")


def _needs(record: Record) -> tuple[Filter, ...]:
    if record.kind == CHARTER:
        return (Filter(kinds=(LINK,), tags=(("link", record.id),)),)
    return (Filter(kinds=(CHARTER,), ids=(record.tags[0][1],)),)


BOOK = KindBook(
    Kind(number, name, order, lambda _: None, _linked, lambda _: (), _needs)
    for order, (number, name) in enumerate([(CHARTER, "charter"), (COSIGN, "cosign")])
)
LINKS = KindBook(
    [*BOOK.in_order(), Kind(LINK, "link", 2, lambda _: None, _linked, lambda _: ())],
)


def test_a_charter_and_its_cosign_enter_with_the_link(tmp_path: Path) -> None:
    inside = Inside(MemoryStore(), tmp_path, LINKS)
    charter = made(CHARTER)
    cosign = made(COSIGN, ("e", charter.id))
    refusals = inside.take(charter) + inside.take(cosign)
    assert [one.reason for one in refusals if isinstance(one, Refused)] == ["unknown-group"] * 2
    assert inside.store.count(Filter()) == 0
    link = made(LINK, ("link", charter.id))
    assert inside.take(link) == [Kept(link.id, new=True)]
    inside.intake.close()
    assert set(inside.store.ids(Filter())) == {charter.id, cosign.id, link.id}


def test_the_room_is_bounded_and_the_longest_wait_gives_way() -> None:
    room = WaitingRoom(places=3)
    charters = [made(CHARTER) for _ in range(5)]
    for charter in [*charters, charters[4]]:
        room.offer(charter, "peer")
    for _ in range(40):
        room.offer(made(COSIGN, ("e", charters[4].id)), "peer")
    room.offer(made(COSIGN, ("e", charters[0].id)), "peer")
    room.offer(made(COSIGN), "peer")
    lines = [one.line for one in room.let_go(toys.Everywhere())]
    assert lines[:3] == [charter.line for charter in charters[2:]]
    assert len(lines) == 3 + 16
    assert room.let_go(toys.Everywhere()) == []


@pytest.mark.parametrize("number", [2_000, pytest.param(100_000, marks=pytest.mark.soak)])
@pytest.mark.parametrize("size", [200, 40_000])
def test_however_many_come_as_many_wait_as_there_is_room_for(size: int, number: int) -> None:
    record = made(CHARTER, ("name", "x" * size))
    room = WaitingRoom()
    for one in range(number):
        room.offer(replace(record, id=f"{one:064x}"), "peer")
    waits = room.let_go(toys.Everywhere())
    assert len(waits) == min(limits.WAITING_CHARTERS, limits.WAITING_BYTES // len(record.line))
    assert sum(len(one.line) for one in waits) <= limits.WAITING_BYTES


def test_the_room_is_bounded_in_bytes_with_what_was_let_go_given_back() -> None:
    """Else a thousand charters, each as long as a record may be, are four times the room."""
    charters = [made(CHARTER) for _ in range(4)]
    size = len(charters[0].line)
    room = WaitingRoom(room=4 * size)
    for charter in charters:
        room.offer(charter, "peer")
    assert len(room.let_go(toys.Everywhere())) == 4
    for charter in charters:
        room.offer(charter, "peer")
    cosign = made(COSIGN, ("e", charters[3].id))
    assert size < len(cosign.line) < 2 * size
    for _ in range(2):
        room.offer(cosign, "peer")
    lines = [one.line for one in room.let_go(toys.Everywhere())]
    assert lines == [charters[2].line, charters[3].line, cosign.line], "two gave way to one cosign"


class Carrying(toys.Everywhere):
    """A ground that carries some groups and knows some charters, each by its group."""

    def __init__(self, *groups: str, **charters: str) -> None:
        self.groups = groups
        self.charters = {name.removeprefix("c"): group for name, group in charters.items()}

    def carries(self, group: str) -> bool:
        return group in self.groups

    def group_of(self, charter: str) -> str:
        return self.charters.get(charter, "")


def test_only_what_could_enter_is_asked_again() -> None:
    """Else whoever fills the room makes every cosign of others cost as much as all of it."""
    room = WaitingRoom()
    founding, amending = made(CHARTER), made(CHARTER, ("g", "a"), ("prev", "1"), ("prev", "2"))
    cosign = made(COSIGN, ("e", amending.id))
    for record in (founding, amending, cosign, *(made(CHARTER) for _ in range(9))):
        room.offer(record, "peer")
    assert room.let_go(Carrying()) == []
    assert room.let_go(Carrying("a", c1="a")) == [], "one that it amends is not known"
    assert room.let_go(Carrying("a", c1="a", c2="b")) == [], "and this one is another group's"
    found = room.let_go(Carrying("a", founding.id, c1="a", c2="a"))
    assert [one.line for one in found] == [founding.line, amending.line, cosign.line]
    assert len(room.let_go(toys.Everywhere())) == 9
