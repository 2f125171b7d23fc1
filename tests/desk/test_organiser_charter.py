"""Charter and links at the desk: before and after are seen, and what it means; then it travels."""

import re
from pathlib import Path

import pytest

from cases.nodes import OfGroup
from desk.deskpage import Page
from desk.speakers import OTHERS, Speakers, theirs
from petition_world import secret_key
from wayhome.channel.kinds import post
from wayhome.channel.kinds.post import Post
from wayhome.crypto import keys
from wayhome.crypto.recipients import new_identity, recipient_of
from wayhome.desk.charters import Change, amend_group, found_group
from wayhome.desk.proposals import cosign_with
from wayhome.groups.caseworker import Caseworker, named_by
from wayhome.groups.kinds import charter, link
from wayhome.groups.kinds.charter import Charter
from wayhome.groups.kinds.link import Link
from wayhome.groups.service import Founding
from wayhome.records.record import Record

NINA = keys.public_key(secret_key("nina"))


@pytest.fixture
def speakers(of_group: OfGroup, tmp_path: Path) -> Speakers:
    return Speakers(of_group, tmp_path / "anna")


def asked(speakers: Speakers, **changed: object) -> dict[str, object]:
    """Give the charter's form as it is shown, with something changed."""
    unchanged = {"name": "Родные Самары", "k": "2", "languages": "ru en", "regions": ""}
    return {"mode": "amend", "group": speakers.group} | unchanged | changed


def seen(page: Page, fields: dict[str, object]) -> str:
    return page.ask("/view", view="preview", fields=fields).text


def said(page: Page, fields: dict[str, object]) -> str:
    shown = re.findall(r'name="shown" value="([0-9a-f]{64})"', seen(page, fields))
    return page.done("speak", "", **fields, shown=shown)


def newest(speakers: Speakers) -> Record:
    (found,) = (one for one in speakers.desk.known.of_kind(charter.NUMBER) if Charter.of(one).prev)
    return found


def test_before_and_after_stand_side_by_side_and_it_is_in_force_when_both_sides_signed(
    speakers: Speakers,
) -> None:
    page, vera = speakers.page(), keys.public_key(OTHERS["vera"])
    fields = asked(speakers, leaves=vera, joins=f"{NINA}\n{keys.public_key(secret_key('zoya'))}")
    shown = seen(page, fields | {"k": "3"})
    assert f"<del>{vera}</del>" in shown
    assert f"<ins>{NINA}</ins>" in shown
    assert "<del>2</del>" in shown
    assert "<ins>3</ins>" in shown
    assert "должны подписывать 3 организатора из 4" in shown.replace("\xa0", " ")
    said(page, fields)
    record = newest(speakers)
    speakers.known = speakers.known.plus(record)
    speakers.of_group.take([cosign_with(speakers.known, record, OTHERS["olga"], speakers.now)])
    page.ask("/view", view="group")
    assert speakers.desk.known.head(speakers.group) == record.id
    assert "Вы ещё не вступили" not in page.ask("/view", view="charter").text


def test_what_an_amendment_would_take_back_is_seen_before_it_is_signed(speakers: Speakers) -> None:
    page = speakers.page()
    before = speakers.known
    text = speakers.proposed("Манифест")
    speakers.of_group.take([text, *speakers.cosign(text, "vera")])
    olga = OTHERS["olga"]
    for known, lost in ((before, True), (speakers.known, False)):
        change = Change(name=f"Родные {lost}")
        (record,) = amend_group(known, speakers.group, change, olga, speakers.now)
        speakers.of_group.take([record])
        page.ask("/view", view="group")
        shown = page.ask("/view", view="sign", case=record.id).text
        assert ("берёт её назад" in shown, "<bdi>Манифест</bdi>" in shown) == (lost, lost)


