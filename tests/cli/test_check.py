"""`wayhome check`: is this really ours?"""

import json
from pathlib import Path

import httpx

from cli.town import Machine, Town
from ports import free_port
from wayhome.records.record import read_line

TEXT = (
    "Мы, родные мобилизованных, требуем «назвать срок» их службы\n"
    "и вернуть домой тех, кто его отслужил.\n"
)


def written(machine: Machine) -> None:
    (machine.folder / "text.md").write_text(TEXT, "utf-8")
    machine.does(
        *("post", "write", "text.md", "--title", "Срок", "--key", "mine.key"),
        *("--from", "alone.jsonl", "--out", "alone.jsonl", "--yes"),
    )


def check(machine: Machine, text: str) -> tuple[int, str]:
    (machine.folder / "copy.txt").write_text(text, "utf-8")
    result = machine("check", "copy.txt", "--from", "alone.jsonl")
    return result.exit_code, " ".join(result.output.split())


def test_a_copy_is_genuine_and_it_is_said_whose(anna: Machine) -> None:
    written(anna)
    status, said = check(anna, TEXT.replace("«", '"').replace("»", '"'))
    assert status == 0
    assert said.startswith("genuine Срок signed by 1 of 1 organisers of Омск")


def test_a_changed_word_is_named(anna: Machine) -> None:
    written(anna)
    status, said = check(anna, TEXT.replace("вернуть домой", "оставить там"))
    assert status == 1
    assert "signed: вернуть домой here: оставить там" in said


def test_what_nobody_signed_is_not_called_fake(anna: Machine) -> None:
    written(anna)
    status, said = check(anna, "Завтра всем собраться на вокзале с вещами и документами.")
    assert status == 2
    assert "nobody we know" in said
    assert "fake" not in said


def test_a_file_of_records_is_whole_and_one_changed_byte_is_named(anna: Machine) -> None:
    written(anna)
    assert "whole" in anna.does("check", "alone.jsonl")
    path = anna.folder / "alone.jsonl"
    lines = path.read_bytes().splitlines()
    lines[-1] = lines[-1].replace("Срок".encode(), "Сруб".encode(), 1)
    path.write_bytes(b"\n".join(lines) + b"\n")
    result = anna("check", "alone.jsonl")
    assert result.exit_code == 1
    assert f"alone.jsonl, line {len(lines)}: bad-id" in result.output


def test_a_text_may_be_given_in_the_command_and_a_number_or_link_is_looked_up(
    anna: Machine,
) -> None:
    written(anna)
    lines = (anna.folder / "alone.jsonl").read_bytes().splitlines()
    group, number = (read_line(one).id for one in (lines[0], lines[-1]))
    where = ("--from", "alone.jsonl")
    assert "genuine" in anna.does("check", " ".join(TEXT.split()), *where)
    for asked in (number, f"https://x.example/ru/post/{number}.html"):
        said = " ".join(anna.does("check", asked, *where).split())
        assert "There is a genuine text with this number" in said
        assert "was not looked at" in said
    assert "the number of a group, not of a text" in anna.does("check", group, *where)
    result = anna("check", "0" * 64, *where)
    assert (result.exit_code, "nobody we know" in result.output) == (2, True)


def test_a_correction_and_a_letter_that_only_looks_alike_are_named(anna: Machine) -> None:
    written(anna)
    number = read_line((anna.folder / "alone.jsonl").read_bytes().splitlines()[-1]).id
    status, said = check(anna, TEXT.replace("вернуть", "\x1b[2Jвepнуть"))
    assert status == 1
    assert "<U+001B>[2J" in said
    assert "\x1b" not in said
    status, said = check(anna, TEXT.replace("вернуть", "вepнуть"))
    assert "of another alphabet" in said
    (anna.folder / "text2.md").write_text("Иначе.", "utf-8")
    words = ("post", "correct", number, "text2.md", "--key", "mine.key")
    anna.does(*words, "--from", "alone.jsonl", "--out", "alone.jsonl", "--yes")
    assert "corrected since, by" in check(anna, TEXT)[1]


FORMS = Path(__file__).parents[2] / "vectors" / "channel" / "saved-forms.json"
ANSWERS = {"genuine": 0, "altered": 1, "unsigned": 2}


def test_a_form_in_a_file_is_checked_by_itself(anna: Machine) -> None:
    for one in json.loads(FORMS.read_text("utf-8"))["cases"]:
        (anna.folder / "help.html").write_text(one["file"], "utf-8")
        result = anna("check", "help.html")
        word = one["form"]["word"]
        assert result.exit_code == ANSWERS[word], one["name"]
        if word == "genuine":
            assert "signed by 2 of 3 organisers of Волга" in result.output
        if word == "unsigned":
            assert f"wayhome-form sha256 {one['form']['sum']}" in result.output


def test_a_proof_is_checked_by_itself_and_by_its_link(anna: Machine, nodes: Town) -> None:
    written(anna)
    records = [read_line(one) for one in (anna.folder / "alone.jsonl").read_bytes().splitlines()]
    node = nodes.serve(anna.folder / "node", records[0].id, free_port())
    anna.does("group", "send", "alone.jsonl", "--to", node)
    link = f"{node}/ru/post/{records[-1].id}"
    proof = httpx.get(f"{link}.json", trust_env=False, timeout=120).content
    (anna.folder / "proof.json").write_bytes(proof)
    for asked in ("proof.json", f"{link}.html"):
        said = " ".join(anna.does("check", asked).split())
        assert said.startswith("the proof holds")
        assert "signed by 1 of 1 organisers of Омск; 1 must sign" in said
    (anna.folder / "proof.json").write_bytes(proof.replace("назвать".encode(), "сорвать".encode()))
    result = anna("check", "proof.json")
    assert (result.exit_code, result.output.split("\n")[0]) == (
        1,
        "the proof does not hold: bad-id",
    )
    assert "404" in anna.is_refused("check", f"{node}/ru/post/{'0' * 64}.html")
    assert "not the page of a text" in anna.is_refused("check", f"{node}/ru/groups.html")
    assert "does not answer" in anna.is_refused("check", f"http://127.0.0.1:9/post/{'0' * 64}")


def test_what_cannot_be_checked_is_said(anna: Machine) -> None:
    (anna.folder / "copy.txt").write_text(TEXT, "utf-8")
    assert "--from" in anna.is_refused("check", "copy.txt")
    assert "too short" in anna.is_refused("check", "-", "--from", "alone.jsonl", typed="да")
    assert "No such file" in anna.is_refused("check", "none.txt", "--from", "alone.jsonl")
    (anna.folder / "copy.txt").write_bytes(b"\xff\xfe" + TEXT.encode("utf-16-le"))
    assert "UTF-8" in anna.is_refused("check", "copy.txt", "--from", "alone.jsonl")
