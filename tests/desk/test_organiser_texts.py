"""What organisers write at the desk: seen first, then signed; a no keeps what was typed."""

import re
from pathlib import Path

import pytest

from cases.nodes import OfGroup
from desk.deskpage import Page
from desk.speakers import Speakers, theirs
from wayhome.channel.kinds import post
from wayhome.channel.kinds.post import Post
from wayhome.records.record import Record

TEXT = {
    "mode": "write",
    "form": "appeal",
    "title-ru": "Верните наших",
    "text-ru": "Мы **требуем** срок.",
    "title-en": "Bring them back",
    "text-en": "We ask for a term.",
}


@pytest.fixture
def speakers(of_group: OfGroup, tmp_path: Path) -> Speakers:
    return Speakers(of_group, tmp_path / "anna")


def seen(page: Page, fields: dict[str, str], case: str = "") -> str:
    return page.ask("/view", view="preview", fields=fields, case=case).text


def said(page: Page, fields: dict[str, str], case: str = "") -> str:
    """Look at what would be signed, then sign it."""
    shown = re.findall(r'name="shown" value="([0-9a-f]{64})"', seen(page, fields, case))
    return page.done("speak", case, **fields, shown=shown)


def posts(speakers: Speakers) -> list[Record]:
    return speakers.desk.known.of_kind(post.NUMBER)


def agreed(speakers: Speakers, record: Record) -> None:
    """Have another organiser sign at the node."""
    speakers.of_group.take(speakers.cosign(record, "olga"))


def test_a_text_in_two_languages_is_seen_then_signed_and_its_translation_tied(
    speakers: Speakers,
) -> None:
    page = speakers.page()
    shown = seen(page, TEXT)
    assert "Мы <strong>требуем</strong> срок." in shown
    assert "We ask for a term." in shown
    assert posts(speakers) == []
    assert "Нужна подпись ещё 1 организатора" in said(page, TEXT)
    told = {Post.of(one).lang: one for one in posts(speakers)}
    assert Post.of(told["en"]).translates == told["ru"].id
    assert {Post.of(one).form for one in told.values()} == {"appeal"}
    agreed(speakers, told["ru"])
    assert speakers.is_official(told["ru"])
    page.ask("/view", view="group")  # it looks at the node
    assert "Верните наших" in page.ask("/view", view="texts").text


def test_what_cannot_be_signed_is_said_beside_what_was_typed(speakers: Speakers) -> None:
    page = speakers.page()
    tries = {"title-en": "", "text-ru": "x" * 40_001}
    for name, value in tries.items():
        shown = seen(page, TEXT | {name: value})
        assert 'role="alert"' in shown, name
        assert 'data-view="preview"' in shown, name  # the form again
        assert "Мы **требуем** срок." in shown or name == "text-ru"
    odd = seen(page, TEXT | {"title-ru": "за\u202eпротив"})
    assert "знаки, которых страница не показывает" in odd
    assert "за&lt;U+202E&gt;против" in odd
    assert "Напишите заголовок" in seen(page, {"mode": "write"})
    assert 'role="alert"' in seen(page, {"mode": "nothing"})
    assert posts(speakers) == []


def test_nothing_is_signed_that_was_not_shown(speakers: Speakers) -> None:
    page = speakers.page()
    shown = re.findall(r'name="shown" value="([0-9a-f]{64})"', seen(page, TEXT))
    changed = TEXT | {"text-ru": "Другое."}
    assert "не то, что вам показали" in page.do("speak", "", **changed, shown=shown)
    assert "не то, что вам показали" in page.do("speak", "", **TEXT)
    assert posts(speakers) == []


def test_a_correction_begins_with_what_stands_there(speakers: Speakers) -> None:
    page = speakers.page()
    record = speakers.proposed("Прежнее слово")
    speakers.of_group.take([record, *speakers.cosign(record, "vera")])
    page.ask("/view", view="group")
    assert "Прежнее слово" in page.ask("/view", view="rewrite", no="correct", case=record.id).text
    said(page, {"mode": "correct", "title": "Новое", "text": "Новое слово"}, record.id)
    (found,) = (Post.of(one) for one in posts(speakers) if one.id != record.id)
    assert (found.corrects, found.lang, found.title) == (record.id, "ru", "Новое")


def test_another_groups_appeal_is_joined_in_words_of_our_own(speakers: Speakers) -> None:
    appeal, records = theirs(speakers)
    speakers.of_group.take(records)
    page = speakers.page()
    assert "Их обращение" in page.ask("/view", view="texts").text
    mode = {"mode": "adopt", "title": "Присоединяемся", "text": "Мы с ними.", "lang": "ru"}
    said(page, mode, appeal.id)
    (found,) = (Post.of(one) for one in posts(speakers) if one.id != appeal.id)
    assert found.adopts == appeal.id
    alert = seen(page, {"mode": "correct", "title": "", "text": "x"}, appeal.id)
    assert "только свои тексты" in alert
