"""Records in bulk, for peers and for anyone: the ids of a kind, and the lines of given ids."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from wayhome.codec import limits
from wayhome.pages.guard import TooLarge, read_body
from wayhome.records.filter import Filter
from wayhome.store.store import Reader

ID_BYTES = 32
LINES_A_CHUNK = 64  # lines joined before they are handed to the socket

OF_PUBLIC_RECORDS = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
}


def routes(reader: Reader, kinds: Sequence[int]) -> list[Route]:
    """The doors `/records` (kinds), `/records/<kind>.ids`, `.jsonl`, and `/records/lines`."""
    files = _Files(reader, kinds)
    return [
        Route("/records", files.numbers, methods=["GET"]),
        Route("/records/{kind}.ids", files.ids),
        Route("/records/{kind}.jsonl", files.whole),
        Route("/records/lines", files.lines, methods=["POST"]),
    ]


class _Files:
    def __init__(self, reader: Reader, kinds: Sequence[int]) -> None:
        self._reader = reader
        self._kinds = {str(kind): kind for kind in sorted(kinds)}

    def numbers(self, _: Request) -> Response:
        """Give the kinds that this node carries."""
        body = b"[%b]" % b",".join(b"%d" % kind for kind in self._kinds.values())
        return Response(body, 200, OF_PUBLIC_RECORDS, "application/json")

    def ids(self, request: Request) -> Response:
        """Give all ids of a kind, 32 bytes each, ascending."""
        kind = self._kinds.get(request.path_params["kind"])
        if kind is None:
            return PlainTextResponse("no such kind", 404, OF_PUBLIC_RECORDS)
        found = bytes.fromhex("".join(self._reader.ids(Filter(kinds=(kind,)))))
        return Response(found, 200, OF_PUBLIC_RECORDS, "application/octet-stream")

    def whole(self, request: Request) -> Response:
        """Give all records of a kind, a line each."""
        kind = self._kinds.get(request.path_params["kind"])
        if kind is None:
            return PlainTextResponse("no such kind", 404, OF_PUBLIC_RECORDS)
        return _answer(self._reader.lines(Filter(kinds=(kind,))))

    async def lines(self, request: Request) -> Response:
        """Give the records whose ids are the body; those not held are left out."""
        try:
            asked = await read_body(request.receive, limits.RECORD_LINES * ID_BYTES)
        except TooLarge:
            return PlainTextResponse("too many ids", 413, OF_PUBLIC_RECORDS)
        except (TimeoutError, ClientDisconnect):
            return Response(None, 408, {**OF_PUBLIC_RECORDS, "connection": "close"})
        ids = (asked[at : at + ID_BYTES].hex() for at in range(0, len(asked), ID_BYTES))
        found = (self._reader.get(one) for one in ids)
        return _answer(record.line for record in found if record is not None)


def _answer(lines: Iterator[bytes]) -> Response:
    return StreamingResponse(chunks(lines), 200, OF_PUBLIC_RECORDS, "application/x-ndjson")


def chunks(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Join lines, each with its line feed, into pieces worth a write."""
    for first in lines:
        yield b"".join(b"%b\n" % line for line in chain((first,), islice(lines, LINES_A_CHUNK - 1)))
