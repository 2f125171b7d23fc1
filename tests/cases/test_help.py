"""The help page: who reads, what they promise, and no form where nobody reads."""

import gzip
import re
from hashlib import sha256

import pytest

from cases.envelopes import Sealed, amend, caseworker
from cases.nodes import OfGroup
from cases.test_return import Family, Town
from groups.world import public
from wayhome.cases import blobs
from wayhome.cases.sealedfile import Attachment, SealedFile
from wayhome.channel.savedform import line_of, read_form
from wayhome.codec import limits
from wayhome.crypto.recipients import new_identity, recipient_of
from wayhome.groups import service
from wayhome.groups.kinds.charter import Node
from wayhome.groups.service import Founding
from wayhome.web.assets import assets
from web.test_pages import Outline

FORM = 'id="help"'


@pytest.fixture
def town(of_group: OfGroup) -> Town:
    return Town(of_group)


def hand_in(of_group: OfGroup, file: bytes, lang: str = "en") -> tuple[int, str]:
    body = (
        b'--x\r\ncontent-disposition: form-data; name="file"; filename="sealed.jsonl"\r\n\r\n'
        b"%b\r\n--x--\r\n" % file
    )
    answer = of_group.ask(
        "POST", f"/{lang}/help.html", body, {"content-type": "multipart/form-data; boundary=x"}
    )
    return answer.status_code, answer.text


def test_it_says_who_reads_and_the_seven_sentences_without_a_script(town: Town) -> None:
    for lang, readers in (("en", "3 caseworkers of the group"), ("ru", "читают 3 человека группы")):
        answer = town.of_group.get(f"/{lang}/help.html")
        assert readers in answer.text
        assert answer.text.split("<ol>")[1].split("</ol>")[0].count("<li>") == 7
        assert FORM in answer.text
        later = town.of_group.now
        town.of_group.now += 9 * 86_400
        assert town.of_group.get(f"/{lang}/help.html").content == answer.content
        town.of_group.now = later
        assert Outline(answer.text).faults == []
        assert answer.headers["cache-control"] == "no-store"
        policy = answer.headers["content-security-policy"]
        assert "img-src 'self' blob:;" in policy
        assert len(gzip.compress(answer.content, 6)) <= 12_000


def test_no_other_page_may_draw_pictures_of_the_phone(town: Town) -> None:
    answer = town.of_group.get("/en/index.html")
    assert "blob:" not in answer.headers["content-security-policy"]
    assert "no-store" not in answer.headers["cache-control"]


def test_the_fields_of_the_page_without_a_script_take_a_file_and_no_text(town: Town) -> None:
    text = town.of_group.get("/en/help.html").text
    kinds = [attrs.get("type") for name, attrs in Outline(text).elements if name == "input"]
    assert kinds == ["file"]
    assert not re.search("<textarea|<select|contenteditable", text)
    assert "cannot seal in this browser" in text


def test_where_nobody_is_on_intake_there_is_no_form_at_all(of_group: OfGroup) -> None:
    of_group.take([amend(of_group.world, of_group.charter, "")])
    text = of_group.get("/en/help.html").text
    assert "So there is no form" in text
    assert FORM not in text
    assert not re.search("<form|<input|<textarea|report\\.[0-9a-f]+\\.js", text)
    assert "have caseworkers" not in text


def test_where_nobody_is_on_intake_linked_groups_that_read_are_named(of_group: OfGroup) -> None:
    world = of_group.world
    home = amend(world, of_group.charter, "")
    key = public("n")
    reads, silent = (
        Founding(name, 1, (public("b"),), caseworkers=named, nodes=(Node(url, key),))
        for name, url, named in (
            ("Читают", "https://reads.example/a", (caseworker("u"),)),
            ("Молчат", "https://silent.example", ()),
        )
    )
    others = [world.write(service.found(one, world.at()), "b") for one in (reads, silent)]
    of_group.take([home, *others, *(world.link(home, "a", one) for one in others)])
    text = of_group.get("/ru/help.html").text
    assert f'group/{others[0].id}.html"><bdi>Читают' in text
    assert 'href="https://reads.example/a/ru/help.html"' in text
    assert "silent.example" not in text


def test_a_sealed_file_is_taken_and_nothing_else_leaves_a_byte(town: Town) -> None:
    of_group, family = town.of_group, Family()
    sealed = family.report(town)
    of_group.pass_hour()
    other = Family().report(town)
    status, text = hand_in(of_group, sealed.line + b"\n" + other.line)
    assert (status, "is here and durable" in text) == (200, True)
    canary = "Мужа-канарейка".encode()
    for file in (canary, b"", sealed.line + b"\n" + canary, of_group.charter.line, b"\xff\n" * 9):
        status, text = hand_in(of_group, file)
        assert (status, "Nothing of it was kept" in text) == (400, True)
    status, text = hand_in(of_group, b"x" * 1_100_000)
    assert status == 413
    written = [one.read_bytes() for one in of_group.folder.rglob("*") if one.is_file()]
    assert not any(canary in one for one in written)


