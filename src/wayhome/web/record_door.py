"""The HTTP door to the intake: it stands before the pages, for most of what comes is signatures."""

import re
from collections.abc import Mapping

import msgspec
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from wayhome.codec import limits
from wayhome.journal.answer import Answer, HeldUntil
from wayhome.journal.intake import Intake
from wayhome.pages.guard import TooLarge, read_body
from wayhome.records.refused import Refused
from wayhome.store.store import StorageFault
from wayhome.web.headers import ALWAYS, policy
from wayhome.web.record_files import OF_PUBLIC_RECORDS

_OF_PETITION = re.compile(r"/petition/[^/]*/records")
_Said = tuple[int, Mapping[str, object] | None]  # status, and what the body says


class RecordDoor:
    """Takes `POST /records` and `POST /petition/<id>/records`; all else goes on."""

    def __init__(self, intake: Intake, otherwise: ASGIApp) -> None:
        self._intake = intake
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        method = scope["method"] if scope["type"] == "http" else ""
        is_petition = method and _OF_PETITION.fullmatch(scope["path"])
        if not (is_petition or (method in {"POST", "OPTIONS"} and scope["path"] == "/records")):
            await self._otherwise(scope, receive, send)
        elif method == "POST":
            await _answer(send, *await self._take(receive))
        elif method == "OPTIONS":
            await _send(send, 204, _PREFLIGHT, b"")
        else:
            await _send(send, 405, [*_HEADERS, (b"allow", b"POST, OPTIONS")], b"")

    async def _take(self, receive: Receive) -> _Said:
        """Take one record: 200 kept, 202 held, 400 refused, 503 not durable."""
        try:
            raw = await read_body(receive, limits.HTTP_BODY)
            return _accepted(await self._intake.receive(raw, "person"))
        except TooLarge:
            return 413, {"refused": "too-large"}
        except (TimeoutError, ClientDisconnect):
            return 408, None
        except Refused as refused:
            return 503 if refused.reason == "storage" else 400, {"refused": refused.reason}
        except StorageFault:
            return 503, {"refused": "storage"}


def _accepted(answer: Answer) -> _Said:
    if isinstance(answer, HeldUntil):
        return 202, {"held": answer.id, "until": answer.until}
    return 200, {"kept": answer.id}


async def _answer(send: Send, status: int, said: Mapping[str, object] | None) -> None:
    if said is None:
        await _send(send, status, [*_HEADERS, (b"connection", b"close")], b"")
    else:
        await _send(send, status, _JSON, msgspec.json.encode(said))


async def _send(send: Send, status: int, headers: "_Headers", body: bytes) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


_Headers = list[tuple[bytes, bytes]]


def _raw(headers: Mapping[str, str]) -> _Headers:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


_HEADERS = _raw(
    {
        **ALWAYS,
        **OF_PUBLIC_RECORDS,
        "content-security-policy": policy(),
        "cache-control": "no-store",
    }
)
_JSON = [*_HEADERS, (b"content-type", b"application/json")]
_PREFLIGHT = [
    *_HEADERS,
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-max-age", b"86400"),
]
