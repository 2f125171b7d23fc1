"""The app of a node: its pages and its machine doors."""

import re

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp

from wayhome.attachments import Attachments
from wayhome.journal.intake import Intake
from wayhome.relay.introduction import TYPE
from wayhome.store.store import StorageFault
from wayhome.web import (
    about,
    atom,
    attachments,
    authorities,
    check,
    count,
    doors,
    envelopes,
    figures,
    groups,
    help,  # noqa: A004 - the page's own word
    history,
    home,
    petition,
    polls,
    texts,
)
from wayhome.web.answers import FOR_A_MINUTE, FOR_EVER, Ready
from wayhome.web.assets import assets
from wayhome.web.check_door import CheckDoor
from wayhome.web.errors import error_page
from wayhome.web.headers import Headers
from wayhome.web.help_door import HelpDoor
from wayhome.web.pages import Ask, Door, Pages, many, one, unkept
from wayhome.web.posted import refuse_foreign
from wayhome.web.record_door import RecordDoor
from wayhome.web.short import Short
from wayhome.web.site import Site

DOORS: tuple[Door, ...] = (
    one("index", home.home),
    one("manifesto", texts.manifesto),
    one("appeals", texts.appeals),
    one("posts", texts.posts),
    many("posts/{month}", texts.month_page, texts.every_month),
    many("post/{id}", texts.text_page, texts.every_post),
    many("post/{id}.txt", texts.plain, texts.every_post),
    many("post/{id}.json", texts.proof, texts.every_post),
    one("atom.xml", atom.feed),
    one("petitions", petition.petitions),
    many("petition/{id}", petition.petition_page, petition.every_petition),
    many("petition/{id}/count", count.petition_count, petition.every_petition),
    one("polls", polls.polls),
    many("poll/{id}", polls.poll_page, polls.every_poll),
    many("poll/{id}/count", count.poll_count, polls.every_poll),
    one("groups", groups.groups),
    many("group/{id}", groups.group_page, groups.every_group),
    many("group/{id}/history", history.history_page, groups.every_group),
    many("group/{id}/texts", texts.group_texts, texts.every_speaker),
    many("group/{id}/atom.xml", atom.group_feed, texts.every_speaker),
    one("authorities", authorities.authorities),
    one("deadline", authorities.deadline),
    one("check", check.check),
    one("help", help.help_page),
    Door(re.compile(re.escape(help.OFFLINE)), help.offline, help.every_offline),
    one("help/figures", figures.figures),
    one("recount", about.recount),
    one("about", about.about),
    one("limits", about.limits),
    one("node", about.node),
    one("addresses", about.addresses),
    one("refusals", about.refusals),
    one("forget", about.forget),
)
_FORGOTTEN = one("forget", about.forgotten)
# NIP-11 asks for all three, so that a page from anywhere can read it
_INTRODUCED = {
    "access-control-allow-origin": "*",
    "access-control-allow-headers": "accept",
    "access-control-allow-methods": "GET",
    "cache-control": FOR_A_MINUTE,
    "cross-origin-resource-policy": "cross-origin",
    "vary": "accept",
}
_START = re.compile(r"[0-9a-f]{16}")


def make_app(
    site: Site, intake: Intake, beside: Attachments, relay: ASGIApp, introduction: bytes
) -> ASGIApp:
    """Put pages and doors of a node together, with headers around all of it.

    At the root a browser finds its language, a websocket the relay, and whoever asks for it the
    relay's ``introduction``.
    """
    served = _Served(site, introduction)
    app = Starlette(
        routes=[
            *doors.routes(site),
            *envelopes.routes(site, intake.drawn),
            *attachments.routes(beside),
            Route("/", served.door),
            WebSocketRoute("/", relay),
            Route("/index.html", served.short.choice),
            Route("/favicon.ico", served.icon),
            Route("/static/{name}", served.file),
            Route("/s/{start}", served.leads),
            Route("/{lang}", served.language),
            Route("/{lang}/forget.html", served.forget, methods=["POST"]),
            Route("/{lang}/deadline.html", served.deadline),
            Route("/{lang}/help.html", HelpDoor(site, intake, beside).answer, methods=["POST"]),
            Route("/{lang}/check.html", CheckDoor(site).answer, methods=["POST"]),
            Route("/{lang}/{path:path}", served.page),
        ],
        exception_handlers={
            HTTPException: served.refused,
            StorageFault: served.unkept,
            Exception: served.broken,
        },
    )
    app.router.redirect_slashes = False
    return RecordDoor(intake, Headers(app, site.face.address, site.face.onion))


