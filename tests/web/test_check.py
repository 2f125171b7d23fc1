"""`/check` by its form: what a node says of a text, a link, a number or a file."""

import json
import re
from pathlib import Path

import pytest

from groups.world import World
from wayhome.channel.proof import read_proof
from wayhome.codec import limits
from wayhome.crypto import codes
from web.small import Opened, Small
from web.test_group_pages import opened, words
from web.test_pages import Outline

PAGE = "/en/check.html"
TEXT = (
    "Мы, родные мобилизованных, требуем назвать срок их службы и вернуть домой тех, кто отслужил."
)


@pytest.fixture
def world() -> World:
    made = World()
    first = made.found("Волга", 2, "abc")
    made.post(first, "ab", TEXT, title="Срок", form="appeal")
    return made


def post_of(world: World) -> str:
    return next(one.id for one in world.records if one.kind == 3963)


def said(node: Opened, text: str = "", file: bytes = b"", path: str = PAGE) -> str:
    answer = node.send(path, text, file)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert Outline(answer.text).faults == []
    return words(answer.text).partition("Check something else")[0]


def test_a_copy_is_genuine_and_all_is_said_of_it(tmp_path: Path, world: World) -> None:
    with opened(tmp_path, world, world.records[0]) as node:
        page = said(node, TEXT.replace(" ", "\u00a0"))
        assert page.startswith("Is this really ours? Genuine Exactly this text was signed.")
        for part in (
            "Signed by 2 of 3 organisers of the group “ Волга ”",
            "Since when",
            "as the record itself says",
            "the one in force now",
            "Русский",
            "no, as far as this node knows",
            post_of(world),
        ):
            assert part in page
        russian = node.send("/ru/check.html", TEXT).text
        assert "Подписан именно этот текст." in russian
        assert f'href="../ru/post/{post_of(world)}.json"' in russian


def test_a_correction_a_dispute_and_an_old_charter_are_said(tmp_path: Path, world: World) -> None:
    first = world.records[0]
    post = post_of(world)
    world.post(first, "ab", "Иначе.", corrects=post)
    official = [one for one in world.records if one.kind == 3963]
    world.amend([first], 2, "ab", "ab", official)
    world.amend([first], 2, "bc", "bc", official)
    with opened(tmp_path, world, first) as node:
        page = said(node, TEXT)
        assert "This text was corrected." in page
        assert "The group is in dispute." in page
        assert "one that was replaced since" in page


def test_an_altered_text_is_shown_word_by_word(tmp_path: Path, world: World) -> None:
    with opened(tmp_path, world, world.records[0]) as node:
        page = node.send(PAGE, TEXT.replace("вернуть домой", "отправить туда")).text
        assert "Altered: it is close to a signed text, but not the same" in page
        assert re.search("<del>.*вернуть домой</bdi></del> <ins>.*отправить туда</bdi></ins>", page)
        assert "Genuine" not in words(page)
        assert "another alphabet" in said(node, TEXT.replace("срок", "cрок"))


def test_what_nobody_signed_is_not_called_fake(tmp_path: Path, world: World) -> None:
    invented = "Завтра всем быть на вокзале с вещами и документами, так решили все группы области."
    with opened(tmp_path, world, world.records[0]) as node:
        for lang in ("en", "ru"):
            page = node.send(f"/{lang}/check.html", invented).text.lower()
            assert not re.search("fake|фейк|поддел|фальш|ложь|лжив", page)
        page = said(node, invented)
        assert "Nobody we know has signed this" in page
        assert "It does not mean that what it says is untrue." in page


def test_a_link_or_number_says_only_that_there_is_such_a_text(tmp_path: Path, world: World) -> None:
    post = post_of(world)
    with opened(tmp_path, world, world.records[0]) as node:
        for asked in (
            post,
            f"https://evil.example/x/ru/post/{post}.html",
            f"http://h/s/{post[:16]}",
        ):
            page = said(node, asked)
            assert "There is a genuine text under this number" in page
            assert "was not opened" in page
        assert "no signed text under this number" in said(node, "0" * 64)


def test_the_number_of_a_group_on_paper_leads_to_its_page(tmp_path: Path, world: World) -> None:
    group = world.records[0].id
    with opened(tmp_path, world, world.records[0]) as node:
        for asked in (group, f"https://x.example/ru/group/{group}.html"):
            page = said(node, asked)
            assert "This is the number of a group" in page
            assert "Nobody we know" not in page
            assert f'href="../en/group/{group}.html"' in node.send(PAGE, asked).text
        assert "no signed text" in said(node, f"https://x.example/en/group/{'0' * 64}.html")


