"""Headers: what every answer carries, so that a browser does nothing but what our pages need."""

import re
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "wayhome",
}
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    # only features that every browser knows: an unknown one is a line in the console
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_ORIGIN = re.compile(
    r"(?P<origin>https?://[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?(?::[1-9][0-9]{0,4})?)"
    r"(?:/[A-Za-z0-9._~/-]*)?"
)


def origin(url: str) -> str | None:
    """Give scheme, host and port of an address; None for anything that is not plainly one."""
    found = _ORIGIN.fullmatch(url)
    return found["origin"] if found else None


def policy(connect: Iterable[str] = (), *, in_page: bool = False, shows_files: bool = False) -> str:
    """Give the content policy; ``connect`` are addresses that a page's script may speak to.

    ``shows_files`` lets a page draw pictures that are on the phone and nowhere else. ``in_page``
    gives the form for a page's own head, which knows no `frame-ancestors`: a copy on a plain web
    space has no headers.
    """
    origins = dict.fromkeys(found for one in connect if (found := origin(one)))
    said = POLICY | {"connect-src": " ".join(["'self'", *origins])}
    if shows_files:
        said["img-src"] += " blob:"
    if in_page:
        del said["frame-ancestors"]
    return "; ".join(f"{name} {value}" for name, value in said.items())


class Headers:
    """Outermost around an app: errors, redirects, files and answers of 304 carry them too."""

    def __init__(self, app: ASGIApp, address: str = "", onion: str = "") -> None:
        """``onion``: where Tor Browser is told to find the same pages, when it came another way."""
        self._app = app
        self._onion = onion.encode("ascii")
        self._host = address.removeprefix("https://") if address.startswith("https://") else None
        self._policy = policy()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it all through, with headers added to the answer's beginning."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_encrypted = scope["scheme"] == "https" or self._is_asked_by_name(scope)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
                headers.setdefault("content-security-policy", self._policy)
                if is_encrypted:  # on plain http it is a line in the console
                    headers.setdefault("cross-origin-opener-policy", "same-origin")
                    if self._onion and headers.get("content-type", "").startswith("text/html"):
                        there = self._onion + _target(scope)
                        headers.setdefault("onion-location", there.decode("latin-1"))
            await send(message)

        await self._app(scope, receive, answer)

    def _is_asked_by_name(self, scope: Scope) -> bool:
        """Tell whether a front that ends encryption sent it: then our own name was asked for."""
        hosts = (value for name, value in scope["headers"] if name == b"host")
        return self._host is not None and self._host.encode() in hosts


def _target(scope: Scope) -> bytes:
    """Give path and question as they were sent; a parser has refused line breaks in them."""
    asked: bytes = scope["query_string"]
    path: bytes = scope["raw_path"]
    return path + b"?" + asked if asked else path
