"""Who reads: whoever left reads nothing new, and everybody exactly what was given to her."""

import random
from base64 import b64decode
from dataclasses import dataclass

import pytest

from cases.body_cases import CASEWORKER, DAY, FAMILY, report
from groups.world import NOW, World, public
from petition_world import secret_key
from wayhome.cases import said
from wayhome.cases.body import Place
from wayhome.crypto.recipients import Identity, new_identity, recipient_of
from wayhome.desk.opening import Drawer, open_body
from wayhome.desk.sealing import Enclosed, Outside, make_envelope, places, readers
from wayhome.groups import service
from wayhome.groups.caseworker import Caseworker
from wayhome.groups.kinds.charter import Charter
from wayhome.groups.service import Founding
from wayhome.records.record import Record

NO_WORK = Outside(NOW, 0)


@dataclass(frozen=True)
class Season:
    """A caseworker by her letter, with what opens her season's envelopes."""

    letter: str
    identity: Identity

    @property
    def named(self) -> Caseworker:
        return Caseworker.agreed(secret_key(self.letter), recipient_of(self.identity), "intake")


def charters(before: list[Season], after: list[Season]) -> tuple[Record, Record]:
    """Found a group with some caseworkers, and amend it to others."""
    world, organiser = World(), (public("a"),)
    old, new = ([one.named for one in team] for team in (before, after))
    founded = world.write(
        service.found(Founding("Волга", 1, organiser, caseworkers=tuple(old)), NOW), "a"
    )
    founding = Founding("Волга", 1, organiser, caseworkers=tuple(new))
    return founded, world.write(
        service.amend(founded.id, [founded.id], founding, [], world.at()), "a"
    )


def reported(charter: Record, number: int) -> tuple[Record, Place]:
    """Seal a report for those whom a charter names on intake."""
    named = Charter.of(charter)
    place = Place(named.group, charter.id, f"{number:032x}")
    enclosed = Enclosed(report(), place, FAMILY)
    return make_envelope(enclosed, list(readers(named, report())), places(named), NO_WORK), place


def opens(record: Record, place: Place, identity: Identity) -> bool:
    try:
        open_body(b64decode(record.content), place, [identity])
    except Drawer as drawer:
        if drawer.word != "not-for-us":
            raise
        return False
    return True


def test_a_caseworker_who_was_removed_opens_none_of_a_hundred_new_reports() -> None:
    # row 10
    stays, leaves, comes = (Season(one, new_identity("x25519")) for one in "uvw")
    before, after = charters([stays, leaves], [stays, comes])
    old = reported(before, 0)
    new = [reported(after, number) for number in range(1, 101)]
    assert opens(*old, leaves.identity)
    assert not opens(*old, comes.identity)
    assert sum(opens(*one, leaves.identity) for one in new) == 0
    for reader in (stays, comes):
        assert sum(opens(*one, reader.identity) for one in new) == 100


@pytest.mark.slow
def test_each_of_twenty_opens_exactly_those_of_two_hundred_cases_that_were_given_to_her() -> None:
    # row 10; a charter names twelve at most: it is the keys that are looked at, without one
    chance = random.Random(10)  # noqa: S311 - who holds what, no secret
    team = [new_identity("x25519") for _ in range(20)]
    given: dict[int, set[int]] = {}
    sealed: list[tuple[Record, Place]] = []
    for number in range(200):
        given[number] = set(chance.sample(range(20), 2))
        case = f"{number:032x}"
        key = said.CaseKey(1, 2, DAY, case, "1" * 64, new_identity("x25519"), (public("u"),))
        place = Place("2" * 64, "3" * 64, case)
        to = [recipient_of(team[one]) for one in given[number]]
        sealed.append((make_envelope(Enclosed(key, place, CASEWORKER), to, 3, NO_WORK), place))
    for one, identity in enumerate(team):
        opened = {number for number, envelope in enumerate(sealed) if opens(*envelope, identity)}
        assert opened == {number for number, holders in given.items() if one in holders}
