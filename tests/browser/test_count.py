"""A phone counts a petition by itself: what it is told, what it finds, and whom it asks."""

import json
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from browser.access import broken
from browser.conftest import SIGNERS, Visitor
from network import Network
from wayhome.petition.kinds import signature

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAME = {"ru": "Узел говорит то же самое", "en": "The node says the same"}
OTHER = {
    "ru": "Узел говорит не то, что его записи",
    "en": "The node says something else than its records",
}
COUNTED = {
    "ru": "В счёте: узел говорит {}, по его записям {}",
    "en": "Counted: the node says {}, its records give {}",
}
TIMES = {"ru": "По времени: не совпадает", "en": "By time: not the same"}
SIG = {"ru": "Подпись автора не сходится.", "en": "The signature of its author does not fit."}


def published(network: Network) -> dict[str, int]:
    way = f"/petition/{network.petition}/tally.json"
    found: dict[str, int] = httpx.get(
        network.groups[0].address + way, trust_env=False, timeout=120
    ).json()
    return found


def changed(page: Page, end: str, change: Callable[[str], str]) -> None:
    """Let the node that the page is of answer otherwise at one door; others stay honest."""
    own = urlsplit(page.url).netloc

    def answer(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=change(response.text()))

    page.route(lambda url: urlsplit(url).netloc == own and url.endswith(end), answer)


def is_signature_nobody_took_back(line: str, sheet: str) -> bool:
    """Without its signature a withdrawal would be refused too, and the story is of one line."""
    author = re.search('"pubkey":"[0-9a-f]{64}"', line)
    signs = f'"kind":{signature.NUMBER},' in line
    return signs and author is not None and sheet.count(author[0]) == 1


def opened(visitor: Visitor, lang: str) -> Page:
    page = visitor.open(f"/{lang}/petition/{visitor.network.petition}/count.html")
    expect(page.locator("#count-here .hint")).to_contain_text(re.compile(r"\d (s|с|min|мин)"))
    return page


def count(page: Page) -> None:
    page.locator("#count-here button").click()
    expect(page.locator("#count-here [role=status]")).to_have_text(re.compile("Готово|Done"))


def is_sound(page: Page) -> None:
    assert broken(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_a_phone_counts_what_its_node_says_and_asks_only_nodes_of_the_page(
    visitor: Visitor, network: Network, lang: str
) -> None:
    asked: list[tuple[str, str, str]] = []
    visitor.context.on(
        "request", lambda one: asked.append((one.method, urlsplit(one.url).netloc, one.url))
    )
    page = opened(visitor, lang)
    is_sound(page)
    asked.clear()
    count(page)
    here = page.locator("#count-here")
    expect(here).to_contain_text(SAME[lang])
    expect(here.locator("h3").first).to_contain_text(str(published(network)["counted"]))
    assert published(network)["counted"] >= SIGNERS
    is_sound(page)
    nodes = {urlsplit(group.address).netloc for group in network.groups}
    ends = {f"/petition/{network.petition}/{one}" for one in ("sheet.jsonl", "tally.json")}
    assert {method for method, _, _ in asked} == {"GET"}
    assert {node for _, node, _ in asked} <= nodes
    assert len({node for _, node, _ in asked}) == 2
    assert {urlsplit(url).path for _, _, url in asked} == ends
    assert visitor.stored(page) == []


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_a_node_that_publishes_another_number_is_named(
    visitor: Visitor, network: Network, lang: str
) -> None:
    true = published(network)["counted"]

    def more(text: str) -> str:
        return json.dumps(json.loads(text) | {"counted": true + 1000})

    page = opened(visitor, lang)
    changed(page, "/tally.json", more)
    count(page)
    here = page.locator("#count-here")
    expect(here).to_contain_text(OTHER[lang])
    expect(here.locator("li")).to_have_text([COUNTED[lang].format(true + 1000, true)])
    is_sound(page)


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_a_forged_line_is_refused_with_its_reason_and_the_other_nodes_true_one_counts(
    visitor: Visitor, network: Network, lang: str
) -> None:
    true = published(network)["counted"]

    def forged(text: str) -> str:
        lines = text.splitlines(keepends=True)
        at = next(i for i, one in enumerate(lines) if is_signature_nobody_took_back(one, text))
        lines[at] = re.sub(
            '"sig":"(.)', lambda m: f'"sig":"{"1" if m[1] == "0" else "0"}', lines[at]
        )
        return "".join(lines)

    page = opened(visitor, lang)
    changed(page, "/sheet.jsonl", forged)
    count(page)
    here = page.locator("#count-here")
    expect(here.locator("ul").first).to_have_text(f"1 · {SIG[lang]}")
    expect(here).to_contain_text(OTHER[lang])
    expect(here).to_contain_text(COUNTED[lang].format(true, true - 1))
    expect(here).to_contain_text(TIMES[lang])
    expect(here.locator("p.note")).to_contain_text(re.compile(rf"{true}\.$"))
    is_sound(page)
