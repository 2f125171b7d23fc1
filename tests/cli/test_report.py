"""A family reports from a terminal, somebody hands in a sealed file, and the answer is read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from desk.photos import PLACE, photo
from helping import PACK, Helping, helping
from wayhome.cases import said
from wayhome.cli.report_ import command
from wayhome.crypto import receipts
from wayhome.desk.known import DeskFault
from wayhome.lawbook import read_law

STORY = "Мужа возвращают в часть.\n\nКомиссии не было."
CANARY = "возвращают"


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Helping]:
    with helping(tmp_path / "nodes") as running:
        yield running


def report(group: Helping, *options: str, typed: str = "") -> Result:
    to = [part for address in group.addresses for part in ("--to", address)]
    return CliRunner().invoke(command, [*options, "--group", group.group, *to], input=typed)


def words_in(output: str) -> str:
    known = {*receipts.word_list("ru"), *receipts.word_list("en")}
    lines = [line.split() for line in output.splitlines()]
    return " ".join(word for line in lines if len(line) == 4 for word in line if word in known)


@pytest.fixture
def story(tmp_path: Path) -> str:
    path = tmp_path / "story.txt"
    path.write_text(STORY, "utf-8")
    return str(path)


@pytest.mark.slow
def test_a_report_goes_out_and_its_answer_is_read_by_eight_words(
    group: Helping, story: str
) -> None:
    sent = report(group, "-", "--kind", "wounded-sent-back", typed=STORY)
    assert sent.exit_code == 0, sent.output
    words = words_in(sent.output)
    assert len(words.split()) == 8
    assert sent.output.count("durable at") == 2
    group.pass_hour()
    (body,) = group.read(group.workers[2].identity, place=1)
    assert isinstance(body.said, said.Report)
    assert (body.said.story, body.said.kind) == (STORY, "wounded-sent-back")
    assert CANARY.encode() not in group.written()

    case = group.reply("Письмо готово.", asks=("Пришлите справку.",))
    given = ("--message", story, "--file", story)
    read = report(group, "--return", *given, typed=f"{words}\n")
    assert "Письмо готово.\n* Пришлите справку." in read.output
    group.pass_hour()
    (message,) = group.read(case)
    assert isinstance(message.said, said.Message)
    assert (message.said.n, message.said.text) == (3, STORY)
    assert group.file(message.said.files[0]).decode() == STORY
    erased = report(group, "--return", "--erase", typed=f"{words}\n")
    assert erased.output.count("durable at") == 2
    group.pass_hour()
    assert {type(one.said) for one in group.read(case)} == {said.Message, said.EraseRequest}


@pytest.mark.slow
def test_a_sealed_file_is_handed_in_by_anybody_and_nothing_else_is(
    group: Helping, story: str, tmp_path: Path
) -> None:
    out = tmp_path / "sealed.jsonl"
    sealed = report(group, "-", "--lang", "en", "--out", str(out), typed=STORY)
    assert sealed.exit_code == 0, sealed.output
    assert CANARY.encode() not in out.read_bytes()
    group.pass_hour()
    assert group.envelopes() == []

    told = report(group, "--add", str(out))
    assert told.output.count("durable at") == 2
    refused = report(group, "--add", story)
    assert isinstance(refused.exception, DeskFault)
    assert CANARY not in str(refused.exception)
    group.pass_hour()
    assert len(group.envelopes()) == 1


FAMILY = ("Анна К.", "Самара, Мира 1", "", "Пётр")


@pytest.mark.slow
def test_it_asks_what_the_page_asks_and_a_saved_file_carries_papers_and_a_name(
    group: Helping, story: str, tmp_path: Path
) -> None:
    taken, paper, out = (tmp_path / one for one in ("board.jpg", "paper.pdf", "sealed.jsonl"))
    taken.write_bytes(photo())
    paper.write_bytes(b"%PDF-1.4 " + CANARY.encode())
    kinds = read_law(PACK).kinds
    kind = kinds["wounded-sent-back"]
    answers = {one.id: one.options[0] if one.options else CANARY for one in kind.question}
    typed = [str(sorted(kinds).index(kind.id) + 1)]
    typed += ["2" if one.options else CANARY for one in kind.question]
    typed += ["2", "2", "y", *FAMILY, ""]  # region, a caseworker writes, it may be counted
    files = ("--file", str(taken), "--file", str(paper), "--out", str(out))
    told = report(group, story, "--ask", *files, typed="\n".join(typed))
    assert f"sealed: {out}" in told.output, told.output
    assert not any(one in out.read_bytes() for one in (CANARY.encode(), PLACE))

    assert report(group, "--add", str(out)).output.count("durable at") == 2
    group.pass_hour()
    (body,) = (one.said for one in group.read(group.workers[0].identity))
    assert isinstance(body, said.Report)
    assert (body.kind, body.region, body.sender) == (kind.id, "RU-SAM", "caseworker")
    assert (body.answers, body.consent.figures) == (answers, True)
    assert PLACE not in group.file(body.files[0])
    assert group.file(body.files[1]) == paper.read_bytes()
    (who,) = (one.said for one in group.read(group.workers[1].vault))
    assert isinstance(who, said.PersonalDetails)
    assert (who.name, who.address, who.phone, who.soldier) == FAMILY
    assert group.file(who.originals[0]) == taken.read_bytes()


@pytest.mark.slow
def test_words_are_asked_back_until_they_are_those_that_were_shown(
    group: Helping, story: str
) -> None:
    others = " ".join(receipts.write(receipts.new_code(), "ru"))
    left = report(group, story, typed=f"{others}\nне слова\n")
    assert left.output.count("These are not the words that were shown") == 2
    assert "Done" not in left.output
    group.pass_hour()
    assert len(group.envelopes()) == 1  # it is sent before the words are shown


@pytest.mark.slow
def test_a_slip_in_the_words_asks_no_node_for_a_mailbox(group: Helping) -> None:
    words = list(receipts.write(receipts.new_code(), "ru"))
    words[0] = "абракадабра"
    refused = report(group, "--return", typed=" ".join(words) + "\n")
    assert isinstance(refused.exception, DeskFault)
    assert not any(word in str(refused.exception) for word in words)
