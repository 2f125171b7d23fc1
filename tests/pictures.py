"""Take the pictures of docs/pictures: `./run screenshots`. A real network, a real signature."""

import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright
from pypdfium2 import PdfDocument

from browser.conftest import CHROMIUM, FLAGS, PHONE
from browser.desks import served
from cases.nodes import OfGroup
from desk.speakers import OTHERS, Speakers
from network import Network, running_network
from petition_world import secret_key
from wayhome.channel.kinds import post
from wayhome.channel.kinds.post import Post
from wayhome.crypto import keys
from wayhome.democases import PASSPHRASE, Office
from wayhome.desk.charters import Change, amend_group
from wayhome.records.filter import Filter
from wayhome.web.site import Site

SIGNERS = 200
SIZES = {"360": PHONE, "desktop": {"width": 1280, "height": 900}}
DOTS = 96  # of an inch of paper
LONG_ENOUGH = 150  # signs: with one word changed it is close to itself, and still fits a picture
INSTEAD = {"ru": "никогда", "en": "never"}
INVENTED = {
    "ru": "Завтра всем быть на вокзале с вещами и документами, так решили все группы области.",
    "en": "Everybody is to be at the station tomorrow, with papers: all groups have agreed to it.",
}
APPEAL = {"ru": "К министру обороны", "en": "To the Minister of Defence"}
STORY = {
    "ru": "Муж служит больше года, отпуска не было ни разу.",
    "en": "My husband has served for more than a year and has never had leave.",
}
BUTTONS = {
    "ru": {
        "look": "Посмотреть ещё раз",
        "send": "Запечатать и отправить",
        "return": "Посмотреть, есть ли ответ",
    },
    "en": {
        "look": "Look at it once more",
        "send": "Seal and send",
        "return": "Look for an answer",
    },
}
LANGUAGES = {"360": "ru", "desktop": "en"}
READ = {
    "home": "index",
    "petition": "petition/{id}",
    "count": "petition/{id}/count",
    "groups": "groups",
    "group-history": "group/{healed}/history",
    "check": "check",
    "recount": "recount",
    "figures": "help/figures",
}


