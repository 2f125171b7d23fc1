"""Every no is said in words: what was wrong, and what to do."""

import json
import re
from pathlib import Path

import pytest

from cli.town import Machine, Town, moment
from ports import free_port
from wayhome.cli import main
from wayhome.store.store import StorageFault

ALONE = ("--key", "mine.key", "--out", "alone.jsonl", "--yes")
DAY = 86_400


def group_in(machine: Machine, name: str = "alone.jsonl") -> str:
    return (machine.folder / name).read_text("utf-8")[7:71]


def text(machine: Machine, words: str = "Текст.\n") -> str:
    (machine.folder / "text.md").write_text(words, "utf-8")
    return "text.md"


def opening(machine: Machine, **changed: object) -> tuple[object, ...]:
    """The words of a petition that opens; each may be changed."""
    group = group_in(machine)
    said: dict[str, object] = {
        "--title": "Верните",
        "--basis": "лично",
        "--open": "2040-01-01",
        "--close": "2040-01-08",
        "--q": 1,
        "--panel": f"{group}={'ab' * 32}",
    }
    said |= {f"--{name}": value for name, value in changed.items()}
    words = [part for name, value in said.items() for part in (name, value)]
    return ("petition", "open", text(machine), *words, *ALONE)


def test_each_command_has_a_help_with_an_example() -> None:
    machine = Machine(Path.cwd())
    for name in ("group", "post", "cosign", "petition", "stamp", "voucher"):
        said = machine.does(name, "--help")
        assert re.search(rf"Examples?.*\n\s+wayhome {name} ", said), name


def test_where_a_record_goes_must_be_said_before_anything_is_asked(anna: Machine) -> None:
    words = ("group", "found", "--name", "x", "--k", 1, "--key", "mine.key")
    assert "--to NODE, --out FILE, or both" in anna.is_refused(*words)


def test_a_no_leaves_nothing_behind(anna: Machine) -> None:
    words = ("group", "found", "--name", "x", "--k", 1, "--key", "mine.key", "--out", "x.jsonl")
    assert "Aborted" in anna.is_refused(*words, typed="n\n")
    assert not (anna.folder / "x.jsonl").exists()


def test_a_key_that_is_none_is_named(anna: Machine) -> None:
    words = ("group", "found", "--name", "x", "--k", 1, "--organiser", "abc", *ALONE)
    assert "'abc' is not a public key" in anna.is_refused(*words)
    (anna.folder / text(anna)).chmod(0o600)
    assert "not a key file" in anna.is_refused(
        *("group", "link", "x", "--key", "text.md", "--out", "y.jsonl", "--from", "alone.jsonl"),
    )
    assert "No such file" in anna.is_refused(
        *("group", "link", "x", "--key", "none.key", "--out", "y", "--from", "alone.jsonl")
    )


def test_a_passphrase_opens_its_own_key_only(anna: Machine) -> None:
    anna.does("key", "new", "locked.key", typed="long words\nlong words\n")
    words = (
        "group",
        "found",
        "--name",
        "x",
        "--k",
        1,
        "--key",
        "locked.key",
        "--out",
        "x",
        "--yes",
    )
    assert "the passphrase does not open it" in anna.is_refused(*words, typed="wrong\n")
    assert "the group's id" in anna.does(*words, typed="long words\n")


def test_a_key_that_others_can_read_is_not_used(anna: Machine) -> None:
    (anna.folder / "mine.key").chmod(0o644)
    words = ("group", "amend", "--name", "x", *ALONE)
    assert "chmod 600 mine.key" in anna.is_refused(*words)


def test_who_is_an_organiser_already_cannot_join(anna: Machine) -> None:
    (line,) = (anna.folder / "alone.jsonl").read_text("utf-8").splitlines()
    key = json.loads(line)["pubkey"]
    words = ("group", "amend", "--add", key, "--from", "alone.jsonl")
    assert f"{key} is an organiser already" in anna.is_refused(*words, *ALONE)


def test_a_node_that_is_down_and_an_address_that_is_no_node_are_told_apart(
    anna: Machine, nodes: Town
) -> None:
    down = f"http://127.0.0.1:{free_port()}"
    words = ("group", "show", "--from")
    assert f"{down} does not answer" in anna.is_refused(*words, down)
    assert "does not answer" in anna.is_refused("group", "send", "alone.jsonl", "--to", down)
    port = free_port()
    node = nodes.serve(anna.folder / "node", group_in(anna), port)
    assert "is it the address of a node" in anna.is_refused(*words, f"{node}/nothing")


