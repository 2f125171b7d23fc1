"""The desk's pages: shown to whoever has the token and names our address, and to nobody else."""

import re
from itertools import product

import pytest
from markupsafe import escape

from desk.deskpage import ADDRESS, OWN, Page
from desk.offices import PASSPHRASE, Family, Offices
from desk.photos import PLACE, photo, sum_of
from wayhome.cases import blobs
from wayhome.cases.kinds.sealed import Blob
from wayhome.cases.said import File
from wayhome.desk.desk import LOCK_AFTER
from wayhome.desk.known import DeskFault
from wayhome.pages.words import words

SECRET_WORD = "неповторимослово"  # noqa: S105 - a word of a story


def test_nothing_is_told_to_a_foreign_page_a_foreign_name_or_without_the_token(
    page: Page, offices: Offices
) -> None:
    # W6, S8, row 29
    Family(offices).report(SECRET_WORD)
    offices.pass_hour()
    paths = ("/view", "/do", "/letter", "/file", "/picture", "/start", "/ru", "/desk.js")
    good = {"host": ADDRESS, "origin": OWN, "authorization": f"Bearer {page.token}"}
    case = offices.case("u").id
    form = {"lang": "ru", "view": "board", "case": case}
    assert SECRET_WORD in page.client.post("/view", json=form, headers=good).text
    hosts = ("evil.example", "evil.example:4567", "127.0.0.1:80", "localhost:4567", "127.0.0.1", "")
    origins = ("http://evil.example", "null", "https://127.0.0.1:4567", "http://127.0.0.1:4568", "")
    tried = [good | {"host": one} for one in hosts] + [good | {"origin": one} for one in origins]
    for heads, path, method in product(tried, paths, ("GET", "POST", "PUT", "OPTIONS")):
        answer = page.client.request(method, path, json=form, headers=heads)
        assert (answer.status_code, answer.content) == (403, b""), (heads, path, method)
    for token in ("", "Bearer ", "Bearer " + "0" * 48, page.token[:-1]):
        heads = good | {"authorization": token}
        for path in ("/view", "/do", "/letter", "/file", "/picture"):
            answer = page.client.post(path, json=form, headers=heads)
            assert (answer.status_code, answer.content) == (401, b"")


def test_a_start_link_opens_one_page_once(page: Page) -> None:
    client, door = page.client, page.door
    assert page.token
    assert door.start == ""
    again = client.post("/start", content=page.token, headers=page.heads())
    assert again.status_code == 401
    fresh = door.renew()
    assert client.post("/start", content=fresh, headers=page.heads()).status_code == 200
    assert page.ask("/view", view="board").status_code == 401


def test_the_page_may_run_nothing_but_our_script_and_leaves_nothing(page: Page) -> None:
    answer = page.client.get("/ru", headers={"host": ADDRESS})
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    assert "<script>" not in answer.text
    assert " style=" not in answer.text


def test_a_script_in_a_story_or_a_files_name_is_text(page: Page, offices: Offices) -> None:
    # row 29
    Family(offices).report("<script>alert(1)</script><img src=x onerror=alert(2)>")
    offices.pass_hour()
    text = page.ask("/view", view="case", case=offices.case("u").id).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script" not in text
    assert "<img" not in text


@pytest.mark.parametrize(
    "name", ["../../.bashrc", "C:\\\\autorun.inf", "=cmd|'/c calc'!A1", '"><b onload=x>.html']
)
def test_whatever_a_file_is_called_it_is_saved_under_a_name_of_ours(
    page: Page, offices: Offices, name: str
) -> None:
    # row 29
    raw = b"<b>file</b>"
    sealed = blobs.make(raw)
    file = File(sealed.id, sealed.key, name, "text/html", len(raw), sum_of(raw), "document")
    Family(offices).report(files=(file,), blobs=[Blob(sealed.id, sealed.bucket)])
    for part, body in {"list": sealed.hashes, **dict(enumerate(sealed.chunks))}.items():
        offices.of_group.ask("PUT", f"/blob/{sealed.id}/{part}", body)
    offices.pass_hour()
    case = offices.case("u").id
    text = page.ask("/view", view="case", case=case).text
    assert str(escape(name)) in text
    assert re.findall('data-save="/file".*data-name="([^"]*)"', text) == ["file-1.bin"]
    given = page.ask("/file", case=case, no=sealed.id)
    assert given.content == raw
    assert given.headers["content-type"] == "application/octet-stream"
    assert "content-disposition" not in given.headers


def test_it_locks_after_a_quarter_of_an_hour_and_by_its_button(
    page: Page, offices: Offices
) -> None:
    Family(offices).report(SECRET_WORD)
    offices.pass_hour()
    desk = offices.desks["u"]
    desk.touch()
    case = offices.case("u").id
    offices.of_group.now += LOCK_AFTER
    assert SECRET_WORD not in page.ask("/view", view="case", case=case).text
    assert desk.work is None
    wrong = page.ask("/view", view="unlock", fields={"passphrase": "не те слова"}).text
    assert 'role="alert"' in wrong
    assert desk.work is None
    typed = {"passphrase": f"  {PASSPHRASE.upper()} "}
    page.ask("/view", view="unlock", fields=typed)
    assert SECRET_WORD in page.ask("/view", view="case", case=case).text
    assert SECRET_WORD not in page.ask("/view", view="lock").text
    assert desk.work is None


