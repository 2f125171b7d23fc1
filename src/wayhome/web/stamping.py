"""The stamping desk's own door: an app of its own, beside no page and no record."""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from wayhome.codec import limits
from wayhome.pages.guard import TooLarge, read_body
from wayhome.records.refused import Refused
from wayhome.stamping.service import BUSY_AFTER, StampingDesk

STATUS: Mapping[str, int] = {
    "too-large": 413,
    "bad-form": 400,
    "unknown-petition": 404,
    "wrong-kid": 409,
    "not-open": 403,
    "closed": 410,
    "bad-blinded": 400,
    "unknown-voucher": 403,
    "already-stamped": 409,
    "busy": 429,
    "storage": 503,
}
# What any page may ask and nobody may keep; no cookie, no redirect, no word about this program.
HEADERS: Mapping[str, str] = {
    "access-control-allow-origin": "*",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "cross-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_PREFLIGHT: Mapping[str, str] = {
    **HEADERS,
    "access-control-allow-headers": "content-type",
    "access-control-allow-methods": "POST",
    "access-control-max-age": "86400",
}


def make_desk_app(desks: Mapping[str, StampingDesk]) -> Starlette:
    """Serve these desks, by the path each is found under, such as `/samara`; empty for the root."""
    app = Starlette(
        routes=[
            route
            for path, desk in desks.items()
            for route in (
                Route(f"{path}/stamp", _Stamp(desk), methods=["POST", "OPTIONS"]),
                Route(path or "/", _about, methods=["GET"]),
            )
        ]
    )
    app.router.redirect_slashes = False  # nobody is led elsewhere with a voucher in hand
    app.add_exception_handler(404, _nothing)
    app.add_exception_handler(405, _nothing)
    app.add_exception_handler(Exception, _our_fault)
    return app


class _Stamp:
    """One desk's `POST stamp`."""

    def __init__(self, desk: StampingDesk) -> None:
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = (
            Response(None, 204, dict(_PREFLIGHT))
            if request.method == "OPTIONS"
            else await self._answer(receive)
        )
        await response(scope, receive, send)

    async def _answer(self, receive: Receive) -> Response:
        try:
            body = await self._desk.stamp(await read_body(receive, limits.STAMP_BODY))
        except TooLarge:
            return _refusal(Refused("too-large"))
        except (TimeoutError, ClientDisconnect):
            return Response(None, 408, {**HEADERS, "connection": "close"})
        except Refused as refused:
            return _refusal(refused)
        return Response(body, 200, dict(HEADERS), "application/json")


def _refusal(refused: Refused) -> Response:
    after = f',"after":{BUSY_AFTER}' if refused.reason == "busy" else ""
    body = f'{{"refused":"{refused.reason}"{after}}}'
    return Response(body, STATUS[refused.reason], dict(HEADERS), "application/json")


async def _about(_: Request) -> Response:
    text = (
        "A stamping desk. Signing is done on a petition's page; this address only gives stamps.\n"
    )
    return Response(text, 200, dict(HEADERS), "text/plain")


async def _nothing(_: Request, fault: Exception) -> Response:
    return Response(None, getattr(fault, "status_code", 404), dict(HEADERS))


async def _our_fault(_: Request, __: Exception) -> Response:
    return Response(None, 500, dict(HEADERS))
