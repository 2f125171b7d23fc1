"""App: the desk's pages, for one browser on this machine and for nobody else.

Whoever asks must know the session's token, which is in the memory of one page, and must name our
own address: a page of the net that has a name led to 127.0.0.1 names another. Nothing is put into a
cookie, an address or a store.
"""

import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from wayhome.crypto.secretpages import is_same, new_secret
from wayhome.desk.asked import Asked
from wayhome.desk.casework import Casework
from wayhome.desk.deeds import do
from wayhome.desk.desk import Desk
from wayhome.desk.form import Form
from wayhome.desk.handouts import HANDOUTS, Handout
from wayhome.desk.known import DeskFault
from wayhome.desk.organiser import Organiser
from wayhome.desk.organiserdeeds import DEEDS
from wayhome.desk.organiserpages import OrganiserPages
from wayhome.desk.papers import MOST, Brought
from wayhome.desk.telephone import write_down
from wayhome.desk.views import Views
from wayhome.pages.guard import TooLarge, read_body
from wayhome.pages.render import Templates
from wayhome.pages.words import LANGUAGES, words
from wayhome.records.refused import Refused

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self';"
    " img-src 'self' blob:; connect-src 'self'; form-action 'none';"
    " base-uri 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'; trusted-types wayhome"
)
HEADERS = {
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
_HTML = "text/html; charset=utf-8"
_TOKEN = 24  # bytes
_LINE = 4_096  # bytes that say what a file is called


@dataclass(slots=True)
class Door:
    """Who may ask: one start token opens one session, and is used up."""

    start: str = field(default_factory=lambda: new_secret(_TOKEN).hex(), repr=False)
    session: str = field(default="", repr=False)

    def begin(self, token: str) -> str:
        """Give the session for the start token; empty for any other."""
        if not is_same(token, self.start):
            return ""
        self.start, self.session = "", new_secret(_TOKEN).hex()
        return self.session

    def renew(self) -> str:
        """Give a new start token; the session before ends when it is used."""
        self.start = new_secret(_TOKEN).hex()
        return self.start

    def knows(self, header: str) -> bool:
        """Tell whether a request is the session's."""
        return is_same(header.removeprefix("Bearer "), self.session)


def app(
    desk: Desk | None,
    door: Door,
    address: str,
    dress: Mapping[str, bytes],
    organiser: Organiser | None = None,
) -> ASGIApp:
    """Give the app; ``address`` is its own host and port, ``dress`` the style and fonts by name.

    It is a caseworker's, an organiser's, or that of one who is both.
    """
    doors = _Doors(desk, organiser, door, dress)
    routes = [
        Route("/start", doors.start, methods=["POST"]),
        Route("/view", doors.view, methods=["POST"]),
        Route("/do", doors.do, methods=["POST"]),
        *(
            Route(f"/{name}", doors.saving(made, kind), methods=["POST"])
            for name, (made, kind) in HANDOUTS.items()
        ),
        Route("/bring", doors.bring, methods=["POST"]),
        Route("/carry", doors.carry, methods=["POST"]),
        Route("/slips", doors.slips, methods=["POST"]),
        Route("/{name}", doors.given),
    ]
    return _Ours(Starlette(routes=routes), address)


class _Ours:
    """Before everything: only our own name, and pages of our own."""

    def __init__(self, inner: ASGIApp, address: str) -> None:
        self._inner, self._own = inner, address.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer nothing to anybody else: a foreign page is not even told that we are here."""
        own = self._own
        heads = [(name, value) for name, value in scope.get("headers", []) if name in _NAMING]
        hosts = [value for name, value in heads if name == b"host"]
        origins = [value for name, value in heads if name == b"origin"]
        is_ours = hosts == [own] and all(one == b"http://" + own for one in origins)
        is_named = bool(origins) or scope.get("method") in ("GET", "HEAD")
        if scope["type"] != "http" or not is_ours or not is_named:
            await Response(b"", 403, {"connection": "close"})(scope, receive, send)
            return
        await self._inner(scope, receive, send)


_NAMING = (b"host", b"origin")


class _About(msgspec.Struct):
    """What a browser says of a file."""

    name: str
    type: str
    deed: str = ""  # of the form that it belongs to


class _Doors:
    def __init__(
        self, desk: Desk | None, organiser: Organiser | None, door: Door, dress: Mapping[str, bytes]
    ) -> None:
        self._desk, self._organiser, self._door = desk, organiser, door
        has_both = desk is not None and organiser is not None
        self._views = Views(desk, has_group=has_both) if desk else None
        self._group = OrganiserPages(organiser, has_cases=has_both) if organiser else None
        self._shells = {one: Templates("wayhome.desk", words(one)) for one in LANGUAGES}
        script = (files("wayhome.desk") / "static" / "desk.js").read_bytes()
        self._given = {**dress, "desk.js": script}
        self._turn = threading.Lock()

    async def start(self, request: Request) -> Response:
        """Change the start token for a session's."""
        token = await read_body(request.receive, 200)
        session = self._door.begin(token.decode("ascii", "replace"))
        return Response(session, 200 if session else 401, HEADERS, "text/plain")

    async def given(self, request: Request) -> Response:
        """The empty page in a language, the script, the style: no word of a case is in them."""
        name = request.path_params["name"]
        if name in LANGUAGES:
            return _page(self._shells[name].draw("shell.html"))
        if name not in self._given:
            return Response(b"", 404, HEADERS)
        kind = _TYPES.get(name.rpartition(".")[2], "application/octet-stream")
        return Response(self._given[name], 200, HEADERS, kind)

    async def view(self, request: Request) -> Response:
        """Show the board, a case, what was searched for; unlock and lock."""
        form = await self._form(request)
        return await self._answer(form, self._view)

    async def do(self, request: Request) -> Response:
        """Do what a form asks for, then show the case."""
        form = await self._form(request)
        return await self._answer(form, self._do)

    def saving(self, made: Handout, kind: str) -> Callable[[Request], Awaitable[Response]]:
        """Give the door of something that a person saves."""

        async def save(request: Request) -> Response:
            form = await self._form(request)
            return await self._answer(form, lambda known: self._saved(known, made, kind))

        return save

    async def bring(self, request: Request) -> Response:
        """Take a file that belongs to a form, into memory; give what stands for it in the form.

        A line of JSON says what it is, the rest is the file: no address and no header tells of it.
        """
        if not self._door.knows(request.headers.get("authorization", "")):
            return _gone()
        try:
            line, _, raw = (await read_body(request.receive, MOST + _LINE)).partition(b"\n")
            about = msgspec.json.decode(line, type=_About)
        except (TooLarge, msgspec.DecodeError):
            return Response(b"", 413, HEADERS)
        brought, work = Brought(about.name, about.type, raw), self._work()
        if self._group and about.deed in DEEDS:
            return Response(self._group.bring(brought), 200, HEADERS, "text/plain")
        if work is None:
            return _gone()
        try:
            ticket = work.papers.bring(brought)
        except DeskFault:
            return Response(b"", 413, HEADERS)
        return Response(ticket, 200, HEADERS, "text/plain")

    async def carry(self, request: Request) -> Response:
        """Give a record as a file for other organisers."""
        form = await self._form(request)
        return await self._answer(form, self._carry)

    async def slips(self, request: Request) -> Response:
        """Give voucher slips as PDF."""
        form = await self._form(request)
        return await self._answer(form, self._slips)

    async def _answer(self, form: Form | None, made: Callable[[Form], Response]) -> Response:
        """Answer beside the loop, one at a time: what is shown is one state of the cases."""

        def alone(known: Form) -> Response:
            with self._turn:
                return made(known)

        return _gone() if form is None else await run_in_threadpool(alone, form)

    async def _form(self, request: Request) -> Form | None:
        if not self._door.knows(request.headers.get("authorization", "")):
            return None
        try:
            form = msgspec.json.decode(await read_body(request.receive), type=Form)
        except msgspec.DecodeError:
            return None
        return form if form.lang in LANGUAGES else None

    def _work(self) -> Casework | None:
        return self._desk.work if self._desk is not None and self._desk.is_open() else None

    def _view(self, form: Form) -> Response:
        desk = self._desk
        if form.view == "lock":
            self._lock()
        if self._group and (desk is None or self._group.answers(form)):
            return _page(self._group.view(form))
        if desk is None:
            return _gone()
        try:
            if form.view == "unlock":
                passphrase = form.fields.get("passphrase", "")
                desk.open(passphrase if isinstance(passphrase, str) else "")
            elif desk.is_open():
                desk.touch()
                if form.view == "board":
                    desk.fetch()
        except DeskFault as fault:
            return self._shown(form, fault)
        return self._shown(form)

    def _do(self, form: Form) -> Response:
        if self._group and self._group.answers(form):
            return _page(self._group.do(form))
        desk, work = self._desk, self._work()
        if desk is None or work is None:
            return self._shown(form)
        desk.touch()
        if form.deed == "end-season":
            return self._end_season(desk, form)
        if form.deed == "report":
            return self._report(desk, work, form)
        case = work.load.cases.get(form.case)
        try:
            if case is None:
                raise DeskFault("there is no such case")
            do(form.deed, Asked(work, case, form.fields))
            desk.keep()
        except (DeskFault, Refused) as fault:
            return self._shown(form, fault)
        return self._shown(form, is_done=True)

    def _end_season(self, desk: Desk, form: Form) -> Response:
        form.view = "keys"
        told = {one: form.fields.get(one, "") for one in ("season", "passphrase", "even-so")}
        season, typed = str(told["season"]), str(told["passphrase"])
        number = int(season) if season.isascii() and season.isdigit() else 0
        try:
            desk.end_season(number, typed, even_so=bool(told["even-so"]))
        except DeskFault as fault:
            return self._shown(form, fault)
        return self._shown(form)

    def _report(self, desk: Desk, work: Casework, form: Form) -> Response:
        try:
            form.case = write_down(work, form)
            desk.keep()
        except (DeskFault, Refused) as fault:
            form.view = "new"
            return self._shown(form, fault)
        return self._shown(form)

    def _saved(self, form: Form, made: Handout, kind: str) -> Response:
        """Give what a person saves; a page that says why, where it cannot be made."""
        try:
            if self._desk is None or not self._desk.is_open():
                raise DeskFault("the desk is locked", "locked")
            body = made(self._desk, form)
        except (DeskFault, Refused) as fault:
            return self._shown(form, fault, 422)
        return Response(body, 200, HEADERS, kind)

    def _carry(self, form: Form) -> Response:
        if self._group is None:
            return _gone()
        try:
            return Response(self._group.carried(form), 200, HEADERS, "application/x-ndjson")
        except DeskFault:
            return _page(self._group.view(form), 422)

    def _slips(self, form: Form) -> Response:
        if self._group is None:
            return _gone()
        try:
            return Response(self._group.slips(), 200, HEADERS, "application/pdf")
        except DeskFault:
            return _page(self._group.view(form), 422)

    def _lock(self) -> None:
        for side in (self._desk, self._organiser):
            if side is not None:
                side.lock()

    def _shown(
        self,
        form: Form,
        fault: DeskFault | Refused | None = None,
        status: int = 200,
        *,
        is_done: bool = False,
    ) -> Response:
        return (
            _page(self._views.draw(form, fault, is_done=is_done), status)
            if self._views
            else _gone()
        )


def _page(html: str, status: int = 200) -> Response:
    return Response(html, status, HEADERS, _HTML)


_TYPES = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "woff2": "font/woff2",
    "svg": "image/svg+xml",
}


def _gone() -> Response:
    return Response(b"", 401, HEADERS)
