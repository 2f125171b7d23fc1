"""Pages: which page stands at which address, drawn once for each set of records and moment."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any, Self

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wayhome.pages.plain import plain_name
from wayhome.pages.render import Templates
from wayhome.pages.words import LANGUAGES, Words, words
from wayhome.petition.kinds.petition import Petition
from wayhome.records.record import Record
from wayhome.web.answers import FOR_A_MINUTE, NOT_KEPT, Ready
from wayhome.web.assets import assets
from wayhome.web.headers import policy
from wayhome.web.moments import moment_of
from wayhome.web.site import Site

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
JSON = "application/json"
_KEPT = 1_000  # pages that lie ready, 10 kB each as a rule
_NATIVE = {"ru": "Русский", "en": "English"}


@dataclass(frozen=True, slots=True)
class Page:
    """What is drawn: a body, its type, and the addresses that its script may speak to."""

    body: str
    type: str = HTML
    connect: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    is_personal: bool = False  # kept in no cache, and may draw a person's own pictures

    @property
    def policy(self) -> str:
        """What its content may do."""
        return policy(self.connect, shows_files=self.is_personal)


@dataclass(frozen=True, slots=True)
class Ask:
    """One page that is asked for; `path` is its address below the language, without an ending."""

    site: Site
    words: Words
    path: str
    now: int
    root: str  # the relative way to the root of the site

    @classmethod
    def of(cls, site: Site, lang: str, path: str) -> Self:
        """Ask for the page at this path."""
        return cls(site, words(lang), path, site.clock(), "../" * (path.count("/") + 1))

    @property
    def lang(self) -> str:
        """The language."""
        return self.words.lang

    def to(self, path: str) -> str:
        """Give the relative way to another page of the same language."""
        return f"{self.root}{self.lang}/{path}.html"

    def address(self) -> str:
        """Give the full address of the page, empty where the node does not know its own."""
        if not self.site.face.address:
            return ""
        return f"{self.site.face.address.rstrip('/')}/{self.lang}/{self.path}.html"

    def local(self, said: Mapping[str, str]) -> str:
        """Give what stands there in the page's language, or in another."""
        return said.get(self.lang) or next(iter(said.values()), "")

    def draw(
        self,
        name: str,
        title: object,
        *,
        connect: tuple[str, ...] = (),
        is_personal: bool = False,
        others: Mapping[str, str] | None = None,
        **values: Any,  # noqa: ANN401 - templates take what they are given
    ) -> Page:
        """Draw a page; ``others`` are ways to it in other languages where they are not the same.

        `of`, among the values, stands beside the title in a browser's tab: the name of a group.
        """
        ways = {
            lang: self.root + lang + "/" + (others or {}).get(lang, self.path) + ".html"
            for lang in self.site.face.languages
            if lang != self.lang and lang in LANGUAGES
        }
        body = _templates(self.lang).draw(
            f"{name}.html",
            ask=self,
            title=plain_name(title) if type(title) is str else title,  # a stranger's, or our words
            of=plain_name(values.pop("of", "")),
            ways=ways,
            campaign=self.local(self.site.face.name),
            policy=policy(connect, in_page=True, shows_files=is_personal),
            main=self._main(),
            **values,
        )
        return Page(body, connect=connect, is_personal=is_personal)

    def part(self, name: str, **values: Any) -> str:  # noqa: ANN401 - templates take what they are given
        """Draw a template that stands by itself."""
        return _templates(self.lang).draw(f"{name}.html", ask=self, **values)

    def _main(self) -> list[tuple[str, str, bool]]:
        """Give the four words of the second row: way, word, and whether the page lies there."""
        featured = featured_of(self.site, self.now)
        petition = f"petition/{featured[0].id}" if featured else "petitions"
        said = (
            (petition, self.words.say("Petition"), ("petition",)),
            ("help", self.words.say("Help"), ("help",)),
            ("groups", self.words.say("Groups"), ("group",)),
            ("check", self.words.say("Check"), ("check", "recount")),
        )
        return [(self.to(way), word, self.path.startswith(within)) for way, word, within in said]


Draw = Callable[..., Page | None]


@dataclass(frozen=True, slots=True)
class Door:
    """Pages of one shape: the address, what draws it, and every address of it that there is."""

    path: re.Pattern[str]
    draw: Draw
    every: Callable[[Site], Iterator[str]]

    def matched(self, path: str) -> tuple[Draw, dict[str, str]] | None:
        """Give what draws this path, and with what, if it is one of these pages."""
        found = self.path.fullmatch(path)
        return (self.draw, found.groupdict()) if found else None