def test_a_node_that_sends_without_end_is_left(
    anna: Machine, nodes: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = nodes.serve(anna.folder / "node", group_in(anna), free_port())
    anna.does("group", "send", "alone.jsonl", "--to", node)
    anna.does("group", "show", "--from", node)
    monkeypatch.setattr("wayhome.desk.nodes.MOST", 200)
    assert "sends without end" in anna.is_refused("group", "show", "--from", node)


def test_a_file_without_records_is_named(anna: Machine) -> None:
    (anna.folder / "empty").mkdir()
    assert "empty has no .jsonl files" in anna.is_refused("group", "show", "--from", "empty")
    assert "none.jsonl: No such file" in anna.is_refused("group", "show", "--from", "none.jsonl")
    said = anna.is_refused("group", "show", "f" * 64, "--from", "alone.jsonl")
    assert "among the 1 that were read" in said


def test_a_node_that_refuses_says_why_and_what_to_do(anna: Machine, nodes: Town) -> None:
    node = nodes.serve(anna.folder / "node", "f" * 64, free_port())
    said = anna.is_refused("group", "send", "alone.jsonl", "--to", node)
    assert "unknown-group" in said
    assert "`home` of its node.toml" in said


def test_a_record_that_is_out_of_turn_is_refused_with_its_reason(
    anna: Machine, nodes: Town
) -> None:
    node = nodes.serve(anna.folder / "node", group_in(anna), free_port())
    words = ("post", "write", text(anna), "--title", "t", "--key", "mine.key", "--yes")
    said = anna.is_refused(*words, "--from", "alone.jsonl", "--to", node)
    assert "unknown-charter" in said
    assert "hand that in first" in said
    anna.does("group", "send", "alone.jsonl", "--to", node)
    assert "kept by" in anna.does(*words, "--to", node)


def test_a_text_file_is_text(anna: Machine) -> None:
    words = ("post", "write", "odd.md", "--title", "t", *ALONE)
    for raw, said in ((b"\xff\xfe", "UTF-8"), (b" \n\n", "is empty"), (b"a\x07b", "bad-form")):
        (anna.folder / "odd.md").write_bytes(raw)
        assert said in anna.is_refused(*words)
    (anna.folder / "odd.md").write_bytes(b"\xef\xbb\xbfa\r\nb\tc\r\n\r\n")
    anna.does(*words)
    last = json.loads((anna.folder / "alone.jsonl").read_text("utf-8").splitlines()[-1])
    assert last["content"] == "a\nb   c"


def test_what_would_reorder_a_text_is_shown_as_what_it_is(anna: Machine) -> None:
    (anna.folder / "odd.md").write_text("за\u202eпротив", "utf-8")
    said = anna.does("post", "write", "odd.md", "--title", "t", *ALONE)
    assert "за<U+202E>против" in said


@pytest.mark.parametrize("name", ["[/red]", "[bold]x", "[link=http://x]y"])
def test_a_name_that_looks_like_a_mark_is_a_name(anna: Machine, name: str) -> None:
    words = ("group", "found", "--name", name, "--k", 1, "--key", "mine.key", "--yes")
    assert name in anna.does(*words, "--out", "odd.jsonl")
    assert name in anna.does("group", "show", "--from", "odd.jsonl")
    assert name in anna.does("group", "show", group_in(anna, "odd.jsonl"), "--from", "odd.jsonl")


def test_a_group_corrects_its_own_posts_only(anna: Machine) -> None:
    said = anna.is_refused("post", "correct", group_in(anna), text(anna), *ALONE)
    assert "a group corrects its own posts only" in said


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"close": "2020-01-01"}, "bad-times: it would be closed already"),
        ({"close": "2039-12-31"}, "bad-times: it closes before it opens"),
        (
            {"window": "5d"},
            "whole windows of 5d; the last that fits is --close 2040-01-06T00:00:00",
        ),
        ({"window": "8d"}, "bad-times: one window is longer than from open to close"),
        ({"window": "30s"}, "bad-times: 60 <= window"),
        ({"window": "soon"}, "'soon' is no span; write 60s"),
        ({"open": "tomorrow"}, "'tomorrow' is no moment"),
        ({"q": 2}, "bad-quorum"),
        ({"panel": "abc"}, "GROUP=KID"),
        ({"panel": f"{'c' * 64}={'ab' * 32}"}, "a mistyped id would make a petition"),
        ({"title": "t" * 201}, "bad-text"),
        ({"lang": "Russian"}, "bad-tags: a language is two lower-case letters"),
        ({"region": "ural=Урал"}, "The price of regions"),
    ],
)
def test_a_petition_that_could_not_work_is_refused(
    anna: Machine, changed: dict[str, object], said: str
) -> None:
    before = (anna.folder / "alone.jsonl").read_bytes()
    assert said in anna.is_refused(*opening(anna, **changed))
    assert (anna.folder / "alone.jsonl").read_bytes() == before