def test_the_code_of_a_voucher_is_told_from_a_text_and_not_shown(
    tmp_path: Path, world: World
) -> None:
    code = codes.write("ab" * 32, bytes(range(10)))
    with opened(tmp_path, world, world.records[0]) as node:
        assert "This is the code of a voucher, and no text." in said(node, code)
        assert code not in node.send(PAGE, code).text
        assert "Nobody we know" in said(node, code[:-1] + "x")


@pytest.mark.parametrize(
    "asked",
    ["https://messenger.example/c/1234567890?a=b", "t.me/a_channel/12", "https://a.example"],
)
def test_a_link_without_a_number_is_not_called_a_text(
    tmp_path: Path, world: World, asked: str
) -> None:
    with opened(tmp_path, world, world.records[0]) as node:
        page = said(node, asked)
        assert "This is a link, and there is no number of a signed text in it." in page
        assert "Nobody we know" not in page


def test_a_file_is_read_as_text_or_as_a_proof(tmp_path: Path, world: World) -> None:
    post = post_of(world)
    with opened(tmp_path, world, world.records[0]) as node:
        assert "Genuine Exactly" in said(node, "", TEXT.encode())
        plain = node.get(f"/ru/post/{post}.txt").content
        assert "Genuine Exactly" in said(node, "", plain)
        proof = node.get(f"/ru/post/{post}.json").content
        page = said(node, "", proof)
        assert "The proof holds" in page
        assert "This node knows the text as well" in page
        changed = proof.replace("срок".encode(), "сруб".encode(), 1)
        page = said(node, "", changed)
        assert "The proof does not hold" in page
        assert "Genuine" not in page
        assert "not a text in UTF-8" in said(node, "", b"\xff\xfe\x00")
    with opened(tmp_path / "other", World(), world.records[0]) as stranger:
        page = said(stranger, "", proof)
        assert "The proof holds" in page
        assert "This node does not know the group or the text." in page


def test_a_proof_of_each_post_holds_and_is_the_same_in_both_languages(
    site: Opened, small: Small
) -> None:
    for record in small.posts.values():
        raw = site.get(f"/ru/post/{record.id}.json")
        assert raw.headers["content-type"] == "application/json"
        assert raw.headers["access-control-allow-origin"] == "*"
        assert raw.content == site.get(f"/en/post/{record.id}.json").content
        assert json.loads(raw.content)["proof"] == record.id
        proof = read_proof(raw.content)
        assert proof.is_official
        assert proof.record == record
    assert site.get(f"/ru/post/{small.proposal.id}.json").status_code == 404


def test_a_petition_is_a_text_too(site: Opened, small: Small) -> None:
    record = small.world.petition
    page = said(site, record.content)
    assert f"petition/{record.id}" in site.send(PAGE, record.content).text
    assert "Genuine" in page


def test_what_is_too_short_too_long_or_nothing_is_said(site: Opened) -> None:
    assert "too short" in said(site, "да")
    assert "too short" in said(site)
    assert "longer than any signed text" in said(site, "а" * 50_000)


def test_what_was_typed_stays_in_the_field_and_is_never_markup(site: Opened) -> None:
    asked = (
        '</textarea><script>alert(1)</script> "и" <b>это</b> слова\u202e, которых никто не знает'
    )
    page = site.send(PAGE, asked).text
    assert "<script>alert" not in page
    field = page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    assert "&lt;/textarea&gt;&lt;script&gt;" in field


def test_forms_have_a_size_and_a_shape(site: Opened) -> None:
    assert site.send(PAGE, "", b"x" * (limits.CHECK_BODY + 1)).status_code == 413
    assert site.send("/xx/check.html", "x").status_code == 404
    assert site.ask("PUT", PAGE).status_code == 405
    assert site.ask("POST", PAGE).status_code == 200, "no form at all is nothing asked"
    broken = {"content-type": "multipart/form-data; boundary=x"}
    assert site.ask("POST", PAGE, broken).status_code in (200, 400)


def test_asking_changes_nothing(site: Opened) -> None:
    before = site.node.site.fold.version, site.get(PAGE).headers["etag"]
    said(site, TEXT)
    assert (site.node.site.fold.version, site.get(PAGE).headers["etag"]) == before
    assert TEXT not in site.get(PAGE).text


def test_a_short_address_leads_to_a_post(site: Opened, small: Small) -> None:
    post = small.posts["appeal"].id
    answer = site.get(f"/s/{post[:16]}", accept_language="en")
    assert (answer.status_code, answer.headers["location"]) == (302, f"../en/post/{post}.html")
    assert site.get(f"/s/{small.proposal.id[:16]}").status_code == 404
    assert f"https://here.example/s/{post[:16]}" in site.get(f"/ru/post/{post}").text