@pytest.mark.slow
def test_a_case_goes_from_the_board_to_a_letter_its_deadlines_and_its_end(  # noqa: PLR0915 - a life
    page: Page, offices: Offices
) -> None:
    Family(offices).report(SECRET_WORD)
    offices.pass_hour()
    case = offices.case("u").id
    assert case in page.board()
    assert "Никто не взял" in page.board()
    page.done("take", case, title="Раненый", holder=[offices.key("v")])
    assert "Раненый" in page.board()
    letter = {
        "template": "medical-board", "to": "ru.medical-board", "way": "post", "sender": "home",
        "own_words": "Рана не зажила.", "office_address": "Волгоград, ул. Мира, 1",
    }  # fmt: skip
    group = {"sender": "group", "name": "Анна", "address": "Самара"}
    for lacks, why in (
        ({"own_words": ""}, "своими словами"),
        (group, "пишите имя военнослужащего и его часть"),
        ({"template": "silence"}, "то письмо — о прежнем"),
    ):
        assert why in page.do("letter", case, **(letter | lacks))
    page.done("letter", case, **letter)
    assert offices.state("u") == "drafted"
    # an option is a word of ours: neither the page nor the letter shows its id
    assert "нет</dd>" in page.ask("/view", case=case).text
    written = offices.work("u").load.file(offices.case("u")).letters[1].letter.text
    assert not re.search(r"\bno\b", written)
    pdf = page.ask("/letter", case=case, no="1")
    assert pdf.content.startswith(b"%PDF-")
    page.done("fact", case, letter="1", what="sent", on="2024-10-03", no="80088800000017")
    assert "никто не записал, когда письмо вручили" in page.ask("/view", case=case).text
    fact = {"letter": "1", "what": "registered", "no": "77"}
    for on, why in (
        ("2023-10-04", "не могло случиться раньше 2024-10-03"),
        ("2099-10-04", "ещё не наступил"),
        ("2023-02-29", "год, месяц, число"),
    ):
        assert why in page.do("fact", case, on=on, **fact)
    shown = page.done("fact", case, on="2024-10-04", **fact)
    assert "59-ФЗ" in shown
    # registered, though nobody knows when it was delivered: there is nothing to wait for
    assert "никто не записал" not in shown
    offices.pass_hour()
    assert offices.state("v") == "sent"
    offices.of_group.now += 60 * 86_400
    page.ask("/view", view="unlock", fields={"passphrase": PASSPHRASE})
    assert "Просрочено" in page.board()
    shown = page.done("silent", case)
    assert offices.state("u") == "answered"
    page.done("grade", case, letter="1", word="silence")
    assert "Готово." in page.done("note", case, text="Жалоба завтра.")
    assert "Готово." not in page.ask("/view", case=case).text
    found = page.ask("/view", view="search", fields={"search": "жалоба ЗАВТРА вологодская"}).text
    assert case in found
    missed = page.ask("/view", view="search", fields={"search": "пчеловод"}).text
    assert case not in missed
    shown = page.done("outcome", case, word="partly", text="Комиссию назначили.")
    assert "закрыто: помогли отчасти" in shown
    assert "Комиссию назначили." in shown
    assert offices.state("u") == "closed"
    page.done("erase", case, why="так просили")
    offices.pass_hour()
    offices.work("v").erase(offices.case("v"), "")
    offices.pass_hour()
    assert case not in page.board()
    assert "1 дело стёрто" in page.board()


def test_what_cannot_be_done_is_said_and_nothing_changes(page: Page, offices: Offices) -> None:
    Family(offices).report()
    offices.pass_hour()
    case = offices.case("u").id
    for deed, fields in (
        ("no-such-deed", {}),
        ("take", {"title": "Раненый"}),
        ("erase", {"why": ""}),
        ("fact", {"letter": "x", "what": "sent", "on": "2024-10-03"}),
        ("note", {"text": "а"}),
    ):
        assert 'role="alert"' in page.do(deed, case, **fields), deed
    assert 'role="alert"' in page.do("note", "0" * 32, text="а")
    page.done("take", case, title="Раненый", holder=[offices.key("v")])
    # a letter that would get no answer is refused in the reader's language
    told = page.do(
        "letter", case, template="medical-board", to="ru.medical-board", way="email", sender="home"
    )
    assert words("ru").refusal("way-not-accepted") in told
    assert offices.state("u") == "taken"
    # and so is what the desk itself says, whatever holes it has
    assert "Выберите письмо." in page.do("grade", case, letter="")
    assert "Choose the letter." in page.ask("/do", deed="grade", case=case, lang="en").text
    offices.desks["u"].fault = DeskFault("%(node)s does not answer", node="<b>")
    assert "&lt;b&gt; не отвечает." in page.ask("/view", view="search").text


def test_a_familys_picture_is_shown_as_pixels_and_its_file_is_saved_as_it_came(
    page: Page, offices: Offices
) -> None:
    raw = photo()
    blob = blobs.make(raw)
    named = File(
        blob.id, blob.key, "../..\u2044=1+1.jpg", "image/jpeg", len(raw), sum_of(raw), "clean"
    )
    Family(offices).report(files=(named,), blobs=[Blob(blob.id, blob.bucket)])
    node = offices.of_group
    assert node.ask("PUT", f"/blob/{blob.id}/list", blob.hashes).status_code == 200
    for number, chunk in enumerate(blob.chunks):
        assert node.ask("PUT", f"/blob/{blob.id}/{number}", chunk).status_code == 200
    offices.pass_hour()
    case = offices.case("u").id
    shown = page.ask("/view", view="case", case=case).text
    assert 'data-name="file-1.bin"' in shown
    assert PLACE in raw
    seen = page.ask("/picture", case=case, no=blob.id)
    assert seen.content.startswith(b"\x89PNG")
    assert PLACE not in seen.content
    saved = page.ask("/file", case=case, no=blob.id)
    assert saved.content == raw
    assert saved.headers["content-type"] == "application/octet-stream"
    assert page.ask("/file", case=case, no="0" * 64).status_code == 422
