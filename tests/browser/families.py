"""A family's phone: what its page asked and said, and what one does on it."""

import re
import struct
from base64 import b64decode
from dataclasses import dataclass, field
from itertools import pairwise

from playwright.sync_api import BrowserContext, Page, Request, expect

from browser.access import broken, written
from helping import Helping
from wayhome.crypto import receipts

CANARY = "kanareika-rasskaz"  # plain letters: an address or JSON would write others in its own way
NEIGHBOURS = 3  # places apart
SEND = {"ru": "Запечатать и отправить", "en": "Seal and send"}


@dataclass
class Family:
    """A phone: what its page asked, said and complained of."""

    group: Helping
    context: BrowserContext
    asked: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    allowed: tuple[str, ...] = ()

    def open(self, lang: str = "ru", *, plain: bool = False) -> Page:
        page = self.context.new_page()
        page.clock.set_fixed_time(self.group.now)
        page.on("console", lambda line: self.complaints.append(line.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request))  # noqa: PLW0108 - a bound append fails there
        address = self.group.addresses[0]
        if plain:
            address = address.replace("127.0.0.1", "plain.test")
        page.goto(f"{address}/{lang}/help.html")
        return page

    def sent(self) -> bytes:
        """Everything that left the phone: addresses and bodies."""
        return b"\n".join(
            one.url.encode() + b" " + (one.post_data_buffer or b"") for one in self.asked
        )

    def complained(self) -> list[str]:
        return [one for one in self.complaints if not any(part in one for part in self.allowed)]


def fill(page: Page, story: str = CANARY) -> None:
    page.locator("#kind-wounded-sent-back").check()
    page.locator("#answer-board").select_option("no")
    page.locator("#story").fill(story)
    assert written(page) == []


def press(page: Page, lang: str) -> None:
    look = {"ru": "Посмотреть ещё раз", "en": "Look at it once more"}[lang]
    page.get_by_role("button", name=look).click()
    expect(page.locator("#help dl")).to_be_visible()
    page.get_by_role("button", name=SEND[lang]).click()


def words_of(page: Page) -> str:
    expect(page.locator(".receipt li")).to_have_count(8)  # work is done first
    return " ".join(page.locator(".receipt li").all_inner_texts())


def type_back(page: Page, words: str, lang: str) -> None:
    name = {"ru": "Слова записаны", "en": "I have written them down"}[lang]
    page.get_by_role("button", name=name).click()
    page.locator("#typed-back").fill(words)
    finish = {"ru": "Закончить", "en": "Finish"}[lang]
    page.get_by_role("button", name=finish).click()


def has_words(here: bytes, words: str, coding: str) -> bool:
    """Tell whether two words of a receipt stand beside each other; one may be anybody's.

    Two that are neighbours in the list of all words may be anybody's too.
    """
    each = words.split()
    known = [*receipts.word_list("ru"), *receipts.word_list("en")]
    pairs = (
        re.escape(one.encode(coding)) + b".{1,12}?" + re.escape(other.encode(coding))
        for one, other in pairwise(each)
        if abs(known.index(one) - known.index(other)) > NEIGHBOURS
    )
    return any(re.search(pair, here, re.DOTALL) for pair in pairs)


def clean(page: Page) -> list[object]:
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*broken(page), *["too wide"] * wide]


def come_back(page: Page, words: str, lang: str) -> None:
    page.locator("#return-words").fill(words)
    name = {"ru": "Посмотреть, есть ли ответ", "en": "Look for an answer"}[lang]
    page.get_by_role("button", name=name).click()


def photograph(page: Page) -> bytes:
    """A JPEG with a place and a camera that was held upright: 40 by 20, to be turned."""
    drawn = page.evaluate("""() => {
        const canvas = document.createElement("canvas");
        canvas.width = 40; canvas.height = 20;
        const at = canvas.getContext("2d");
        at.fillStyle = "#a00"; at.fillRect(0, 0, 40, 20);
        return canvas.toDataURL("image/jpeg").split(",")[1];
    }""")
    camera, turned, place = (0x010F, 2, 4, 0), (0x0112, 3, 1, 6), (0x8825, 4, 1, 0)
    entries = b"".join(struct.pack("<HHII", *one) for one in (camera, turned, place))
    tiff = b"II*\0" + struct.pack("<IH", 8, 3) + entries + bytes(4) + b"KANAREIKA"
    exif = b"Exif\0\0" + tiff
    raw = b64decode(drawn)
    return raw[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + raw[2:]


def size_of(jpeg: bytes) -> tuple[int, int]:
    """Give the width and height that a JPEG says."""
    frame = re.search(rb"\xff[\xc0-\xc2].{3}(..)(..)", jpeg, re.DOTALL)
    assert frame
    height, width = (int.from_bytes(one) for one in frame.groups())
    return width, height
