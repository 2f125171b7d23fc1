"""A copy of the site on a plain web space: a person signs on it, and reads it from a stick."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.conftest import PHONE, Visitor
from mirror.copies import SECRET
from mirror.webspace import web_space
from network import Network
from wayhome.mirror.folder import Folder
from wayhome.mirror.writing import write_mirror

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@dataclass(frozen=True)
class Copy:
    """A mirror of the first group's node: its folder, and where a web space serves it."""

    folder: Path
    address: str  # under another name than the nodes', without encryption

    def page(self, visitor: Visitor, path: str) -> Page:
        page = visitor.context.new_page()
        page.clock.set_fixed_time(visitor.network.demo.clock())
        page.on("console", lambda line: visitor.complaints.append(f"console: {line.text}"))
        page.on("pageerror", lambda error: visitor.complaints.append(f"script error: {error}"))
        page.on("request", lambda request: visitor._see(request.url))  # noqa: SLF001 - the same watch
        page.goto(f"{self.address}{path}")
        return page


@pytest.fixture(scope="module")
def copy(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    network.pass_window()
    node = network.groups[0].node
    assert node is not None
    folder = tmp_path_factory.mktemp("mirror") / "copy"
    write_mirror(node.site, Folder(folder), SECRET, lambda *_: None)
    with web_space(folder) as address:
        yield Copy(folder, address.replace("127.0.0.1", "plain.test"))


def counted(network: Network) -> int:
    node = network.groups[1].node
    assert node is not None
    return node.site.count(network.petition).counted


def test_a_person_signs_on_a_copy_and_desks_and_nodes_take_it(
    visitor: Visitor, network: Network, copy: Copy
) -> None:
    before = counted(network)
    page = copy.page(visitor, f"/ru/petition/{network.petition}.html")
    assert page.evaluate("[isSecureContext, typeof crypto.subtle]") == [False, "undefined"]
    expect(page.locator("#sign .code")).to_have_count(2)
    expect(page.locator("#sign")).to_contain_text("Этот адрес без шифрования")
    for place, code in enumerate(network.voucher(0, 1)):
        page.locator("#sign .code").nth(place).fill(code)
    page.locator("#sign").get_by_role("button", name="Подписать", exact=True).click()
    expect(page.locator("#sign")).to_contain_text("Ваша подпись принята двумя узлами")
    network.pass_window()
    assert counted(network) == before + 1
    again = copy.page(visitor, f"/ru/petition/{network.petition}.html")
    expect(again.locator("#sign")).to_contain_text("В памяти этой страницы о ней больше ничего нет")
    assert visitor.stored(again) == []


def test_nothing_of_a_signature_is_asked_of_the_web_space(
    visitor: Visitor, network: Network, copy: Copy
) -> None:
    asked: list[str] = []
    visitor.context.on("request", lambda request: asked.append(request.url))
    page = copy.page(visitor, f"/en/petition/{network.petition}.html")
    expect(page.locator("#sign .code")).to_have_count(2)
    of_copy = {url.removeprefix(copy.address) for url in asked if url.startswith(copy.address)}
    assert all(re.match(r"/(static|en/petition)/[^?]*$", path) for path in of_copy), of_copy


def test_the_address_on_a_slip_leads_to_the_form_with_its_code(
    visitor: Visitor, network: Network, copy: Copy
) -> None:
    code = network.voucher(0)[0].replace("-", "")
    page = copy.page(visitor, f"/s/{network.petition[:16]}#{code}")
    expect(page.locator("#sign .code").first).to_have_value(re.compile(r"^\d{6}"))
    assert "#" not in page.url


def test_from_a_stick_it_reads_and_looks_right(browser: Browser, copy: Copy) -> None:
    context = browser.new_context(viewport=PHONE)
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda line: complaints.append(line.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{copy.folder.as_uri()}/index.html")
    page.get_by_role("link", name="Русский").click()
    page.get_by_role("link", name="Тексты", exact=True).click()
    expect(page.locator("h1")).to_have_text("Тексты")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(251, 250, 246)"
    expect(page.locator("h1")).to_have_css("font-family", re.compile("Golos Text"))
    page.locator("article h2 a").first.click()
    expect(page.locator("footer")).to_contain_text("Это копия.")
    assert complaints == []
    context.close()
