"""Take the pictures of docs/pictures: `./run screenshots`. A real network, a real signature."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from browser.conftest import CHROMIUM, FLAGS, PHONE
from network import Network, running_network

SIGNERS = 200
SIZES = {"360": PHONE, "desktop": {"width": 1280, "height": 900}}
LANGUAGES = {"360": "ru", "desktop": "en"}
READ = {
    "home": "index",
    "petition": "petition/{id}",
    "count": "petition/{id}/count",
    "groups": "groups",
    "recount": "recount",
}


@dataclass(frozen=True)
class Album:
    """Where pictures are put, and of what network."""

    folder: Path
    network: Network
    browser: Browser

    def take_all(self) -> None:
        for size in SIZES:
            lang = LANGUAGES[size]
            for name, path in READ.items():
                with self._opened(size, path) as page:
                    self._take(page, f"{name}-{size}-{lang}")
            self._sign(size, lang)

    def _sign(self, size: str, lang: str) -> None:
        with self._opened(size, "petition/{id}") as page:
            fields = page.locator("#sign .code")
            fields.first.wait_for()
            page.locator("#sign").scroll_into_view_if_needed()
            for i, code in enumerate(self.network.voucher(0, 1)):
                fields.nth(i).fill(code.replace("-", " "))
            page.locator("#sign").screenshot(path=self.folder / f"sign-{size}-{lang}.png")
            page.locator("#sign").get_by_role("button").last.click()
            page.locator("#sign .done").wait_for()
            self._take(page, f"signed-{size}-{lang}")

    def _take(self, page: Page, name: str) -> None:
        page.screenshot(path=self.folder / f"{name}.png")
        sys.stderr.write(f"{name}.png\n")

    @contextmanager
    def _opened(self, size: str, path: str) -> Iterator[Page]:
        context = self.browser.new_context(
            viewport=SIZES[size],  # type: ignore[arg-type] # a width and a height
            device_scale_factor=1,
            is_mobile=size == "360",
            timezone_id="Europe/Moscow",
        )
        page = context.new_page()
        page.clock.set_fixed_time(self.network.demo.clock())
        way = path.format(id=self.network.petition)
        address = self.network.groups[0].address
        page.goto(f"{address}/{LANGUAGES[size]}/{way}.html", wait_until="networkidle")
        yield page
        context.close()


def main(folder: Path) -> None:
    """Start a network, open its pages, and put their pictures into ``folder``."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with (
        TemporaryDirectory() as data,
        running_network(Path(data), SIGNERS) as network,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        Album(folder, network, browser).take_all()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
