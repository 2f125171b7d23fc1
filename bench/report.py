"""Report: three photographs from a phone's browser, until nodes have made all of it durable.

    ./run bench report [--runs N] [--slow N]

Two real nodes on this machine, so that transfer costs next to nothing; Chromium with a phone's
screen, and with `--slow` on a processor that is so many times slower. Printed: the seconds from the
choice of the photographs until they are drawn anew, and from the button until the words are shown;
and the bytes of the page with all it needs but fonts, as they go over the line.
"""

import json
import random
import statistics
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path

import click
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from browser.conftest import CHROMIUM, FLAGS, PHONE
from browser.families import Family, fill, words_of
from helping import Helping, helping

PHOTOS, SIZE = 3, (4_000, 3_000)  # twelve megapixels, as phones have
WORKERS = 8  # of a group, custodians all: more hybrid ones a charter cannot name
SECONDS, BYTES = 3.0, 120_000  # what is to be reached


def photograph(seed: int) -> bytes:
    """Make a JPEG of some megabytes: coarse noise, which is as hard to pack as leaves."""
    chance = random.Random(seed)  # noqa: S311 - a picture, not a secret
    coarse = Image.frombytes("RGB", (800, 600), chance.randbytes(800 * 600 * 3))
    made = BytesIO()
    coarse.resize(SIZE, Image.Resampling.BILINEAR).save(made, "JPEG", quality=88)
    return made.getvalue()


def reported(page: Page, photos: list[Path]) -> tuple[float, float]:
    """Report once; give the seconds until the photographs are drawn, and until all is durable."""
    page.locator("#story").wait_for()
    begun = time.perf_counter()
    page.locator("#files").set_input_files(photos)
    page.locator("#help small", has_text="a clean copy goes").nth(PHOTOS - 1).wait_for()
    drawn = time.perf_counter() - begun
    fill(page)
    page.get_by_role("button", name="Look at it once more").click()
    send = page.get_by_role("button", name="Seal and send")
    send.wait_for()
    begun = time.perf_counter()
    send.click()
    words_of(page)
    return drawn, time.perf_counter() - begun


def weighed(context: BrowserContext, group: Helping) -> dict[str, int]:
    """Open the page once with an empty cache; give the bytes of its parts over the line."""
    asked: list[Request] = []
    page = context.new_page()
    page.clock.set_fixed_time(group.now)
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - a bound append fails there
    page.goto(f"{group.addresses[0]}/en/help.html", wait_until="networkidle")
    page.locator("#story").wait_for()
    found = {one.url.rpartition("/")[2]: one.sizes()["responseBodySize"] for one in asked}
    page.close()
    return {name: size for name, size in found.items() if not name.endswith(".woff2")}


def phone(browser: Browser, slow: int) -> BrowserContext:
    """Give a phone's browser; each page of it runs so many times slower."""
    context = browser.new_context(viewport=PHONE, device_scale_factor=2, is_mobile=True)  # type: ignore[arg-type] # a width and a height

    def slower(page: Page) -> None:
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slow})

    context.on("page", slower)
    return context


@click.command()
@click.option("--runs", default=5, show_default=True)
@click.option("--slow", default=1, show_default=True, help="How many times slower than this core.")
def main(runs: int, slow: int) -> None:
    """Measure and print."""
    if CHROMIUM is None:
        sys.exit("there is no Chromium: apt install chromium, or set WAYHOME_CHROMIUM")
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        folder = Path(made)
        photos = [folder / f"{i}.jpg" for i in range(PHOTOS)]
        for i, path in enumerate(photos):
            path.write_bytes(photograph(i))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with helping(folder / "nodes", WORKERS) as group:
            parts = weighed(phone(browser, 1), group)
            family = Family(group, phone(browser, slow))
            times = [reported(family.open("en"), photos) for _ in range(runs)]
            sent = sum(len(one.post_data_buffer or b"") for one in family.asked) // runs
        sizes = [path.stat().st_size for path in photos]
        browser.close()
    drawn, durable = (statistics.median(each) for each in zip(*times, strict=True))
    print(
        json.dumps(
            {
                "photographs": sizes,
                "times slower": slow,
                "caseworkers": WORKERS,
                "seconds": {
                    "drawn anew": round(drawn, 2),
                    "sealed and durable": round(durable, 2),
                    "of each run": [[round(one, 2) for one in pair] for pair in times],
                },
                "bytes sent of a report": sent,
                "page without fonts": {"all": sum(parts.values()), **parts},
                "reached": {
                    f"durable within {SECONDS} s": durable <= SECONDS,
                    f"page within {BYTES} bytes": sum(parts.values()) <= BYTES,
                },
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
