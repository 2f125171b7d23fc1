"""Organisers come and go, by commands, at a running node; and no code is left lying about."""

import re
from pathlib import Path

import pytest

from cli.campaign import Campaign, slips
from cli.test_refusals import group_in
from cli.town import Machine, Town
from ports import free_port
from wayhome.codec import bech32
from wayhome.crypto import codes

KEY = ("--key", "mine.key", "--yes")


@pytest.fixture
def trio(tmp_path: Path, nodes: Town) -> tuple[list[Machine], str, str]:
    """Three organisers, two of whom must sign; their group and its node."""
    machines = [Machine(tmp_path / name) for name in ("anna", "olga", "vera")]
    anna, *others = machines
    anna.key()
    named = [word for one in others for word in ("--organiser", one.key())]
    anna.does("group", "found", "--name", "Самара", "--k", 2, *named, *KEY, "--out", "c.jsonl")
    group = group_in(anna, "c.jsonl")
    node = nodes.serve(anna.folder / "node", group, free_port())
    anna.does("group", "send", "c.jsonl", "--to", node)
    for one in others:
        assert "1 signed" in one.does("cosign", *KEY, "--to", node)
    return machines, group, node


def show(machine: Machine, group: str, node: str) -> str:
    return machine.does("group", "show", group, "--from", node)


def test_who_leaves_agrees_under_the_charter_that_she_leaves(
    trio: tuple[list[Machine], str, str],
) -> None:
    (anna, olga, vera), group, node = trio
    for one in (anna, vera):
        (one.folder / "p.md").write_text("Слово.", "utf-8")
    said = anna.does("post", "write", "p.md", "--title", "т", *KEY, "--to", node)
    post = re.findall(r"^POST  ([0-9a-f]{64})", said, re.MULTILINE)[0]
    olga.does("cosign", post, *KEY, "--to", node)
    gone = vera.does("key", "show", "mine.key").strip()
    said = anna.does("group", "amend", "--remove", gone, *KEY, "--to", node)
    assert f"organiser leaves: {gone}" in said
    assert "so stay official: 1" in said
    assert "1 more organiser must sign" in said
    vera.does("cosign", *KEY, "--to", node)  # signs under the old charter, which names her
    shown = show(olga, group, node)
    assert "2 of 3" in shown  # Olga is not in office in the new one, so that is not in force
    assert "1 signed" in olga.does("cosign", *KEY, "--to", node)
    shown = show(olga, group, node)
    assert "2 of 2" in shown
    assert gone not in shown
    assert "proposals" not in shown
    words = ("post", "correct", post, "p.md", *KEY, "--to", node)
    assert "does not name your key" in vera.is_refused(*words, "--group", group)
    assert "1 more organiser" in anna.does(*words)


def test_who_cosigns_an_amendment_is_told_what_it_takes_back(
    trio: tuple[list[Machine], str, str],
) -> None:
    (anna, olga, _), _, node = trio
    anna.does("export", node, "before")  # she, or a node that lies to her, knows of no later word
    (anna.folder / "p.md").write_text("Слово.", "utf-8")
    anna.does("post", "write", "p.md", "--title", "Манифест", *KEY, "--to", node)
    olga.does("cosign", *KEY, "--to", node)
    amends = ("group", "amend", "--name", "Родные Самары", *KEY)
    assert "NOT sealed" not in anna.does(*amends, "--from", node, "--out", "whole.jsonl")
    anna.does(*amends, "--from", "before", "--to", node)
    told = olga("cosign", "--key", "mine.key", "--to", node, typed="n\n").output
    assert "1 records are official now and NOT sealed" in told
    assert "Манифест" in told.partition("NOT sealed")[2]


def test_what_waits_is_signed_only_after_a_yes(trio: tuple[list[Machine], str, str]) -> None:
    (anna, olga, vera), group, node = trio
    anna.does("group", "amend", "--name", "Самара и Тольятти", *KEY, "--to", node)
    ask = ("cosign", "--key", "mine.key", "--to", node)
    said = olga.does(*ask, typed="n\n")
    assert "name: Самара becomes Самара и Тольятти" in said
    assert "nothing was signed" in said
    assert "proposals, signed by fewer than k" in show(vera, group, node)
    assert "1 signed" in olga.does(*ask, typed="y\n")
    assert "Самара и Тольятти" in vera.does("group", "show", "--from", node)
    assert "once is enough" in olga.is_refused("cosign", group, *KEY, "--to", node)


