"""Seasons serve, end and are destroyed; the board reminds of each in time, and not before."""

import datetime as dt
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from cases.lawful import PACK
from cases.nodes import OfGroup
from desk.deskpage import Page
from desk.offices import PASSPHRASE, InProcess, Offices
from desk.test_post import served
from groups.world import DAY, NOW, World, public
from petition_world import secret_key
from wayhome.cases.body import Drawer, Place
from wayhome.cases.kinds.sealed import Envelope
from wayhome.cli import desk_
from wayhome.cli.desk_ import command
from wayhome.crypto.recipients import Identity, new_identity, recipient_of
from wayhome.desk.known import DeskFault
from wayhome.desk.losses import tell_loss
from wayhome.desk.opening import open_body
from wayhome.desk.post import Group
from wayhome.desk.seasons import KEPT, Reminder, refuse_ending, reminders, terms_of
from wayhome.desk.vault import NAME, Season, Vault
from wayhome.groups import service
from wayhome.groups.caseworker import Caseworker
from wayhome.groups.kinds.charter import Charter
from wayhome.groups.service import Founding
from wayhome.records.record import Record

START = dt.date(1970, 1, 1) + dt.timedelta(NOW // DAY)
ME = public("u")


def pair(no: int, begun: int) -> list[Season]:
    """Make the two identities of a season that was begun on a day after the start."""
    since = (START + dt.timedelta(begun)).isoformat()
    return [
        Season(new_identity("x25519"), since, is_custodian, no) for is_custodian in (False, True)
    ]


def named(letter: str, season: list[Season]) -> Caseworker:
    reads, keeps = (recipient_of(Identity(one.identity)) for one in season)
    return Caseworker.agreed(secret_key(letter), reads, "intake", keeps)


def group_of(*line: tuple[int, list[Caseworker]]) -> Group:
    """Give a group whose charters name these caseworkers, each from a day after the start on."""
    world = World()
    for day, caseworkers in line:
        founding = Founding("Волга", 1, (public("a"),), caseworkers=tuple(caseworkers))
        before = world.records[-1] if world.records else None
        at = NOW + day * DAY
        draft = (
            service.amend(service.charter_of(before)[0], [before.id], founding, [], at)
            if before
            else service.found(founding, at)
        )
        world.write(draft, "a")
    charters = {one.id: Charter.of(one) for one in world.records}
    dates = {one.id: one.created_at for one in world.records}
    return Group(world.records[0].id, world.records[-1].id, charters, dates, 16)


def words_on(day: int, group: Group, *seasons: list[Season]) -> list[tuple[str, int]]:
    secrets = [page for season in seasons for page in season]
    today = START + dt.timedelta(day)
    found = reminders(terms_of(secrets, group, ME), group, ME, today)
    return [(one.word, one.days) for one in found]


def test_a_season_is_spoken_of_two_weeks_before_its_end_and_red_at_120_days() -> None:
    first = pair(1, 0)
    group = group_of((0, [named("u", first)]))
    assert words_on(75, group, first) == []
    assert words_on(76, group, first) == [("ends", 14)]
    assert words_on(90, group, first) == [("due", 0)]
    assert words_on(119, group, first) == [("due", 29)]
    assert words_on(120, group, first) == [("overdue", 30)]
    assert Reminder("overdue", 30).is_urgent


def test_a_new_season_is_to_be_named_and_the_old_one_destroyed_30_days_after_that() -> None:
    first, second = pair(1, 0), pair(2, 88)
    before = group_of((0, [named("u", first)]))
    assert words_on(95, before, first, second) == [("unnamed", 7)]
    after = group_of((0, [named("u", first)]), (95, [named("u", second)]))
    assert words_on(95 + KEPT - 1, after, first, second) == []
    assert words_on(95 + KEPT + 2, after, first, second) == [("destroy", 2)]
    # an amendment about something else begins nothing
    more = group_of((0, [named("u", first)]), (40, [named("u", first), named("v", second)]))
    (term,) = terms_of(first, more, ME)
    assert (term.standing, term.day) == ("serves", START)


def test_pages_of_a_vault_in_any_order_give_the_same_seasons() -> None:
    first, second, third = pair(1, 0), pair(2, 3), pair(3, 90)
    group = group_of((0, [named("u", first)]), (95, [named("u", third)]))
    secrets = [*third, *second, *first]
    told = [(one.since, one.standing) for one in terms_of(secrets, group, ME)]
    assert told == [
        (START.isoformat(), "ended"),
        ((START + dt.timedelta(3)).isoformat(), "ended"),  # nobody ever named it
        ((START + dt.timedelta(90)).isoformat(), "serves"),
    ]


def test_a_colleague_whose_keys_are_120_days_old_is_named() -> None:
    first, hers = pair(1, 110), pair(1, 0)
    group = group_of((0, [named("v", hers)]), (110, [named("u", first), named("v", hers)]))
    assert words_on(119, group, first) == []
    assert words_on(120, group, first) == [("colleague", 120)]


def test_a_season_that_serves_waits_or_has_just_ended_is_not_destroyed() -> None:
    first, second, third = pair(1, 0), pair(2, 90), pair(3, 99)
    group = group_of((0, [named("u", first)]), (95, [named("u", second)]))
    ended, serves, waits = terms_of([*first, *second, *third], group, ME)
    today = START + dt.timedelta(100)
    with pytest.raises(DeskFault, match="this season serves"):
        refuse_ending(serves, today, even_so=True)
    with pytest.raises(DeskFault, match="waits to be named"):
        refuse_ending(waits, today, even_so=True)
    with pytest.raises(DeskFault, match="destroy it from 2025-02-06 on"):
        refuse_ending(ended, today, even_so=False)
    refuse_ending(ended, today, even_so=True)


class Deaf(InProcess):
    """A node that tells all and takes nothing."""

    def hand_in(self, record: Record) -> None:
        raise DeskFault(f"node does not take {record.id[:8]}")


def opened_by(identities: list[Identity], envelopes: list[Record]) -> int:
    """Count the envelopes that some of these identities opens."""
    count = 0
    for record in envelopes:
        envelope = Envelope.of(record)
        place = Place(envelope.group, envelope.charter, envelope.slot)
        with suppress(Drawer):
            open_body(b64decode(record.content), place, identities)
            count += 1
    return count


def seasons_in(vault: Vault) -> list[Identity]:
    return [Identity(one.identity) for one in vault.secrets if isinstance(one, Season)]


def ended(offices: Offices) -> list[Identity]:
    """Let the only desk hold a case and a name; its season ends, and no node takes anything."""
    family = offices.taken()
    family.tell_name("Анна", "Волгоград")
    offices.pass_hour()
    old = seasons_in(offices.vaults["u"])
    offices.desks["u"].ways = [Deaf(offices.of_group)]
    offices.amend([offices.begin_season("u")])
    offices.of_group.now += 31 * 86_400
    offices.pass_hour()
    return old


def typed(offices: Offices, *what: str) -> str:
    """Give what the command says at the group's time, with the desk's words typed."""
    folder = offices.desks["u"].folder
    with served(offices.of_group.node) as address, pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk_, "_now", lambda: offices.of_group.now)
        patch.setattr(desk_, "_today", lambda: offices.today)
        where = ["seasons", str(folder), "--node", address, "--campaign", str(PACK)]
        return CliRunner().invoke(command, [*where, *what], f"{PASSPHRASE}\n").output