def test_a_small_attachment_in_a_sealed_file_is_taken_with_it_without_a_script(
    town: Town,
) -> None:
    of_group, blob = town.of_group, blobs.make(b"%PDF-1.4 a paper")
    envelope = Sealed(town.record, blobs=[("blob", blob.id, str(blob.bucket))]).record
    lines = b"".join(SealedFile((envelope,), (Attachment.of(blob),)).lines())
    assert hand_in(of_group, lines)[0] == 200
    of_group.pass_hour()
    assert of_group.get(f"/blob/{blob.id}/list").content == blob.hashes
    assert of_group.get(f"/blob/{blob.id}/0").content == blob.chunks[0]


def test_the_script_and_the_page_with_its_words_fit_their_budgets(town: Town) -> None:
    script = len(gzip.compress(assets().by_name["report.js"].body, 6))
    assert script <= 80_000
    rest = [assets().by_name[one].body for one in ("style.css", "words-ru.txt", "words-en.txt")]
    page = town.of_group.get("/ru/help.html").content
    # eight caseworkers, custodians all: what a phone asks for before it can seal to them
    named = [recipient_of(new_identity("hybrid")) for _ in range(2 * limits.RECIPIENTS_HYBRID)]
    charters = 2_700  # bytes of the charter that names so many, with their proofs, compressed
    asked = (page, *rest, "".join(named).encode())
    assert script + charters + sum(len(gzip.compress(one, 6)) for one in asked) <= 120_000


def test_the_form_as_one_file_is_to_be_saved_and_its_policy_lets_nothing_out(town: Town) -> None:
    answer = town.of_group.get("/en/help/offline.htm")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert sha256(answer.content).hexdigest() in town.of_group.get("/en/help.html").text
    policy = re.findall('http-equiv="Content-Security-Policy" content="([^"]*)"', answer.text)
    assert len(policy) == 1
    assert "default-src" in policy[0]
    assert "connect-src" not in policy[0]
    assert answer.text.count("</script") == 1
    assert not re.search(r'(?:src|href)="', answer.text)


def form_at(of_group: OfGroup, lang: str) -> bytes:
    return of_group.get(f"/{lang}/help/offline.htm").content


def test_a_form_that_the_group_has_signed_says_so_by_itself_and_to_any_node(town: Town) -> None:
    of_group, forms = town.of_group, {}
    for lang in ("en", "ru"):
        forms[lang] = form_at(of_group, lang)
        assert read_form(forms[lang]).word == "unsigned"
        assert "has not signed this file" in of_group.get("/en/help.html").text
        assert "Nobody we know has signed this form" in checked(of_group, forms[lang])
    lines = "\n\n".join(line_of(sha256(one).hexdigest()) for one in forms.values())
    post = of_group.world.post(town.record, "a", lines, title="Форма")
    of_group.take([post])
    for lang, body in forms.items():
        raw = form_at(of_group, lang)
        assert raw.startswith(body)
        form = read_form(raw)
        assert form.word == "genuine"
        assert form.proof is not None
        assert form.proof.record == post
        assert set(form.proof.readers) == {one.key for one in town.charter.caseworkers}
        for whole in (raw, body):
            assert "Genuine: a form as one file" in checked(of_group, whole)
        assert form.proof.readers[0] in checked(of_group, raw)
        assert "Altered: these are not the bytes" in checked(of_group, raw.replace(b"h1", b"h2", 1))
    page = of_group.get("/en/help.html").text
    assert f"post/{post.id}.html" in page
    assert sha256(forms["en"]).hexdigest() in page


def test_a_form_from_before_an_amendment_is_told_to_be_taken_anew(town: Town) -> None:
    of_group, body = town.of_group, form_at(town.of_group, "en")
    line = line_of(sha256(body).hexdigest())
    post = of_group.world.post(town.record, "a", line, title="Форма")
    of_group.take([post])
    raw = form_at(of_group, "en")
    of_group.take([amend(of_group.world, town.record, "uv")])
    assert "take the form anew" in checked(of_group, raw)
    assert read_form(form_at(of_group, "en")).word == "unsigned"


def checked(of_group: OfGroup, file: bytes) -> str:
    """What the node's check page says of a file."""
    body = (
        b'--x\r\ncontent-disposition: form-data; name="file"; filename="help.html"\r\n\r\n'
        b"%b\r\n--x--\r\n" % file
    )
    form = {"content-type": "multipart/form-data; boundary=x"}
    return of_group.ask("POST", "/en/check.html", body, form).text


def test_where_nobody_is_on_intake_there_is_no_file_either(of_group: OfGroup) -> None:
    of_group.take([amend(of_group.world, of_group.charter, "")])
    assert of_group.get("/en/help/offline.htm").status_code == 404