class Pages:
    """All pages of a site."""

    def __init__(self, site: Site, doors: tuple[Door, ...]) -> None:
        self._site = site
        self._doors = doors
        self._drawn: dict[tuple[str, str], tuple[object, Ready]] = {}
        self._drawing: dict[tuple[str, str], Lock] = {}

    def answer(self, request: Request) -> Response | None:
        """Answer with a page; None where there is none at this address."""
        lang, asked = request.path_params["lang"], request.path_params["path"]
        if asked.endswith("/"):  # relative links on the page would lead astray
            short = asked.removesuffix("/")
            is_there = self.ready(lang, short) is not None
            return RedirectResponse(f"../{short.rpartition('/')[2]}.html") if is_there else None
        path = asked.removesuffix(".html")
        if path != asked and "." in path:  # a file with an ending of its own
            return None
        found = self.ready(lang, path or "index")
        return found.answer(request) if found else None

    def ready(self, lang: str, path: str) -> Ready | None:
        """Give a page as it is sent, None where there is none.

        While one request draws it anew, others get it as it was: nobody waits in a crowd.
        """
        if lang not in self._site.face.languages or lang not in LANGUAGES:
            return None
        ask = Ask.of(self._site, lang, path)
        place = (lang, path)
        state: object = (self._site.fold.version, moment_of(self._site, ask.now))
        if path == "node":  # the one page that tells of others
            state = (state, tuple(self._site.neighbours()), tuple(self._site.echoes()))
        known = self._drawn.get(place)
        if known is not None and known[0] == state:
            return known[1]
        drawing = self._drawing.setdefault(place, Lock())
        if not drawing.acquire(blocking=known is None):
            return known[1] if known else None
        try:
            return self._draw(ask, state)
        finally:
            self._drawing.pop(place, None)
            drawing.release()

    def _draw(self, ask: Ask, state: object) -> Ready | None:
        place = (ask.lang, ask.path)
        known = self._drawn.get(place)
        if known is not None and known[0] == state:
            return known[1]
        page = self._page(ask)
        if page is None:
            return None
        headers = {
            "cache-control": NOT_KEPT if page.is_personal else FOR_A_MINUTE,
            "content-security-policy": page.policy,
            **page.headers,
        }
        if len(self._drawn) >= _KEPT:
            self._drawn.clear()
        ready = Ready.of(page.body.encode(), page.type, headers)
        self._drawn[place] = (state, ready)
        return ready

    def page(self, lang: str, path: str) -> Page | None:
        """Draw a page for a copy, None where there is none; nothing of it is kept."""
        return self._page(Ask.of(self._site, lang, path))

    def _page(self, ask: Ask) -> Page | None:
        found = next((m for door in self._doors if (m := door.matched(ask.path))), None)
        return found[0](ask, **found[1]) if found else None

    def every(self) -> Iterator[tuple[str, str]]:
        """Give language and path of every page that there is."""
        for lang in self._site.face.languages:
            for door in self._doors:
                for path in door.every(self._site):
                    yield lang, path


def unkept(page: Page) -> Ready:
    """Give a page that was drawn for one answer alone: nobody on the way is to keep it."""
    headers = {"cache-control": NOT_KEPT, "content-security-policy": page.policy}
    return Ready.of(page.body.encode(), page.type, headers)


def one(path: str, draw: Draw) -> Door:
    """Give the door of a single page."""
    return Door(re.compile(re.escape(path)), draw, lambda _: iter((path,)))


def many(path: str, draw: Draw, every: Callable[[Site], Iterator[str]]) -> Door:
    """Give the door of a page for each record, group or month: its `{id}` or `{month}` is asked."""
    name, shape = next((n, shape) for n, shape in _SHAPES.items() if f"{{{n}}}" in path)
    before, _, after = path.partition(f"{{{name}}}")
    asked = re.compile(f"{re.escape(before)}(?P<{name}>{shape}){re.escape(after)}")
    return Door(asked, draw, lambda site: (before + one + after for one in every(site)))


_SHAPES = {"id": "[0-9a-f]{64}", "month": "[0-9]{4}-[0-9]{2}"}


def featured_of(site: Site, now: int) -> tuple[Record, Petition] | None:
    """Give the petition that the site leads to: one that is open, else the one that closes last."""
    found = [pair for pair in site.petitions() if not pair[1].is_poll]
    is_open = [pair for pair in found if pair[1].open <= now < pair[1].close]
    return next(iter(is_open or found), None)


def draw_door(site: Site, offered: tuple[str, ...]) -> str:
    """Draw the page that lies under no language: each is named in its own words."""
    said = [
        (lang, _NATIVE[lang], site.face.name.get(lang, ""), site.face.demand.get(lang, ""))
        for lang in offered
    ]
    return _templates(offered[0]).draw("door.html", said=said, policy=policy(in_page=True))


@cache
def _templates(lang: str) -> Templates:
    return Templates(
        "wayhome.web",
        words(lang),
        asset=assets().named,
        native=_NATIVE,
        br=Markup("<br>"),
    )
