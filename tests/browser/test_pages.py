"""Every page, as it is read: without a script, on a narrow screen, aloud, in the dark."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from browser.access import broken
from browser.conftest import Visitor
from network import Network
from wayhome.web.app import DOORS
from wayhome.web.pages import Pages

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}  # all that differ
FIRST_VISIT = 45_000  # bytes over the wire, fonts included
NEXT_PAGE = 10_000
REQUESTS = 5


def paths(network: Network) -> Iterator[str]:
    node = network.groups[0].node
    assert node is not None
    every = Pages(node.site, DOORS).every()
    yield from (f"/{lang}/{path}.html" for lang, path in every if "." not in path)


@pytest.fixture
def page(visitor: Visitor) -> Page:
    return visitor.open("/ru/index.html")


def visit_all(page: Page, network: Network) -> Iterator[str]:
    seen: set[str] = set()
    for path in paths(network):
        kind = path.replace(path.split("/")[-1], "x") if len(path) > 60 else path
        if kind in seen:
            continue  # one of each shape and language
        seen.add(kind)
        page.goto(network.groups[0].address + path)
        yield path


def test_axe_finds_nothing_on_any_page_by_day_or_night(page: Page, network: Network) -> None:
    found = {}
    for path in visit_all(page, network):
        if "/petition/" in path and "/count" not in path:
            expect(page.locator("#sign .code")).to_have_count(2)
        by_day = broken(page)
        page.emulate_media(color_scheme="dark")
        by_night = broken(page, COLOURS)
        page.emulate_media(color_scheme="light")
        if by_day or by_night:
            found[path] = by_day + by_night
    assert found == {}


def test_nothing_sticks_out_on_the_narrowest_screen_with_large_text(
    page: Page, network: Network
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    wide = []
    for path in visit_all(page, network):
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            wide.append(path)
    assert wide == []


def test_every_page_reads_without_a_script(browser: Browser, network: Network) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for _ in visit_all(page, network):
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        expect(page.get_by_role("main")).to_be_visible()
    context.close()


def test_a_first_visit_and_a_next_page_fit_their_budgets(
    browser: Browser, network: Network
) -> None:
    context = browser.new_context()
    page = context.new_page()
    done: list[Request] = []
    page.on("requestfinished", lambda request: done.append(request))  # noqa: PLW0108 - a bound append fails there
    page.goto(f"{network.groups[0].address}/ru/index.html", wait_until="networkidle")
    assert sum(one.sizes()["responseBodySize"] for one in done) <= FIRST_VISIT
    assert len(done) <= REQUESTS
    done.clear()
    page.goto(f"{network.groups[0].address}/ru/groups.html", wait_until="networkidle")
    assert sum(one.sizes()["responseBodySize"] for one in done) <= NEXT_PAGE
    context.close()


def test_the_keyboard_reaches_the_form_past_the_skip_link(
    visitor: Visitor, network: Network
) -> None:
    page = visitor.open(f"/ru/petition/{network.petition}.html")
    expect(page.locator("#sign .code")).to_have_count(2)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", "#main")
    page.locator("#sign .code").first.focus()
    page.keyboard.press("Tab")
    expect(page.locator("#sign .code").nth(1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#sign input[type=radio]:focus")).to_have_count(1)
