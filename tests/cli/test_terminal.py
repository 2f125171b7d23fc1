"""What strangers wrote moves no cursor and hides no letter, whichever command prints it."""

import json
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from cli.test_recount import closed, published, write
from cli.town import Machine
from groups.world import World as Groups
from groups.world import public
from petition_world import OPEN, Group, World
from wayhome.cases.said import Reply, Turn
from wayhome.cli import COMMANDS, asking, mirrors, report_
from wayhome.crypto import keys
from wayhome.mirror.checking import Flaw
from wayhome.mirror.manifest import Manifest
from wayhome.petition.service import draft_petition

# what a record may hold: turned round, without width, tag letters, a line's end that is none
HIDING = "\u202e\u2066\u200b\u2060\ufeff\u00ad\U000e0041\u2028."
# what only a place that is no record can say: a title of the window, colours, a cleared screen
MOVING = "\x1b]0;x\x07\x1b[2J\x9b2J\r\x08\x7f" + HIDING
UNSEEN = {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}


def unseen(said: str) -> set[str]:
    """Give what a terminal would do and not show."""
    return {one for one in said if unicodedata.category(one) in UNSEEN} - {"\n"}


def said_of(machine: Machine, *words: object) -> str:
    result = machine(*words)
    said: str = result.output
    assert said, words
    assert unseen(said) == set(), words
    return said


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def spoken(machine: Machine) -> Machine:
    """Two groups with everything in their words that a record lets through."""
    world = Groups()
    first = world.found(f"Волга{HIDING}", 1, "ab")
    other = world.found(f"Урал{HIDING}", 1, "u")
    now = world.amend([first], 1, "abc", "ab")
    text = f"Мы, родные мобилизованных,{HIDING} требуем назвать срок их службы и вернуть домой."
    world.post(now, "a", text, title=f"Срок{HIDING}")
    world.link(now, "a", other)
    lines = b"".join(b"%b\n" % one.line for one in world.records)
    (machine.folder / "all.jsonl").write_bytes(lines)
    (machine.folder / "copy.txt").write_text(f"{text} Да{HIDING}.", "utf-8")
    return machine


def test_what_groups_called_themselves_and_wrote_is_shown_mark_for_mark(spoken: Machine) -> None:
    said = said_of(spoken, "group", "show", "--from", "all.jsonl")
    assert "Урал<U+202E><U+2066><U+200B>" in said
    groups = [one for one in said.split() if len(one) == 64]
    for group in groups:
        for command in ("show", "history"):
            said_of(spoken, "group", command, group, "--from", "all.jsonl")
    assert len(groups) == 2
    altered = said_of(spoken, "check", "copy.txt", "--from", "all.jsonl")
    assert "Срок<U+202E>" in altered


def test_what_waits_for_a_sig_is_shown_mark_for_mark(spoken: Machine) -> None:
    key = spoken.key()
    words = ("group", "found", "--name", f"Омск{HIDING}", "--k", 1, "--organiser", public("z"))
    said = said_of(spoken, *words, "--key", "mine.key", "--out", "own.jsonl", "--yes")
    assert "Омск<U+202E>" in said
    assert key in said


def test_a_petition_and_its_count_are_shown_mark_for_mark(machine: Machine) -> None:
    group = Group(f"tver{HIDING}", number=7)
    world = World(1, 1, groups=[group], options=(f"Да{HIDING}", "Нет"))
    asked = replace(world.asked, title=f"Верните{HIDING}", basis_text=f"лично{HIDING}")
    odd = group.say(draft_petition(asked, f"Текст{HIDING}.", OPEN))
    lines = b"".join(b"%b\n" % one.line for one in group.records)
    (machine.folder / "odd.jsonl").write_bytes(lines)
    assert "Верните<U+202E>" in said_of(machine, "petition", "show", odd.id, "--from", "odd.jsonl")
    assert "Верните<U+202E>" in said_of(machine, "recount", "odd.jsonl", "--petition", odd.id)


def test_a_node_that_answers_in_marks_moves_no_cursor(machine: Machine, tmp_path: Path) -> None:
    write(closed(), machine.folder / "copy")
    told = {"version": MOVING, "home": [], "groups": 1, "records": {MOVING: 1}, "echo": []}
    told["peers"] = []
    told["echo"] = [{"name": MOVING, "said": 1, "waiting": 0, "fault": MOVING}]
    lies = {"counted": MOVING, "withdrawn": {MOVING: MOVING}, "state": [MOVING]}
    with published(closed(), tmp_path / "node", **lies) as address:
        (tmp_path / "node" / "status.json").write_text(json.dumps(told))
        said = said_of(machine, "recount", address)
        assert "says counted <U+001B>]0;x<U+0007>" in said
        assert len([one for one in said.splitlines() if " says " in one]) == 3
        for words in (("status", address), ("status", address, "--json")):
            assert unseen(machine(*words).output) == set(), words


def test_a_file_that_was_handed_over_says_nothing_by_its_name(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = machine.folder / "handed"
    folder.mkdir()
    name = f"a\nwhole: every id and every sig is right{MOVING}"
    (folder / f"{name}.jsonl").write_bytes(b"{}\n")
    said = said_of(machine, "check", "handed")
    assert said.startswith("a<U+000A>whole")
    node = machine.folder / "node"
    node.mkdir()
    (node / f"needle{MOVING}\udcff").touch()
    assert "needle<U+001B>" in said_of(machine, "doctor", "node", "--holds", "needle")
    manifest = Manifest(keys.public_key(keys.new_secret_key()), 0, "1", "0" * 64, {})
    mirrors._say([Flaw(name, "missing")], [], manifest, "no records")  # noqa: SLF001 - as printed
    assert unseen(capsys.readouterr().out) == set()


def test_an_answer_that_was_sealed_is_shown_mark_for_mark(
    capsys: pytest.CaptureFixture[str],
) -> None:
    turn = Turn("group", "2026-11-01", f"Ждите{HIDING}")
    reply = Reply(
        v=1,
        n=2,
        at="2026-11-02",
        text=f"Письмо{HIDING}",
        status="taken",
        recipient="age1",
        earlier=(turn,),
        dates=(f"до{HIDING}",),
        asks=(f"справку{HIDING}",),
    )
    report_._show(reply)  # noqa: SLF001 - as it is printed
    said = capsys.readouterr().out
    assert unseen(said) == set()
    assert said.count("<U+202E>") == 4


def test_what_a_node_asks_of_a_family_is_shown_mark_for_mark(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "1")
    asking._choose(f"Где{MOVING}", [f"Урал{MOVING}"])  # noqa: SLF001 - as it is asked
    asking._line(f"Когда{MOVING}")  # noqa: SLF001
    told = capsys.readouterr()
    assert unseen(told.out + told.err) == set()
    assert "Урал<U+001B>" in told.err


def test_every_command_was_thought_of() -> None:
    """A new one prints what strangers wrote, and is tried above, or does not."""
    tried = {"group", "post", "petition", "cosign", "check", "recount", "status", "report"}
    tried |= {"doctor", "mirror", "serve"}  # `serve --echo-dry-run`: tests/echo/test_settings.py
    prints_our_own = {"import", "export", "backup", "restore", "wipe", "key", "stamp"}
    prints_our_own |= {"voucher", "desk", "demo"}
    assert set(COMMANDS) == tried | prints_our_own