@pytest.fixture
def alone(of_group: OfGroup, tmp_path: Path) -> Iterator[Offices]:
    """Give a group of one caseworker."""
    found = Offices(of_group, tmp_path / "desks", "u")
    yield found
    found.lock()


@pytest.mark.slow
def test_a_season_that_alone_opens_an_open_case_is_not_destroyed_unless_even_so(
    alone: Offices,
) -> None:
    ended(alone)
    desk = alone.desks["u"]
    assert [one.word for one in desk.reminders()] == ["destroy"]
    page = Page.at(desk)
    shown = page.ask("/view", view="keys").text
    assert "3 текста" in shown
    assert "1 имя" in shown
    told = page.ask("/do", deed="end-season", fields={"season": "1", "passphrase": PASSPHRASE})
    assert "со сменой будут потеряны открытые дела" in told.text
    assert "3 текста" in told.text
    (lost,) = desk.lost_with(desk.terms()[0])
    assert tell_loss(lost) == "only it opens 3 texts and 1 name of the case раненый"
    with pytest.raises(DeskFault, match="this season serves"):
        desk.end_season(2, PASSPHRASE, even_so=True)
    assert alone.state("u") == "taken"
    # who must, may: then the case can be opened by nobody
    desk.end_season(1, PASSPHRASE, even_so=True)
    assert [one.report for one in alone.work("u").load.cases.values()] == [None]


@pytest.mark.slow
def test_a_destroyed_season_is_nowhere_in_the_vault_and_opens_nothing(alone: Offices) -> None:
    old = ended(alone)
    desk, sealed = alone.desks["u"], alone.of_group.public
    assert opened_by(old, sealed) == 4
    desk.lock()
    desk.ways = [InProcess(alone.of_group)]
    desk.open(PASSPHRASE)  # it seals all of it anew
    before = (desk.folder / NAME).read_bytes()
    with pytest.raises(DeskFault, match="does not open"):
        desk.end_season(1, "не те слова")
    assert (desk.folder / NAME).read_bytes() == before
    desk.lock()
    assert "it is destroyed\n1  began on" in typed(alone, "--destroy", "1")
    after = (desk.folder / NAME).read_bytes()
    blocks = {before[at : at + 64] for at in range(4_096, len(before), 64)} - {bytes(64)}
    assert not [one for one in blocks if one in after]  # its pages, and all others as they lay
    vault = Vault.open(desk.folder, PASSPHRASE)
    assert len(seasons_in(vault)) == 2
    assert not set(seasons_in(vault)) & set(old)
    assert opened_by(seasons_in(vault), sealed) == 0
    vault.close()
    # and nothing of the case was lost
    desk.open(PASSPHRASE)
    assert alone.state("u") == "taken"
    assert [one.body.said.name for one in alone.work("u").names(alone.case("u"))] == ["Анна"]