def test_a_petition_says_what_regions_cost_and_what_they_are_for(anna: Machine) -> None:
    words = opening(anna, window="7d", region="ural=Урал")
    said = anna.does(*words, "--region", "volga=Волга", "--region-reason", "письма губернаторам")
    assert "close to a list" in said
    assert "письма губернаторам" in said


def test_a_poll_has_one_window_and_q_one_is_said_aloud(anna: Machine) -> None:
    said = anna.does(*opening(anna), "--option", "Да", "--option", "Нет")
    assert re.search(r"window +604800", said)
    assert re.search(r"option +2 +Нет", said)
    assert "trust one group alone" in said


def test_an_acceptance_that_does_not_fit_is_refused(anna: Machine) -> None:
    said = anna.does(*opening(anna))
    petition = re.findall(r"^PETITION  ([0-9a-f]{64})", said, re.MULTILINE)[0]
    anna.does("stamp", "make", "desk")
    words = ("petition", "accept", petition, "--ceiling", 5, "--url", "https://a.example", *ALONE)
    assert "wrong-kid: the petition names the stamp key abab" in anna.is_refused(
        *words, "--desk", "desk"
    )
    assert "public values" in anna.is_refused(*words, "--desk", "alone.jsonl")
    values = json.loads((anna.folder / "desk/public.json").read_bytes())
    (anna.folder / "odd.json").write_text(json.dumps(values | {"kid": "ab" * 32}))
    assert "do not belong together" in anna.is_refused(*words, "--desk", "odd.json")
    assert "is not a petition" in anna.is_refused(
        *("petition", "accept", group_in(anna)), *words[3:], "--desk", "desk"
    )


def test_a_group_that_is_not_on_the_panel_and_a_desk_that_is_not_plain_are_refused(
    anna: Machine,
) -> None:
    anna.does("stamp", "make", "desk")
    kid = json.loads((anna.folder / "desk/public.json").read_bytes())["kid"]
    said = anna.does(*opening(anna, panel=f"{group_in(anna)}={kid}"))
    petition = re.findall(r"^PETITION  ([0-9a-f]{64})", said, re.MULTILINE)[0]
    words = ("petition", "accept", petition, "--desk", "desk")
    assert "bad-url" in anna.is_refused(*words, "--ceiling", 5, "--url", "http://a.com", *ALONE)
    assert "bad-number" in anna.is_refused(
        *words, "--ceiling", 0, "--url", "https://a.example", *ALONE
    )
    good = (*words, "--ceiling", 5, "--url", "https://a.example")
    anna.does(*good, *ALONE)
    assert "cosign that one" in anna.is_refused(*good, *ALONE)
    found = ("group", "found", "--name", "Тверь", "--k", 1, *ALONE)
    other = re.findall(r"the group's id: (\w+)", anna.does(*found))[0]
    assert "not-on-panel" in anna.is_refused(*good, *ALONE, "--group", other)


