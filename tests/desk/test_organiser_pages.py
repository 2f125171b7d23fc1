"""The organiser's side of the desk: she reads all of it, signs, and is told what became of it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from cases.nodes import OfGroup
from desk.deskpage import Page
from desk.offices import Offices
from desk.speakers import Speakers
from wayhome.cli.desk_ import command
from wayhome.desk.keyring import make_key
from wayhome.desk.organiser import LOCK_AFTER
from wayhome.desk.vault import Vault
from wayhome.pages.words import words


@pytest.fixture
def speakers(of_group: OfGroup, tmp_path: Path) -> Speakers:
    return Speakers(of_group, tmp_path / "anna")


def group_page(page: Page) -> str:
    return page.ask("/view", view="group").text


def test_what_waits_is_shown_whole_and_official_at_the_second_sig(speakers: Speakers) -> None:
    record = speakers.proposed("Верните **наших**.\n\n> Слово", title="Наше слово")
    speakers.of_group.take([record])
    page = speakers.page()
    assert "Наше слово" in group_page(page)
    shown = page.ask("/view", view="sign", case=record.id).text
    assert "Верните <strong>наших</strong>." in shown  # as the public page draws it
    assert "Верните **наших**." in shown  # and sign for sign
    assert "Нужна подпись ещё 1 организатора" in shown
    assert not speakers.is_official(record)
    done = page.done("cosign", record.id)
    assert "Это официально" in done
    assert speakers.is_official(record)
    assert "Наше слово" not in group_page(page)
    assert 'role="alert"' in page.do("cosign", record.id)


def test_a_proposal_that_came_as_a_file_is_signed_with_the_sigs_that_came(
    of_group: OfGroup, tmp_path: Path
) -> None:
    speakers = Speakers(of_group, tmp_path / "anna", k=3)
    record = speakers.proposed("Слово", by="olga")
    (sig,) = speakers.cosign(record, "vera")
    page = speakers.page()
    lines = record.line + b"\n" + sig.line + b"\nno record\n"
    ticket = page.bring(lines, "a.jsonl", "", deed="add-file")
    page.done("add-file", "", file=ticket)
    assert "Слово" in group_page(page)
    carried = page.ask("/carry", case=record.id).content
    assert sig.line in carried
    assert speakers.known.record(speakers.group).line in carried
    assert "Это официально" in page.done("cosign", record.id)
    assert speakers.is_official(record)
    assert "Выберите файл ещё раз" in page.do("add-file", "", file=ticket)


def test_what_is_signed_while_no_node_answers_waits_and_goes_later(speakers: Speakers) -> None:
    record = speakers.proposed("Слово")
    speakers.of_group.take([record])
    page = speakers.page()
    speakers.way.is_down = True
    done = page.done("cosign", record.id)
    assert "Это официально" in done
    assert "ждёт здесь" in done
    assert not speakers.is_official(record)
    again = speakers.page()  # another day, the node still away
    assert "Слово" in group_page(again)
    assert "127.0.0.1:1 не отвечает" in group_page(again)
    speakers.way.is_down = False
    assert "ещё не на узле" not in group_page(again)
    assert speakers.is_official(record)


def test_a_node_that_refuses_is_heard_in_words(speakers: Speakers, of_group: OfGroup) -> None:
    record = speakers.proposed("Слово")
    speakers.of_group.take([record])
    page = speakers.page()
    of_group.node.close()
    of_group.open("f" * 64)  # it carries another group now
    done = page.done("cosign", record.id)
    assert words("ru").refusal("unknown-group") in done
    shown = group_page(page)
    assert "Больше не отправлять" in shown
    page.done("let-go", record.id)
    assert speakers.desk.waiting == []


def test_the_key_is_forgotten_by_the_button_and_after_a_quarter_of_an_hour(
    of_group: OfGroup, tmp_path: Path
) -> None:
    speakers = Speakers(of_group, tmp_path / "anna", passphrase="долгие слова")  # noqa: S106 - the tests' own
    page = speakers.page()
    assert speakers.public[:8] in group_page(page)
    page.ask("/view", view="lock")
    wrong = page.ask("/view", view="open-key", fields={"passphrase": "не те"}).text
    assert 'role="alert"' in wrong
    assert speakers.public[:8] not in group_page(page)
    page.ask("/view", view="open-key", fields={"passphrase": speakers.passphrase})
    record = speakers.proposed("Слово")
    of_group.take([record])
    assert "Слово" in group_page(page)
    of_group.now += LOCK_AFTER
    page.do("cosign", record.id)
    assert not speakers.is_official(record)
    assert speakers.secret.hex() not in "".join(
        one.read_text("utf-8", "replace") for one in speakers.folder.rglob("*") if one.is_file()
    )


def test_a_stranger_to_the_group_reads_her_key_and_signs_nothing(
    speakers: Speakers, of_group: OfGroup
) -> None:
    record = speakers.proposed("Слово")
    of_group.take([record])
    speakers.desk.key.unlink()
    make_key(speakers.desk.key, "")
    page = speakers.page()
    assert "не называет этот ключ" in group_page(page).replace("\xa0", " ")
    assert 'data-deed="cosign"' not in page.ask("/view", view="sign", case=record.id).text
    assert 'role="alert"' in page.do("cosign", record.id)


def test_one_who_is_both_has_both_and_one_lock(offices: Offices, tmp_path: Path) -> None:
    speakers = Speakers(offices.of_group, tmp_path / "anna")
    page = speakers.page(offices.desks["u"])
    assert 'data-view="group"' in page.board()
    assert 'data-view="board"' in group_page(page)
    page.ask("/view", view="lock")
    assert offices.desks["u"].work is None
    assert not speakers.desk.is_open()


def test_a_desk_starts_with_whichever_keys_she_has_and_with_none_says_so(tmp_path: Path) -> None:
    asked = ["run", str(tmp_path / "new"), "--node", "http://127.0.0.1:1"]
    none = CliRunner().invoke(command, asked)
    assert none.exit_code == 2
    assert "wayhome desk new" in none.output
    assert "--key FILE" in none.output
    Vault.make(tmp_path / "hers", "шесть слов для этого теста здесь").close()
    lacking = CliRunner().invoke(command, ["run", str(tmp_path / "hers"), *asked[2:]])
    assert lacking.exit_code == 2
    assert "--campaign" in lacking.output
