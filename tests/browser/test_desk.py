"""A caseworker at her desk, in a browser on her own machine."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from browser.conftest import PHONE
from browser.test_pages import AXE_RULES
from cases.nodes import OfGroup
from desk.offices import PASSPHRASE, Family, Offices
from wayhome.desk.app import Door
from wayhome.desk.desk import Desk
from wayhome.deskserving import desk_pages

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Made = TypeVar("Made")
STORY = "Мужа ранили в ноге.\nЕго <b>возвращают</b> в часть без комиссии. <script>alert(1)</script>"


@contextmanager
def served(desk: Desk) -> Iterator[tuple[str, Door]]:
    """Serve a desk in a thread of its own."""
    door, ready = Door(), threading.Event()
    told: list[str] = []
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with desk_pages(desk, door) as address:
            told.append(address)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(20)
    try:
        yield told[0], door
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Offices]:
    def made() -> Offices:
        return Offices(OfGroup(tmp_path / "node"), tmp_path / "desks")

    found = elsewhere(made)
    yield found
    for desk in found.desks.values():
        desk.lock()
    found.of_group.node.close()


def elsewhere(do: Callable[[], Made]) -> Made:
    """Do it in another thread: playwright has a loop in this one."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(do).result()


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_a_caseworker_opens_takes_answers_and_locks(  # noqa: PLR0915 - one visit
    browser: Browser, offices: Offices, lang: str
) -> None:
    def begin() -> None:
        Family(offices).report(STORY)
        Family(offices).report("Другая история.", kind="mobilised-student")
        offices.pass_hour()
        offices.desks["u"].lock()

    elsewhere(begin)
    complaints: list[str] = []
    with served(offices.desks["u"]) as (address, door):
        context = browser.new_context(viewport=PHONE, locale="ru-RU")
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("console", lambda line: complaints.append(line.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda one: _see(one.url, address, complaints))
        page.goto(f"http://{address}/{lang}#{door.start}")
        page.locator("#passphrase").fill(PASSPHRASE)
        assert page.url == f"http://{address}/{lang}"
        clean(page)
        page.locator("form button").click()
        expect(page.locator("#waiting")).to_be_visible()
        clean(page)
        expect(page.locator("article")).to_have_count(2)
        page.locator("#search").fill("без КОМИССИИ")
        page.locator("form[data-view=search] button").click()
        expect(page.locator("article")).to_have_count(1)
        page.locator("article a").click()
        expect(page.locator(".told", has_text="<script>alert(1)</script>")).to_be_visible()
        page.locator("form[data-deed=take]").locator("..").locator("summary").click()
        page.locator("#title").fill("Раненый")
        page.locator("form[data-deed=take] button").click()
        expect(page.locator("h1", has_text="Раненый")).to_be_visible()
        page.locator("form[data-deed=reply]").locator("..").locator("summary").click()
        page.locator("#reply-text").fill("Мы пишем в комиссию.")
        page.locator("form[data-deed=reply] button").click()
        expect(page.locator(".told", has_text="Мы пишем в комиссию.")).to_be_visible()
        clean(page)
        page.locator("[data-view=lock]").click()
        expect(page.locator("#passphrase")).to_be_visible()
        assert "Раненый" not in page.content()
        assert context.cookies() == []
        assert (
            page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length")
            == 0
        )
        page.reload()
        expect(page.locator("h1")).to_be_visible()
        assert page.locator("#passphrase").count() == 0
        context.close()
    assert [one for one in complaints if "401" not in one] == []


def clean(page: Page) -> None:
    """See that the page fits a phone and that axe finds nothing."""
    found = Axe().run(page, options={"runOnly": AXE_RULES})
    assert found.response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def _see(url: str, address: str, complaints: list[str]) -> None:
    if not url.startswith((f"http://{address}/", "blob:")):
        complaints.append(f"foreign request: {url}")