def test_a_caseworker_with_hybrid_keys_is_named_by_their_sum_and_the_keys_go_with_it(
    speakers: Speakers,
) -> None:
    recipient = recipient_of(new_identity("hybrid"))
    agreed = Caseworker.agreed(secret_key("lida"), recipient, "intake")
    line = agreed.with_keys({named_by(recipient): recipient}).line
    page = speakers.page()
    shown = said(page, asked(speakers, caseworkers=line))
    assert shown.count("<h2>") == 1  # of two records it is the charter that is read
    record = newest(speakers)
    assert named_by(recipient) in {value for tag in record.tags for value in tag}
    (named,) = speakers.desk.known.said_by(record.id).caseworkers
    assert named.recipient == recipient


def test_a_charter_that_cannot_be_is_refused_beside_what_was_typed(speakers: Speakers) -> None:
    page = speakers.page()
    for changed, told in (
        ({"k": "4"}, "не больше, чем организаторов"),
        ({"k": "два"}, "не больше, чем организаторов"),
        ({"joins": "abc"}, "64 знака"),
        ({"nodes": "https://x.example"}, "адрес=ключ"),
        ({"caseworkers": "abc,def"}, "согласия в ней нет"),
        ({"leaves": NINA}, "в уставе уже нет"),
        ({"group": "f" * 64}, "не называет ваш ключ"),
        ({"languages": "russian"}, 'role="alert"'),
    ):
        shown = seen(page, asked(speakers, **{"name": "Иначе", **changed}))
        assert told in shown, changed
        assert 'value="Иначе"' in shown, changed  # the form again, as it was typed
    assert not any(Charter.of(one).prev for one in speakers.desk.known.of_kind(charter.NUMBER))


def test_a_group_is_linked_renewed_and_let_go(speakers: Speakers) -> None:
    # settled 19: a renewed link says which charter was seen
    appeal, records = theirs(speakers, is_linked=False)
    other = records[0].id
    page = speakers.page()
    ticket = page.bring(b"\n".join(one.line for one in records), "b.jsonl", "", deed="add-file")
    page.done("add-file", "", file=ticket)
    assert "Родные Омска" in page.ask("/view", view="links").text
    said(page, {"mode": "link", "other": other})
    (first,) = speakers.desk.known.of_kind(link.NUMBER)
    speakers.of_group.take(speakers.cosign(first, "olga"))
    page.ask("/view", view="group")
    assert "Мы с ней связаны" in page.ask("/view", view="links").text
    assert "уже связана" in seen(page, {"mode": "link", "other": other})
    known = speakers.desk.known
    (amended,) = amend_group(known, other, Change(name="Омск"), OTHERS["olga"], speakers.now)
    page.done("add-file", "", file=page.bring(amended.line, "c.jsonl", "", deed="add-file"))
    assert "Обновить связь" in page.ask("/view", view="links").text
    said(page, {"mode": "link", "other": other})
    assert amended.id in {Link.of(one).witness for one in speakers.desk.known.of_kind(link.NUMBER)}
    said(page, {"mode": "unlink", "other": other})
    assert first.id in {Link.of(one).ends for one in speakers.desk.known.of_kind(link.NUMBER)}
    assert "не номер группы" in seen(page, {"mode": "link", "other": appeal.id})


def test_who_is_in_two_groups_speaks_for_the_one_she_looks_at(speakers: Speakers) -> None:
    second = found_group(Founding("Мы двое", 1, ()), speakers.secret, speakers.now)
    page = speakers.page()
    page.done("add-file", "", file=page.bring(second.line, "d.jsonl", "", deed="add-file"))
    for group in (speakers.group, second.id):
        page.ask("/view", view="group", case=group)
        name = "Мы двое" if group == second.id else "Родные Самары"
        assert f'value="{name}"' in page.ask("/view", view="charter").text
        said(page, {"mode": "write", "title-ru": name, "text-ru": "Слово"})
    told = [Post.of(one) for one in speakers.desk.known.of_kind(post.NUMBER)]
    assert {(one.group, one.title) for one in told} == {
        (speakers.group, "Родные Самары"),
        (second.id, "Мы двое"),
    }
