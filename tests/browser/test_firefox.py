"""Firefox, with Tor Browser's guard against fingerprints: what a family and a signer do there."""

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from browser.families import CANARY
from browser.firefox import FIREFOX, LIKE_TOR, Firefox, firefox
from helping import helping
from network import running_network
from wayhome.cases import said

pytestmark = [pytest.mark.slow]
CAMERA, TURNED, ON_ITS_SIDE = 0x010F, 0x0112, 6


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Firefox]:
    if FIREFOX is None:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say("this story needs Firefox: apt install firefox-esr")
    with firefox(tmp_path / "profile", LIKE_TOR) as running:
        yield running


def photograph() -> bytes:
    """A picture of many colours, from a camera that was held upright."""
    picture, exif, file = Image.radial_gradient("L").convert("RGB"), Image.Exif(), io.BytesIO()
    exif[CAMERA], exif[TURNED] = "KANAREIKA", ON_ITS_SIDE
    picture.save(file, "jpeg", exif=exif)
    return file.getvalue()


def chosen(browser: Firefox) -> list[object]:
    """What it keeps of forms; a page without any has nothing at all there."""
    state = json.loads(browser.kept())
    return [
        entry["formdata"]
        for window in state["windows"]
        for entry in window["tabs"]
        if "formdata" in entry
    ]


@pytest.mark.browser
def test_a_photograph_comes_as_it_was_taken_and_without_its_camera(
    browser: Firefox, tmp_path: Path
) -> None:
    photo = tmp_path / "board.jpg"
    photo.write_bytes(photograph())
    with helping(tmp_path / "nodes") as group:
        browser.open(f"{group.addresses[0]}/en/help.html")
        browser.until("document.querySelector('#story')")
        browser.run("document.querySelector('#kind-wounded-sent-back').click()")
        browser.type("#story", CANARY)
        browser.type("#files", str(photo))
        browser.says("#help", "a clean copy goes; removed: camera model")
        browser.run("document.querySelector('#sender-caseworker').click()")
        assert chosen(browser) == []
        assert CANARY not in browser.kept()
        browser.press("Look at it once more")
        browser.press("Seal and send")
        browser.until("document.querySelectorAll('.receipt li').length === 8")
        group.pass_hour()
        (report,) = group.read(group.workers[0].identity)
        assert isinstance(report.said, said.Report)
        copy = group.file(report.said.files[0])
    with Image.open(photo) as taken, Image.open(io.BytesIO(copy)) as came:
        assert ImageChops.difference(taken, came).getbbox() is None
        assert dict(came.getexif()) == {TURNED: ON_ITS_SIDE}
    assert b"KANAREIKA" not in copy


@pytest.mark.soak  # as it is done in Chromium, by the same script
def test_a_person_signs_and_counts(browser: Firefox, tmp_path: Path) -> None:
    with running_network(tmp_path / "network", 3) as network:
        page = f"{network.groups[0].address}/ru/petition/{network.petition}"
        browser.open(f"{page}.html")
        browser.until("document.querySelectorAll('#sign .code').length === 2")
        for place, code in enumerate(network.voucher(0, 1)):
            browser.type(f".field:nth-of-type({place + 1}) .code", code)
        browser.run("document.querySelector('#trace-1').click()")
        assert chosen(browser) == []
        browser.press("Подписать")
        browser.says("#sign", "Ваша подпись принята двумя узлами")
        network.pass_window()
        browser.open(f"{page}/count.html")
        browser.press("Пересчитать на этом телефоне")
        browser.says("#count-here", "Узел говорит то же самое")
        browser.says("#count-here", "Этот телефон насчитал 4")