def test_a_desk_is_set_up_once_and_for_its_own_petition(anna: Machine) -> None:
    anna.does("stamp", "make", "desk")
    assert "once" in anna.is_refused("stamp", "make", "desk")
    assert "not a stamping desk's folder" in anna.is_refused("stamp", "show", "nothing")
    words = ("stamp", "set-up", "desk", "ab" * 32)
    assert "--open, --close and --ceiling" in anna.is_refused(*words)
    typed = ("--open", "2040-01-01", "--ceiling", 9)
    assert "closes before it opens" in anna.is_refused(*words, *typed, "--close", "2039-01-01")
    assert "bad-tags: an id" in anna.is_refused(
        *("stamp", "set-up", "desk", "abc", *typed, "--close", "2040-01-02")
    )
    past = ("--open", "2020-01-01", "--close", "2020-01-02", "--ceiling", 9)
    assert "has closed already" in anna.is_refused(*words, *past)
    assert "set-up" in anna.is_refused("stamp", "run", "desk", "--node", "http://127.0.0.1:1")
    assert "9 parts at most" in anna.does(*words, *typed, "--close", "2040-01-02")
    said = anna.does(*opening(anna))
    petition = re.findall(r"^PETITION  ([0-9a-f]{64})", said, re.MULTILINE)[0]
    source = ("--from", "alone.jsonl")
    assert "wrong-kid" in anna.is_refused("stamp", "set-up", "desk", petition, *source)


@pytest.mark.slow
def test_slips_need_a_desk_that_is_set_up_and_stay_below_the_ceiling(anna: Machine) -> None:
    anna.does("stamp", "make", "desk")
    kid = json.loads((anna.folder / "desk/public.json").read_bytes())["kid"]
    said = anna.does(*opening(anna, panel=f"{group_in(anna)}={kid}"))
    petition = re.findall(r"^PETITION  ([0-9a-f]{64})", said, re.MULTILINE)[0]
    site = ("--site", "https://a.example", "--from", "alone.jsonl", "--out", "s.pdf")
    words = ("voucher", "print", "desk", *site, "--number")
    assert "wayhome stamp set-up" in anna.is_refused(*words, 1)
    set_up = ("stamp", "set-up", "desk", petition, "--from", "alone.jsonl")
    assert "say --ceiling" in anna.is_refused(*set_up)
    anna.does(*set_up, "--ceiling", 3)
    assert "4 slips are more than the 3 promised" in anna.is_refused(*words, 4)
    assert "2 of 3 parts" in anna.does(*words, 2)
    (anna.folder / "s.pdf").unlink()
    assert "4 parts would be more than the 3 that were promised" in anna.is_refused(*words, 2)
    assert not (anna.folder / "s.pdf").exists()
    accept = ("petition", "accept", petition, "--desk", "desk", "--url", "https://a.example")
    anna.does(*accept, "--ceiling", 5, *ALONE)
    assert "promises 5 parts" in anna.is_refused(*set_up, "--ceiling", 3)


def test_a_moment_is_utc_where_no_zone_is_said(anna: Machine) -> None:
    said = anna.does(*opening(anna, open="2040-01-01T03:00+03:00"))
    assert "= 2040-01-01 00:00 UTC" in said
    assert moment(2_208_988_800) == "2040-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("group", "node-key", "a.txt/x"), "a.txt/x: Not a directory"),
        (("check", "a word \udcff"), "what was typed is not text in UTF-8"),
        (("recount", "http://\udcff"), "what was typed is not text in UTF-8"),
    ],
)
def test_what_the_disk_or_the_terminal_does_not_give_is_said_in_a_line(
    words: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").touch()
    monkeypatch.setattr("sys.argv", ["wayhome", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr().err
    assert ended.value.code == 1
    assert said in told
    assert "Traceback" not in told


def test_why_a_server_ends_is_said_in_a_line_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It comes out of several tasks at once, wrapped as often as those are in each other."""
    why = StorageFault("the disk failed; see to it")
    ended = [ExceptionGroup("tasks", [why, ExceptionGroup("inner", [why])])]

    def ends() -> None:
        raise ended[0]

    monkeypatch.setattr("wayhome.cli.wayhome", ends)
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    assert capsys.readouterr().err == "wayhome: the disk failed; see to it\n"
    ended[0] = ExceptionGroup("tasks", [why, ValueError("ours")])
    with pytest.raises(ExceptionGroup):
        main()


def test_a_text_that_is_not_utf_8_is_signed_by_nobody(anna: Machine) -> None:
    words = ("group", "found", "--name", "a\udcff", "--k", 1, "--key", "mine.key", "--out", "x")
    assert "bad-form: a text that is not UTF-8" in anna.is_refused(*words, "--yes")
    assert not (anna.folder / "x").exists()


def test_nothing_is_neither_whole_nor_genuine(anna: Machine) -> None:
    (anna.folder / "empty.jsonl").touch()
    assert "this is empty" in anna.is_refused("check", "")
    assert "no records in it" in anna.is_refused("check", "empty.jsonl")
