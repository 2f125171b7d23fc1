"""A set of records is taken whole in one pass, in the order of need; what may not enter is not."""

import asyncio
from pathlib import Path
from random import Random

import pytest

from groups.copying import Copy
from groups.world import BOOK, NOW, World
from peering import Part
from petition_world import World as Petition
from wayhome.channel.service import Ties, Writing, write
from wayhome.codec import limits
from wayhome.journal.answer import Kept
from wayhome.journal.lines import in_order_of_need
from wayhome.journal.waiting import WaitingRoom
from wayhome.records.draft import Draft
from wayhome.records.record import Record, read_line
from wayhome.records.refused import Refused


def in_need(records: list[Record]) -> list[Record]:
    """Give them in the order of need; within a kind in the order that `take` mixes them into."""
    lines = [one.line for one in records]
    Random(0).shuffle(lines)  # noqa: S311 - an order, not a secret
    return [read_line(one) for one in in_order_of_need(BOOK, lambda: lines)]


def test_everything_a_group_said_is_taken_in_one_pass(tmp_path: Path) -> None:
    """A cosign comes before the post it signs, and a translation before its petition."""
    asked = Petition(1, 1)
    volga, petition = asked.groups[0], asked.petition.id
    speaker = (volga.id, volga.id)
    english = Writing("Bring them home", "en", "We, the relatives, demand it.")
    translated = volga.say(write(speaker, english, NOW, Ties(translates=petition)))
    corrected = volga.say(write(speaker, english, NOW, Ties(corrects=translated.id)))
    amended = volga.amend([petition, translated.id, corrected.id])
    for seed in range(4):
        copy = Copy(tmp_path / f"{seed}", volga.id)
        outcomes = copy.take(asked.records, seed)
        assert all(isinstance(one, Kept) for one in outcomes), outcomes
        assert copy.standing.heads(volga.id) == (amended.id,)
        assert all(
            copy.standing.is_official(one) for one in (petition, translated.id, corrected.id)
        )
        copy.intake.close()


def test_a_stranger_enters_nothing_that_bears_on_a_group(tmp_path: Path) -> None:
    """He may name himself as he likes; and one group's charter lets nobody speak for another."""
    world = World()
    home = world.found("home", 2, "ab")
    near = world.found("near", 1, "c")
    world.link(home, "ab", near)
    copy = Copy(tmp_path, home.id)
    good = list(world.records)
    copy.take(good[:2])
    copy.take(good[2:])
    assert copy.take(good) == [Kept(one.id, new=False) for one in in_need(good)]
    own = world.amend([home], 1, "x", "x")
    world.amend([own], 1, "x", "x")
    world.post(own, "x")
    world.post(home, "x")
    world.cosign(home, home.id, home.id, "x")
    world.link(home, "x", own_group := world.found("own", 1, "x"))
    world.post(own_group, "x")
    tags = (("g", home.id), ("charter", near.id), *world.post(near, "x").tags[2:])
    world.write(Draft(3963, tags, "Не наше", NOW), "c")
    outcomes = copy.take([one for one in world.records if one not in good])
    assert len(outcomes) > 8
    assert {one.reason for one in outcomes if isinstance(one, Refused)} == {
        *("unknown-author", "unknown-charter", "unknown-group")
    }
    assert all(isinstance(one, Refused) for one in outcomes)
    copy.intake.close()


def test_a_new_group_waits_until_a_link_brings_it_into_reach(tmp_path: Path) -> None:
    world = World()
    home = world.found("home", 1, "a")
    copy = Copy(tmp_path, home.id)
    copy.take(world.records)
    far = world.found("far", 2, "fg")
    line = [far]
    for _ in range(5):
        line.append(world.amend(line[-1:], 2, "fg", "fg"))
    waiting = world.records[1:]
    assert all(isinstance(one, Refused) for one in copy.take(waiting, seed=3))
    copy.take([world.link(home, "a", far)])
    copy.intake.close()
    assert copy.standing.history(far.id) == tuple(one.id for one in line)


@pytest.mark.parametrize(
    ("places", "number"),
    [
        (10, 30),
        pytest.param(
            limits.WAITING_CHARTERS, 20_000, marks=[pytest.mark.soak, pytest.mark.timeout(1_800)]
        ),
    ],
)
def test_a_group_that_was_pushed_out_of_the_waiting_room_is_asked_for_once_it_is_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, places: int, number: int
) -> None:
    monkeypatch.setattr(WaitingRoom.__init__, "__defaults__", (places, limits.WAITING_BYTES))
    world = World()
    home = world.found("home", 1, "a")
    far = world.found("far", 2, "fg")
    known = list(world.records)
    for each in range(number):
        world.found(f"flood {each}", 1, "x")
    flood = world.records[len(known) :]
    link = world.link(home, "a", far)
    copy = Copy(tmp_path, home.id)

    async def story() -> None:
        part, flooding = Part(known), Part(flood)
        async with part.playing(), flooding.playing():
            peers = copy.peers(part.address, flooding.address)
            await peers.once()
            async for _ in copy.intake.receive_lines([link.line], "peer"):
                pass
            assert copy.standing.history(far.id) == (), "it was not pushed out"
            await peers.once()
            assert copy.standing.history(far.id) == (far.id,)
            assert {*copy.standing.groups()} == {home.id, far.id}

    asyncio.run(story())
    copy.intake.close()