def invented(folder: Path, lang: str) -> Speakers:
    """A group with an appeal and a new charter that wait for one more sig."""
    speakers = Speakers(OfGroup(folder / "node"), folder / "desk")
    appeal = speakers.proposed(INVENTED[lang], title=APPEAL[lang], lang=lang)
    vera, zoya = (keys.public_key(secret_key(one)) for one in ("vera", "zoya"))
    change = Change(leaves=(vera,), joins=(zoya,))
    made = amend_group(speakers.known, speakers.group, change, OTHERS["olga"], speakers.now)
    speakers.of_group.take([appeal, *made])
    return speakers


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
            self._status(size, lang)
            self._check(size, lang)
            self._sign(size, lang)
            self._report(size, lang)
            self._return(size, lang)
            self._work(size, lang)
            self._organise(size, lang)

    def _status(self, size: str, lang: str) -> None:
        """How a node stands with its peers."""
        with self._opened(size, "node") as page:
            page.locator("h2").nth(1).evaluate("heading => heading.scrollIntoView()")
            self._take(page, f"node-{size}-{lang}")

    def _check(self, size: str, lang: str) -> None:
        """Ask of a true copy, of one with a word changed, and of what nobody signed."""
        text = self._text(lang)
        words = text.split(" ")
        words[len(words) // 2] = INSTEAD[lang]
        asked = {"genuine": text, "altered": " ".join(words), "unknown": INVENTED[lang]}
        for answer, said in asked.items():
            with self._opened(size, "check") as page:
                page.locator("#asked").fill(said)
                page.locator("form button").click()
                page.locator("#answer").wait_for()
                self._take(page, f"check-{answer}-{size}-{lang}")

    def _text(self, lang: str) -> str:
        """A short official text of the demo in this language."""
        site = self._site
        posts = site.reader.find(Filter(kinds=(post.NUMBER,)))
        official = (one for one in posts if site.standing.is_official(one.id))
        own = (one.content for one in official if Post.of(one).lang == lang)
        return min((one for one in own if len(one) > LONG_ENOUGH), key=len)

    @property
    def _site(self) -> Site:
        node = self.network.groups[0].node
        assert node is not None
        return node.site

    @property
    def _healed(self) -> str:
        """A group that was in dispute and is not any more."""
        standing = self._site.standing
        return next(
            group
            for group in standing.groups()
            if any(len(standing.charters[one].prev) > 1 for one in standing.history(group))
        )

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

    def _report(self, size: str, lang: str) -> None:
        """Ask for help, as a family does: the form, and the words that it must write down."""
        with self._opened(size, "help", self._office.address) as page:
            page.locator("#story").wait_for()
            self._take(page, f"help-{size}-{lang}")
            page.locator("#kind-leave").check()
            page.locator("#story").fill(STORY[lang])
            page.locator("#story").scroll_into_view_if_needed()
            self._take(page, f"help-report-{size}-{lang}")
            page.get_by_role("button", name=BUTTONS[lang]["look"]).click()
            page.get_by_role("button", name=BUTTONS[lang]["send"]).click()
            page.locator(".receipt li").nth(7).wait_for()
            self._take(page, f"help-words-{size}-{lang}")

    def _return(self, size: str, lang: str) -> None:
        """Come back with the words of an invented family."""
        household = self._office.households["asked"]
        with self._opened(size, "help", self._office.address) as page:
            page.locator("#return-words").fill(household.words)
            page.get_by_role("button", name=BUTTONS[lang]["return"]).click()
            page.locator("#message").wait_for()
            page.locator("#help h3").first.scroll_into_view_if_needed()
            self._take(page, f"help-return-{size}-{lang}")

    def _work(self, size: str, lang: str) -> None:
        """Open the sample's desk: its board, a case with the sum of its dates, a letter."""
        with ThreadPoolExecutor(1) as other:  # playwright has a loop in this thread
            desk = other.submit(self._office.desk).result()
        desk.lock()
        with served(desk) as (address, door), self._context(size) as page:
            page.goto(f"http://{address}/{lang}#{door.renew()}")
            page.locator("#passphrase").fill(PASSPHRASE)
            page.locator("form button").click()
            page.locator("article").first.wait_for()
            self._take(page, f"desk-board-{size}-{lang}")
            page.locator("section[aria-labelledby=late] a").first.click()
            page.locator("[data-save='/letter']").first.wait_for()
            page.locator("article h3").first.evaluate("at => at.scrollIntoView()")
            self._take(page, f"desk-case-{size}-{lang}")
            if size == "desktop":
                self._letter(page)

    def _organise(self, size: str, lang: str) -> None:
        """An organiser's desk: what waits for her, and a charter beside the one it replaces."""
        with TemporaryDirectory() as data, ThreadPoolExecutor(1) as other:
            speakers = other.submit(invented, Path(data), lang).result()
            with served(None, speakers.desk) as (address, door), self._context(size) as page:
                page.goto(f"http://{address}/{lang}#{door.start}")
                page.locator("form button").click()
                page.locator("article").first.wait_for()
                self._take(page, f"desk-group-{size}-{lang}")
                page.locator("article a").first.click()  # charters come first
                page.locator("table").wait_for()
                page.locator("h1").evaluate("at => at.scrollIntoView()")
                self._take(page, f"desk-charter-{size}-{lang}")
            speakers.of_group.node.close()

    def _letter(self, page: Page) -> None:
        """The first page of a letter's PDF, drawn by the program that Chromium shows PDFs with."""
        with page.expect_download() as saving:
            page.locator("[data-save='/letter']").first.click()
        drawn = PdfDocument(saving.value.path())[0].render(scale=DOTS / 72).to_pil()
        drawn.save(self.folder / "desk-letter.png")
        sys.stderr.write("desk-letter.png\n")

    @property
    def _office(self) -> Office:
        office = self.network.demo.office
        assert office is not None
        return office

    def _take(self, page: Page, name: str) -> None:
        page.screenshot(path=self.folder / f"{name}.png")
        sys.stderr.write(f"{name}.png\n")

    @contextmanager
    def _opened(self, size: str, path: str, address: str = "") -> Iterator[Page]:
        with self._context(size) as page:
            way = path.format(id=self.network.petition, healed=self._healed)
            home = address or self.network.groups[0].address
            page.goto(f"{home}/{LANGUAGES[size]}/{way}.html", wait_until="networkidle")
            yield page

    @contextmanager
    def _context(self, size: str) -> Iterator[Page]:
        context = self.browser.new_context(
            viewport=SIZES[size],  # type: ignore[arg-type] # a width and a height
            device_scale_factor=1,
            is_mobile=size == "360",
            timezone_id="Europe/Moscow",
        )
        page = context.new_page()
        page.clock.set_fixed_time(self.network.demo.clock())
        yield page
        context.close()


def main(folder: Path) -> None:
    """Start a network, open its pages, and put their pictures into ``folder``."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with (
        TemporaryDirectory() as data,
        running_network(Path(data), SIGNERS, has_cases=True) as network,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        Album(folder, network, browser).take_all()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