def test_a_link_is_ended_by_commands(trio: tuple[list[Machine], str, str]) -> None:
    (anna, olga, _), group, node = trio
    anna.does("group", "found", "--name", "Омск", "--k", 1, *KEY, "--out", "omsk.jsonl")
    omsk = group_in(anna, "omsk.jsonl")
    where = ("--from", node, "--from", "omsk.jsonl", "--group", group, "--to", node)
    anna.does("group", "link", omsk[:12], *KEY, *where)
    olga.does("cosign", *KEY, "--to", node)
    anna.does("group", "send", "omsk.jsonl", "--to", node)  # carried, now that it is linked
    assert "links to   Омск" in show(olga, group, node)
    anna.does("group", "unlink", omsk, *KEY, *where)
    olga.does("cosign", *KEY, "--to", node)
    assert "links to" not in show(olga, group, node)
    assert "has no link" in anna.is_refused("group", "unlink", omsk, *KEY, *where)


def test_a_split_is_shown_and_healed_by_commands(trio: tuple[list[Machine], str, str]) -> None:
    (anna, olga, _), group, node = trio
    for name in ("раз", "два"):
        words = ("group", "amend", "--name", name, *KEY, "--from", "c2.jsonl", "--from", node)
        (anna.folder / "c2.jsonl").write_bytes(b"")
        said = anna.does(*words, "--out", f"{name}.jsonl")
        assert "1 more organiser must sign" in said
    for name in ("раз", "два"):
        anna.does("group", "send", f"{name}.jsonl", "--to", node)
    heads = [group_in(anna, f"{name}.jsonl") for name in ("раз", "два")]
    for head in heads:
        olga.does("cosign", head, *KEY, "--to", node)
    assert "in dispute" in olga.does("group", "show", "--from", node)
    assert show(olga, group, node).count("another amendment stands against this one") == 2
    words = ("group", "amend", "--group", group, *KEY, "--to", node)
    assert "--base" in anna.is_refused(*words)
    anna.does(*words, "--base", heads[1])
    olga.does("cosign", *KEY, "--to", node)
    shown = show(olga, group, node)
    assert "два" in shown
    assert "dispute" not in shown


@pytest.mark.slow
def test_a_code_is_in_no_file_of_the_desks_machine_but_the_pdf(tmp_path: Path, nodes: Town) -> None:
    campaign = Campaign(tmp_path, nodes)
    campaign.found()
    campaign.open(q=1)
    campaign.accept_alone()
    home = campaign.samara
    home.machine.does("stamp", "set-up", "desk", campaign.petition, "--from", home.address)
    pdf = campaign.print(home)
    assert pdf.stat().st_mode & 0o777 == 0o600
    files = [one for one in tmp_path.rglob("*") if one.is_file() and one != pdf]
    assert any(one.name == "book.db" for one in files)
    for code in slips(pdf):
        part = codes.read(code)
        hashed = codes.voucher_hash(home.kid, part.secret)
        forms = (part.secret, part.secret.hex().encode(), code.replace("-", "").encode(), hashed)
        for one in files:
            raw = one.read_bytes()
            assert not any(form in raw for form in (*forms, code.encode(), code[7:].encode()))


def test_caseworkers_agree_are_named_begin_a_season_and_are_dismissed(
    trio: tuple[list[Machine], str, str],
) -> None:
    (anna, olga, vera), _, node = trio
    recipients = [bech32.write("age", bytes([n]) * 32) for n in range(3)]
    lines = [
        one.does("key", "agree", "mine.key", to).strip()
        for one, to in ((olga, recipients[0]), (vera, recipients[1]))
    ]
    named = [word for line in lines for word in ("--caseworker", line)]
    said = anna.does("group", "amend", *named, *KEY, "--to", node)
    assert f"caseworker joins: {lines[0].split(',')[0]} (intake), {recipients[0]}" in said
    olga.does("cosign", *KEY, "--to", node)
    later = olga.does("key", "agree", "mine.key", recipients[2], "--role", "worker").strip()
    gone = vera.does("key", "show", "mine.key").strip()
    words = ("group", "amend", "--caseworker", later, "--dismiss", gone)
    said = anna.does(*words, *KEY, "--to", node)
    assert f"caseworker leaves: {gone} (intake), {recipients[1]}" in said
    assert f"(worker), {recipients[2]}" in said
    other = later.replace("worker", "intake")
    assert "bad-proof" in anna.is_refused("group", "amend", "--caseworker", other, *KEY)
    assert "bad-recipient" in olga.is_refused("key", "agree", "mine.key", "age1")
