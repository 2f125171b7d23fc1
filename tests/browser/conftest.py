"""Chromium, and a running network, for all stories of this folder."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from browser.families import Family
from helping import Helping, helping
from network import Network, running_network

SIGNERS = 12
PATIENCE = 60_000  # milliseconds for what must come; a machine that does other things may need them
CHROMIUM = os.environ.get("WAYHOME_CHROMIUM") or shutil.which("chromium")
# The first match wins: plain.test is a node by plain http, for 127.0.0.1 counts as secure;
# whatever else has a name does not exist, so no request can leave this machine.
RULES = "MAP plain.test 127.0.0.1 , MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"
FLAGS = [
    "--headless",
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules={RULES}",
]
PHONE = {"width": 360, "height": 740}
OF_2020 = Path(__file__).parents[2] / "web" / "test" / "without.mjs"  # takes away what is younger


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with running_network(tmp_path_factory.mktemp("network"), SIGNERS) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say("browser tests need Chromium: apt install chromium, or set WAYHOME_CHROMIUM")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        # Debian's Chromium; playwright brings its own driver and downloads no browser
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@dataclass
class Visitor:
    """A phone with its own storage, whose clock is the network's."""

    network: Network
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)
    allowed: tuple[str, ...] = ()  # console lines that a story brings about itself

    def open(self, path: str, *, plain: bool = False, group: int = 0, ticks: bool = False) -> Page:
        """Open a page of a group's node in a new tab, at the network's time.

        With ``ticks`` its clock goes on and can be moved; otherwise only the date is set.
        """
        page = self.context.new_page()
        if ticks:
            page.clock.install(time=self.network.demo.clock())
        else:
            page.clock.set_fixed_time(self.network.demo.clock())
        page.on("console", lambda line: self.complaints.append(f"console: {line.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("request", lambda request: self._see(request.url))
        host = "plain.test" if plain else "127.0.0.1"
        port = self.network.groups[group].ports[0]
        page.goto(f"http://{host}:{port}{path}")
        return page

    def stored(self, page: Page) -> list[str]:
        """All that this site has put into the browser's storage."""
        found: list[str] = page.evaluate("Object.entries(localStorage).flat()")
        return found

    def unexpected(self) -> list[str]:
        return [one for one in self.complaints if not any(part in one for part in self.allowed)]

    def _see(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "http://plain.test:", "data:", "blob:")):
            self.complaints.append(f"foreign request: {url}")


@pytest.fixture
def visitor(browser: Browser, network: Network) -> Iterator[Visitor]:
    """A visitor whose console stays empty, whose scripts do not fail, who asks no stranger."""
    context = browser.new_context(
        viewport=PHONE,
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        locale="ru-RU",
        timezone_id="Asia/Yekaterinburg",
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(path=OF_2020)
    visiting = Visitor(network, context)
    yield visiting
    context.close()
    assert visiting.unexpected() == []


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Helping]:
    with helping(tmp_path / "nodes") as running:
        yield running


@pytest.fixture
def family(browser: Browser, group: Helping) -> Iterator[Family]:
    context = browser.new_context(
        viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True, locale="ru-RU"
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(path=OF_2020)
    phone = Family(group, context)
    yield phone
    context.close()
    assert phone.complained() == []
