"""The doors of sealed attachments: their list, which chunks are here, and the chunks."""

import asyncio
import re
from collections.abc import Callable
from functools import partial

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wayhome.attachments import Attachments
from wayhome.cases.blobroom import list_size
from wayhome.cases.blobs import CHUNK, LARGEST
from wayhome.pages.guard import TooLarge, read_body
from wayhome.records.refused import Refused
from wayhome.store.store import StorageFault
from wayhome.web.record_files import OF_PUBLIC_RECORDS

HEADERS = {**OF_PUBLIC_RECORDS, "cache-control": "no-store"}
CHUNK_DEADLINE = 60.0  # seconds: 256 KiB at 35 kbit/s
AT_ONCE = 128  # bodies under way: 32 MiB
_LIST = list_size(LARGEST)
_PREFLIGHT = {
    **HEADERS,
    "access-control-allow-headers": "content-type",
    "access-control-allow-methods": "GET, PUT",
    "access-control-max-age": "86400",
}
_ID = re.compile("[0-9a-f]{64}")
_NUMBER = re.compile("0|[1-9][0-9]{0,2}")

Take = Callable[[bytes], None]


def routes(attachments: Attachments) -> list[Route]:
    """The doors `/blob/<id>/list`, `/have` and `/<number>`."""
    doors = _Doors(attachments)
    return [
        Route("/blob/{id}/list", doors.list, methods=["GET", "PUT", "OPTIONS"]),
        Route("/blob/{id}/have", doors.have),
        Route("/blob/{id}/{number}", doors.chunk, methods=["GET", "PUT", "OPTIONS"]),
    ]


class _Doors:
    def __init__(self, attachments: Attachments) -> None:
        self._here = attachments
        self._under_way = 0  # bodies

    async def list(self, request: Request) -> Response:
        """Take, or give, the hashes of all chunks, 32 bytes each."""
        blob = request.path_params["id"]
        if request.method == "OPTIONS":
            return Response(None, 204, _PREFLIGHT)
        if request.method == "PUT":
            return await self._take(request, _LIST, partial(self._here.take_list, _id(blob)))
        return _given(self._here.hashes(blob))

    async def chunk(self, request: Request) -> Response:
        """Take, or give, one chunk."""
        blob, text = request.path_params["id"], request.path_params["number"]
        if request.method == "OPTIONS":
            return Response(None, 204, _PREFLIGHT)
        if not _NUMBER.fullmatch(text):
            return _given(None)
        number = int(text)
        if request.method == "PUT":
            take = partial(self._here.take_chunk, _id(blob), number)
            return await self._take(request, CHUNK, take)
        return _given(await asyncio.to_thread(self._here.chunk, blob, number))

    async def _take(self, request: Request, most: int, take: Take) -> Response:
        """Take a body: 200 when it is durable, 400 refused, 503 not durable or too many at once."""
        if self._under_way >= AT_ONCE:
            return _answer(503, "busy")
        self._under_way += 1
        try:
            await asyncio.to_thread(self._here.refuse_unawaited, _id(request.path_params["id"]))
            body = await read_body(request.receive, most, CHUNK_DEADLINE)
            await asyncio.to_thread(take, body)
        except TooLarge:
            return _answer(413, "too-large")
        except (TimeoutError, ClientDisconnect):
            return Response(None, 408, {**HEADERS, "connection": "close"})
        except Refused as refused:
            return _answer(400, refused.reason)
        except StorageFault:
            return _answer(503, "storage")
        finally:
            self._under_way -= 1
        return JSONResponse({"kept": request.path_params["id"]}, 200, HEADERS)

    def have(self, request: Request) -> Response:
        """Tell which chunks are here: a bit each, the first one highest."""
        try:
            return _given(self._here.have(_id(request.path_params["id"])))
        except Refused as refused:
            return _answer(404, refused.reason)


def _id(text: str) -> str:
    """Give an id; what is none is named by no envelope."""
    return text if _ID.fullmatch(text) else ""


def _answer(status: int, reason: str) -> Response:
    return JSONResponse({"refused": reason}, status, HEADERS)


def _given(body: bytes | None) -> Response:
    if body is None:
        return Response(b"", 404, HEADERS, "text/plain")
    return Response(body, 200, HEADERS, "application/octet-stream")
