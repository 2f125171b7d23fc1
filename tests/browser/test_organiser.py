"""An organiser's desk in a browser: she opens her key, reads, signs, writes in two languages."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.conftest import PHONE
from browser.desks import served
from browser.families import clean
from cases.nodes import OfGroup
from desk.speakers import Speakers
from wayhome.records.record import Record

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def begun(folder: Path) -> tuple[Speakers, Record]:
    """A group whose node has what another organiser proposed."""
    of_group = OfGroup(folder / "node")
    speakers = Speakers(of_group, folder / "anna")
    waiting = speakers.proposed("Мы **требуем** срок.", title="Срок")
    of_group.take([waiting])
    return speakers, waiting


def go(page: Page, what: str) -> None:
    page.locator(what).click()
    expect(page.locator("main[aria-busy]")).to_have_count(0)
    assert page.locator("[role=alert]").all_inner_texts() == []
    assert clean(page) == []


def test_an_organiser_signs_what_waits_and_writes(  # noqa: PLR0915 - a day
    tmp_path: Path, browser: Browser
) -> None:
    with ThreadPoolExecutor(1) as aside:  # the browser's loop runs in this thread
        speakers, waiting = aside.submit(begun, tmp_path).result()
    context = browser.new_context(viewport=PHONE, is_mobile=True)
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda line: complaints.append(line.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    with served(None, speakers.desk) as (address, door):
        page.goto(f"http://{address}/ru#{door.start}")
        page.locator("#passphrase").press("Enter")  # the key of this story has none
        expect(page.locator("h1")).to_have_text("Наша группа")
        go(page, "article a")
        expect(page.locator("article strong")).to_have_text("требуем")
        go(page, "form[data-deed=cosign] button")
        assert speakers.is_official(waiting)

        go(page, "[data-view=texts]")
        go(page, "form[data-view=write] button")
        for name, text in {"title-ru": "Верните", "text-ru": "Слово", "title-en": "Back"}.items():
            page.locator(f"[name={name}]").fill(text)
        page.locator("form[data-view=preview] button").click()
        expect(page.locator("[role=alert]")).to_be_focused()  # there is no text in English
        page.locator("[name=text-en]").fill("A word")
        go(page, "form[data-view=preview] button")
        go(page, "form[data-deed=speak] button")
        expect(page.locator("main .card")).to_have_count(2)
        with page.expect_download() as saving:
            page.locator("[data-save='/carry']").first.click()
        assert saving.value.suggested_filename.endswith(".jsonl")
        assert len(speakers.desk.known.records) > 5
        for view in ("links", "charter", "vouchers", "group"):
            go(page, f"nav [data-view={view}]")
        carried = saving.value.path()
        page.locator("#file").set_input_files(carried)
        go(page, "form[data-deed=add-file] button")
        page.locator("[data-view=lock]").click()
        expect(page.locator("#passphrase")).to_be_visible()
    assert complaints == []
    context.close()
    speakers.of_group.node.close()
