"""Three people on three machines, from keys to a closed petition, with commands alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.campaign import TEXT, WINDOW, Campaign, slips
from cli.town import sign_petition, town
from wayhome.codec import limits
from wayhome.records.filter import Filter


@pytest.fixture
def campaign(tmp_path: Path) -> Iterator[Campaign]:
    with town() as made:
        yield Campaign(tmp_path, made)


def count(told: str) -> int:
    return int(re.findall(r"^\s*counted\s+(\d+)", told, re.MULTILINE)[0])


def sign_twice(campaign: Campaign) -> None:
    """Three slips are printed by each group, and two people sign with two slips each."""
    pairs = zip(*(slips(campaign.print(home)) for home in campaign.homes), strict=True)
    for pair in list(pairs)[:2]:
        at = campaign.town.clock()
        answer = sign_petition(campaign.omsk.address, campaign.petition, pair, at)
        assert answer.status_code == 202
    campaign.town.clock.at += 2 * WINDOW
    campaign.town.settle()


def close(campaign: Campaign) -> None:
    for at in (0, limits.SEND_AFTER_CLOSE, limits.LISTS_AFTER_CLOSE, limits.LISTS_AFTER_CLOSE):
        campaign.town.clock.at = campaign.closing + at
        campaign.town.settle()


@pytest.mark.slow
def test_groups_are_found_and_speak_by_commands_alone(campaign: Campaign) -> None:
    assert "Семьи Самары" in campaign.found()
    campaign.link()
    shown = campaign.omsk.machine.does(
        "group", "show", campaign.samara.id, "--from", campaign.omsk.address
    )
    assert "links to   Омск" in shown
    assert "linked by  Омск" in shown
    words = ("post", "write", "p.md", "--title", "Письмо", "--as", "appeal")
    post = campaign.write(words, "p.md", "Письмо **ушло**.\n")
    words = ("post", "translate", post[:10], "en.md", "--title", "A letter", "--lang", "en")
    campaign.write(words, "en.md", "The letter **has gone**.\n")
    campaign.write(("post", "correct", post[:10], "p2.md"), "p2.md", "Письмо **не ушло**.\n")
    campaign.town.settle()
    site = campaign.town.nodes[campaign.omsk.address].site
    posts = list(site.reader.ids(Filter(kinds=(3963,))))
    assert len(posts) == 3
    assert all(site.standing.is_official(one) for one in posts)


@pytest.mark.slow
def test_a_petition_is_opened_signed_closed_and_recounted_by_commands_alone(
    campaign: Campaign,
) -> None:
    campaign.found()
    campaign.link()
    campaign.open()
    for said in campaign.accept():
        assert TEXT.strip() in said
        assert "nothing takes it back" in said
    home, machine = campaign.samara.address, campaign.samara.machine
    shown = machine.does("petition", "show", campaign.petition, "--from", home)
    assert shown.count("official") == 3
    campaign.run_desks()
    sign_twice(campaign)
    assert count(machine.does("recount", home)) == 2
    close(campaign)
    campaign.olga.does("export", home, "copy")
    told = campaign.olga.does("recount", "copy")
    assert "state: closed" in told
    assert count(told) == 2
    assert "it is done" in machine.does("stamp", "run", "desk", "--node", home)
    late = ("--site", home, "--out", "late.pdf")
    assert "has closed" in machine.is_refused("voucher", "print", "desk", "--number", 1, *late)
