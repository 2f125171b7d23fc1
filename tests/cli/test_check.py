"""`wayhome check`: is this really ours?"""

from cli.town import Machine

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


def test_what_cannot_be_checked_is_said(anna: Machine) -> None:
    (anna.folder / "copy.txt").write_text(TEXT, "utf-8")
    assert "--from" in anna.is_refused("check", "copy.txt")
    assert "too short" in anna.is_refused("check", "-", "--from", "alone.jsonl", typed="да")
    assert "No such file" in anna.is_refused("check", "none.txt", "--from", "alone.jsonl")
    (anna.folder / "copy.txt").write_bytes(b"\xff\xfe" + TEXT.encode("utf-16-le"))
    assert "UTF-8" in anna.is_refused("check", "copy.txt", "--from", "alone.jsonl")
