"""A family asks for help on a phone and comes back; a node has nothing but envelopes of it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.conftest import CHROMIUM, FLAGS, PHONE
from browser.families import (
    CANARY,
    SEND,
    Family,
    clean,
    come_back,
    fill,
    has_words,
    photograph,
    press,
    size_of,
    type_back,
    words_of,
)
from helping import Helping
from wayhome.cases import said
from wayhome.crypto import receipts

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAME_CANARY = "kanareika-imya"
TOLD_LATER = "Мы запечатали имя и адрес для хранителей имён."
DONE = {"ru": "Обращение в пути", "en": "The report is on its way"}


def write_and_type_back(page: Page, lang: str) -> str:
    expect(page.locator("#story")).to_be_visible()
    assert clean(page) == []
    fill(page)
    press(page, lang)
    words = words_of(page)
    assert clean(page) == []
    type_back(page, words, lang)
    expect(page.locator("#help")).to_contain_text(DONE[lang])
    assert CANARY not in page.content()
    return words


FAULTS = {
    "no charters": "**/envelopes/*.json",
    "no list of words": "**/static/words-ru*.txt",
    "no script": "**/static/report*.js",
    "no node takes it": "**/records",
}
BROKEN = {
    "no streams": "delete window.TransformStream",
    "no random numbers": "crypto.getRandomValues = () => { throw new Error('none') }",
    "no numbers large enough": "window.BigInt = undefined",
}


@pytest.mark.parametrize("fault", [*FAULTS, *BROKEN])
def test_whatever_fails_nothing_leaves_the_phone_in_plain(family: Family, fault: str) -> None:
    family.allowed = ("",)  # a broken browser complains
    if fault in FAULTS:
        family.context.route(FAULTS[fault], lambda route: route.abort())
    else:
        family.context.add_init_script(BROKEN[fault])
    page = family.open("en")
    if fault in ("no node takes it", "no random numbers", "no numbers large enough"):
        story = page.locator("#story")
        if fault != "no numbers large enough" or story.count():
            fill(page)
            press(page, "en")
    said_so = re.compile("cannot seal|cannot be sealed|Nothing was sent|No node has taken it")
    expect(page.locator("#help")).to_contain_text(said_so)
    assert page.locator(".receipt").count() == 0
    assert CANARY.encode() not in family.sent() + family.group.written()
    assert not any(one.method != "GET" for one in family.asked if "records" not in one.url)


def test_what_no_node_takes_can_be_saved_sealed_and_handed_in_later(
    family: Family, tmp_path: Path
) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF-1.4 KANAREIKA" * 20_000)
    family.allowed = ("Failed to load resource",)
    family.context.route("**/records", lambda route: route.abort())
    page = family.open("en")
    page.locator("#files").set_input_files(paper)
    fill(page)
    press(page, "en")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save the sealed file").click()
    words_of(page)
    file = Path(saving.value.path())
    assert not any(one in file.read_bytes() for one in (CANARY.encode(), b"KANAREIKA"))
    family.context.unroute("**/records")
    again = family.open("en")
    again.locator("#sealed-file").set_input_files(file)
    again.get_by_role("button", name="Hand it in").click()
    expect(again.locator("#handed-in")).to_contain_text("durable")
    family.group.pass_hour()
    (body,) = family.group.read(family.group.workers[0].identity)
    assert isinstance(body.said, said.Report)
    assert family.group.file(body.said.files[0]) == paper.read_bytes()


def test_by_plain_http_it_warns_first_and_asks_for_no_name(family: Family) -> None:
    page = family.open("en", plain=True)
    expect(page.locator("#help")).to_contain_text("This address has no encryption")
    assert page.locator("#story").count() == 0
    page.get_by_role("button", name="I understand").click()
    assert page.evaluate("[isSecureContext, typeof crypto.subtle]") == [False, "undefined"]
    page.locator("#sender-caseworker").check()
    expect(page.locator("#help")).to_contain_text("Your name is not asked for here")
    assert page.locator("#name, #address, #phone").count() == 0
    fill(page)
    press(page, "en")
    words_of(page)


def test_caseworkers_who_changed_meanwhile_are_shown_before_it_goes(family: Family) -> None:
    family.allowed = ("status of 400",)
    page = family.open("en")
    fill(page)
    family.group.amend()
    press(page, "en")
    expect(page.locator("#help")).to_contain_text("have changed meanwhile. Your text is kept")
    expect(page.locator("#story")).to_have_value(CANARY)
    press(page, "en")
    words_of(page)
    family.group.pass_hour()
    (body,) = family.group.read(family.group.workers[0].identity)
    assert isinstance(body.said, said.Report)


def test_a_photograph_goes_as_a_clean_copy_and_its_original_for_custodians(
    family: Family, tmp_path: Path
) -> None:
    group, page = family.group, family.open("en")
    photo, paper = tmp_path / "board.jpg", tmp_path / "paper.pdf"
    photo.write_bytes(photograph(page))
    paper.write_bytes(b"%PDF-1.4 KANAREIKA")
    page.locator("#files").set_input_files([photo, paper])
    told = re.compile("removed: camera model, place.*goes sealed as it is", re.DOTALL)
    expect(page.locator("#help")).to_contain_text(told)
    fill(page)
    page.locator("#sender-caseworker").check()
    page.locator("#name").fill(NAME_CANARY)
    press(page, "en")
    words = words_of(page)
    group.pass_hour()
    (report,) = group.read(group.workers[0].identity)
    assert isinstance(report.said, said.Report)
    clean_copy, document = report.said.files
    assert b"Exif" not in group.file(clean_copy)
    assert size_of(group.file(clean_copy)) == (20, 40), "it stands upright"
    assert group.file(document) == paper.read_bytes()
    (person,) = (one.said for one in group.read(group.workers[1].vault))
    assert isinstance(person, said.PersonalDetails)
    assert group.file(person.originals[0]) == photo.read_bytes()
    adds_later(family, words, photo)
    here = family.sent() + group.written()
    assert not any(one in here for one in (b"KANAREIKA", NAME_CANARY.encode(), CANARY.encode()))


def adds_later(family: Family, words: str, photo: Path) -> None:
    """Come back: a photograph and a name go with the next message as they do with a report."""
    group = family.group
    case = group.reply("Письмо готово.", asks=("Пришлите справку.",))
    page = family.open("ru")
    come_back(page, words, "ru")
    expect(page.locator("#help .meta").first).to_contain_text("26 ноября 2026 г. ·")
    expect(page.locator("#help")).to_contain_text("Пришлите справку.")
    page.locator("#files").set_input_files(photo)
    page.locator("#help summary", has_text="Назвать имя и адрес").click()
    page.locator("#name").fill(NAME_CANARY)
    assert clean(page) == []
    page.get_by_role("button", name=SEND["ru"]).click()
    expect(page.locator("#help .done")).to_be_visible()
    group.pass_hour()
    (message,) = group.read(case)
    assert isinstance(message.said, said.Message)
    assert (message.said.n, message.said.text) == (4, TOLD_LATER)
    assert size_of(group.file(message.said.files[0])) == (20, 40)
    (who,) = (one.said for one in group.read(group.workers[2].vault) if one.said.n > 2)
    assert isinstance(who, said.PersonalDetails)
    assert (who.n, who.name) == (5, NAME_CANARY)
    assert group.file(who.originals[0]) == photo.read_bytes()


def test_leaving_wipes_and_a_slip_in_the_words_asks_no_node(family: Family) -> None:
    page = family.open("en")
    fill(page)
    before = len(family.asked)
    come_back(page, "абракадабра " * 8, "en")
    expect(page.locator("#return-words-error")).to_contain_text("Word 1 is not in the list")
    assert len(family.asked) == before
    page.goto(f"{family.group.addresses[0]}/en/about.html")
    page.go_back()
    expect(page.locator("#story")).to_have_value("")


def test_right_wrong_and_unanswered_words_ask_for_the_same(family: Family) -> None:
    page = family.open("en")
    fill(page)
    press(page, "en")
    words = words_of(page)
    group = family.group
    group.pass_hour()
    stranger = " ".join(receipts.write(receipts.new_code(), "en"))
    asked = []
    for typed, is_answered in ((words, False), (stranger, False), (words, True)):
        if is_answered:
            group.reply("An answer.")
        page = family.open("en")
        expect(page.locator("#return-words")).to_be_visible()
        page.wait_for_load_state("networkidle")
        family.asked.clear()
        come_back(page, typed, "en")
        expect(page.locator("#help h3").first).to_contain_text("answer")
        asked.append([(one.method, one.url) for one in family.asked])
    assert asked[0] == asked[1] == asked[2]
    assert [url.rpartition("/")[2] for _, url in asked[0]] == ["slots", "0.jsonl"]


def test_nothing_of_a_report_is_in_the_profile_afterwards(
    group: Helping, tmp_path: Path, browser: Browser
) -> None:
    profile = tmp_path / "profile"
    context = browser.browser_type.launch_persistent_context(
        str(profile), executable_path=CHROMIUM, args=FLAGS, viewport=PHONE
    )
    phone = Family(group, context)
    page = phone.open("ru")
    words = write_and_type_back(page, "ru")
    page.close()
    context.close()
    kept = b"".join(one.read_bytes() for one in profile.rglob("*") if one.is_file())
    assert b"help.html" in kept  # it looked in the right place
    for coding in ("utf-8", "utf-16-le"):
        assert CANARY.encode(coding) not in kept
        assert not has_words(kept, words, coding)


def test_the_form_as_one_file_seals_without_asking_anybody(
    family: Family, group: Helping, tmp_path: Path
) -> None:
    page = family.open("en")
    with page.expect_download() as saving:
        page.get_by_role("link", name="The form as one file").click()
    file = tmp_path / "help.html"
    saving.value.save_as(file)
    asked: list[str] = []
    alone = family.context.new_page()
    alone.on("request", lambda request: asked.append(request.url))
    alone.goto(file.as_uri())
    fill(alone)
    alone.get_by_role("button", name="Look at it once more").click()
    alone.get_by_role("button", name="Seal it").click()
    with alone.expect_download() as sealing:
        alone.get_by_role("button", name="Save the sealed file").click()
    words_of(alone)
    assert [one for one in asked if not one.startswith("blob:")] == [file.as_uri()]
    again = family.open("en")
    again.locator("#sealed-file").set_input_files(sealing.value.path())
    again.get_by_role("button", name="Hand it in").click()
    expect(again.locator("#handed-in")).to_contain_text("durable")
    group.pass_hour()
    (body,) = group.read(group.workers[0].identity)
    assert isinstance(body.said, said.Report)
