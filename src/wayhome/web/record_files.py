"""Records in bulk, for peers and for anyone: the ids of a kind, and the lines of given ids."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from wayhome.codec import limits
from wayhome.records.filter import Filter
from wayhome.store.store import Reader

ID_BYTES = 32
LINES_A_CHUNK = 64  # lines joined before they are handed to the socket

OF_PUBLIC_RECORDS = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
}


def routes(reader: Reader, kinds: Sequence[int]) -> list[Route]:
    """The doors `/records/<kind>.ids`, `/records/<kind>.jsonl` and `/records/lines`."""

    def ids(request: Request) -> Response:
        kind = request.path_params["kind"]
        if kind not in kinds:
            return PlainTextResponse("no such kind", 404, OF_PUBLIC_RECORDS)
        found = bytes.fromhex("".join(reader.ids(Filter(kinds=(kind,)))))
        return Response(found, 200, OF_PUBLIC_RECORDS, "application/octet-stream")

    def whole(request: Request) -> Response:
        kind = request.path_params["kind"]
        if kind not in kinds:
            return PlainTextResponse("no such kind", 404, OF_PUBLIC_RECORDS)
        return _answer(reader.lines(Filter(kinds=(kind,))))

    async def lines(request: Request) -> Response:
        asked = bytearray()
        async for chunk in request.stream():
            asked += chunk
            if len(asked) > limits.RECORD_LINES * ID_BYTES:
                return PlainTextResponse("too many ids", 413, OF_PUBLIC_RECORDS)
        ids = (asked[at : at + ID_BYTES].hex() for at in range(0, len(asked), ID_BYTES))
        found = (reader.get(one) for one in ids)
        return _answer(record.line for record in found if record is not None)

    return [
        Route("/records/{kind:int}.ids", ids),
        Route("/records/{kind:int}.jsonl", whole),
        Route("/records/lines", lines, methods=["POST"]),
    ]


def _answer(lines: Iterator[bytes]) -> Response:
    return StreamingResponse(chunks(lines), 200, OF_PUBLIC_RECORDS, "application/x-ndjson")


def chunks(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Join lines, each with its line feed, into pieces worth a write."""
    for first in lines:
        yield b"".join(b"%b\n" % line for line in chain((first,), islice(lines, LINES_A_CHUNK - 1)))