class _Served:
    """What answers at the addresses that people open."""

    def __init__(self, site: Site, introduction: bytes) -> None:
        self.short = Short(site)
        self._introduction = Ready.of(introduction, TYPE, _INTRODUCED)
        self._site = site
        self._pages = Pages(site, DOORS)
        self._forgotten = Pages(site, (_FORGOTTEN,))
        self._files = {
            one.name: Ready.of(one.body, one.type, {"cache-control": FOR_EVER})
            for one in assets().by_name.values()
        }

    def door(self, request: Request) -> Response:
        """Lead to the reader's language, or tell a program about the relay (NIP-11)."""
        if TYPE in request.headers.get("accept", ""):
            return self._introduction.answer(request)
        return self.short.door(request)

    def page(self, request: Request) -> Response:
        """Answer with a page."""
        return _or_missing(self._pages.answer(request))

    def language(self, request: Request) -> Response:
        """Lead to a language's first page."""
        lang = request.path_params["lang"]
        if self._pages.ready(lang, "index") is None:
            raise HTTPException(404)
        return RedirectResponse(f"{lang}/index.html", 302, {"cache-control": FOR_A_MINUTE})

    def forget(self, request: Request) -> Response:
        """Tell the browser to forget this site, if it is this site that asks."""
        refuse_foreign(request)
        request.path_params["path"] = "forget.html"
        return _or_missing(self._forgotten.answer(request))

    def deadline(self, request: Request) -> Response:
        """Count the deadline that is asked for in the address; it is drawn for this one answer."""
        lang, law = request.path_params["lang"], self._site.face.law
        request.path_params["path"] = "deadline.html"
        if not request.url.query or law is None or self._pages.ready(lang, "deadline") is None:
            return self.page(request)
        asked = authorities.Asked.of(law, request.query_params)
        drawn = authorities.deadline(Ask.of(self._site, lang, "deadline"), asked)
        return unkept(drawn).answer(request, 400 if asked.wrong else 200)

    def leads(self, request: Request) -> Response:
        """Lead from a printed address to its petition or post."""
        if not _START.fullmatch(request.path_params["start"]):
            raise HTTPException(404)
        return _or_missing(self.short.leads(request))

    def file(self, request: Request) -> Response:
        """Answer with style, font, icon or script."""
        found = self._files.get(request.path_params["name"])
        return _or_missing(found.answer(request) if found else None)

    def icon(self, request: Request) -> Response:
        """Answer a browser that asks for an icon without having been told of one."""
        return self._files[assets().by_name["icon.svg"].name].answer(request)

    def refused(self, request: Request, fault: Exception) -> Response:
        """Say in words what the reader can do."""
        if not isinstance(fault, HTTPException):
            raise TypeError("asked about another fault")
        answer = error_page(self._site, request, fault.status_code).answer(
            request, fault.status_code
        )
        for name, value in (fault.headers or {}).items():
            answer.headers[name] = value
        return answer

    def unkept(self, request: Request, _: Exception) -> Response:
        """Say that the disk did not take it."""
        return error_page(self._site, request, 503).answer(request, 503)

    def broken(self, request: Request, _: Exception) -> Response:
        """Say that the fault is ours; it rises all the same, and is logged."""
        return error_page(self._site, request, 500).answer(request, 500)


def _or_missing(answer: Response | None) -> Response:
    if answer is None:
        raise HTTPException(404)
    return answer
