"""The HTTP door to the intake: it stands before the pages, for most of what comes is signatures."""

import re
from collections.abc import Callable, Mapping
from functools import partial

import msgspec
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from wayhome.codec import limits
from wayhome.journal.answer import Answer, HeldUntil
from wayhome.journal.intake import Intake
from wayhome.journal.workers import Settled
from wayhome.pages.guard import TooLarge, read_body
from wayhome.pages.straight import Head, Said, StraightDoor
from wayhome.records.refused import Reason, Refused
from wayhome.store.store import StorageFault
from wayhome.web.headers import ALWAYS, policy
from wayhome.web.record_files import OF_PUBLIC_RECORDS

_OF_PETITION = re.compile(r"/petition/[^/]*/records")
_ALL = "/records"


class RecordDoor(StraightDoor):
    """Takes `POST /records` and `POST /petition/<id>/records`; all else goes on.

    200 kept, 202 held, 400 refused, 503 not durable.
    """

    def __init__(self, intake: Intake, otherwise: ASGIApp) -> None:
        self._intake = intake
        self._otherwise = otherwise
        self.too_large = _refused("too-large", 413)
        self.too_late = Said(408, _PLAIN, closes=True)

    def is_straight(self, method: str, path: str) -> bool:
        """Every record may go straight."""
        return method == "POST" and (path == _ALL or _OF_PETITION.fullmatch(path) is not None)

    def take(self, body: bytes, answer: Callable[[Said], None]) -> None:
        """Take one record; the answer comes once it is durable."""
        try:
            self._intake.ask(body, partial(_answer, answer), "person")
        except StorageFault:  # the node is closing
            answer(_refused("storage", 503))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that did not come straight."""
        method = scope["method"] if scope["type"] == "http" else ""
        is_petition = method and _OF_PETITION.fullmatch(scope["path"])
        if not (is_petition or (method in {"POST", "OPTIONS"} and scope["path"] == _ALL)):
            await self._otherwise(scope, receive, send)
        elif method == "POST":
            await _send(send, await self._said(receive))
        elif method == "OPTIONS":
            await _send(send, Said(204, _PREFLIGHT))
        else:
            await _send(send, Said(405, _NOT_ALLOWED))

    async def _said(self, receive: Receive) -> Said:
        try:
            raw = await read_body(receive, limits.HTTP_BODY)
            return _accepted(await self._intake.receive(raw, "person"))
        except TooLarge:
            return self.too_large
        except (TimeoutError, ClientDisconnect):
            return self.too_late
        except (Refused, StorageFault) as fault:
            return _not_taken(fault)


def _answer(answer: Callable[[Said], None], settled: Settled) -> None:
    if not isinstance(settled, Exception):
        answer(_accepted(settled))
    elif isinstance(settled, (Refused, StorageFault)):
        answer(_not_taken(settled))
    else:  # a fault of ours: it rises, and whoever waits is told that it is ours
        answer(Said(500, _PLAIN))
        raise settled


def _accepted(answer: Answer) -> Said:
    if isinstance(answer, HeldUntil):
        return Said(202, _JSON, _ENCODER.encode({"held": answer.id, "until": answer.until}))
    return Said(200, _JSON, _ENCODER.encode({"kept": answer.id}))


def _not_taken(fault: Refused | StorageFault) -> Said:
    if isinstance(fault, StorageFault) or fault.reason == "storage":
        return _refused("storage", 503)
    return _refused(fault.reason, 400)


def _refused(reason: Reason, status: int) -> Said:
    return Said(status, _JSON, _ENCODER.encode({"refused": reason}))


async def _send(send: Send, said: Said) -> None:
    headers = [*said.head.headers, (b"content-length", b"%d" % len(said.body))]
    if said.closes:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": said.status, "headers": headers})
    await send({"type": "http.response.body", "body": said.body})


_ENCODER = msgspec.json.Encoder()
_HEADERS: Mapping[str, str] = {
    **ALWAYS,
    **OF_PUBLIC_RECORDS,
    "content-security-policy": policy(),
    "cache-control": "no-store",
}
_PLAIN = Head.of(_HEADERS)
_JSON = Head.of({**_HEADERS, "content-type": "application/json"})
_NOT_ALLOWED = Head.of({**_HEADERS, "allow": "POST, OPTIONS"})
_PREFLIGHT = Head.of(
    {
        **_HEADERS,
        "access-control-allow-headers": "content-type",
        "access-control-allow-methods": "POST",
        "access-control-max-age": "86400",
    }
)
