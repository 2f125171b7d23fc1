"""Records in bulk, for new peers and for anyone: a kind whole, its ids, and in lasting pieces."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain, islice
from threading import Lock

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from wayhome.records.filter import Filter
from wayhome.store.line import ids_in
from wayhome.store.store import Reader

PIECE = 2_000  # records of a piece at most, as a rule: 2 MB
FRESH = 600  # seconds after which the pieces are cut anew; what is newer comes by reconciliation
ID_DIGITS = 64
LINES_A_CHUNK = 64  # lines joined before they are handed to the socket

OF_PUBLIC_RECORDS = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
}


def routes(reader: Reader, kinds: Sequence[int], clock: Callable[[], int]) -> list[Route]:
    """The doors `/records` (kinds), `/records/<kind>.ids`, `.jsonl`, and pieces of a kind."""
    files = _Files(reader, kinds, clock)
    return [
        Route("/records", files.numbers, methods=["GET"]),
        Route("/records/{kind}.ids", files.ids),
        Route("/records/{kind}.jsonl", files.whole),
        Route("/records/pieces", files.pieces),
        Route("/records/{kind}/{sum}.jsonl", files.piece),
    ]


class _Files:
    def __init__(self, reader: Reader, kinds: Sequence[int], clock: Callable[[], int]) -> None:
        self._reader = reader
        self._cut = _Pieces(reader, kinds, clock)
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
        found = b"".join(ids_in(self._reader.keys(kind)))
        return Response(found, 200, OF_PUBLIC_RECORDS, "application/octet-stream")

    def whole(self, request: Request) -> Response:
        """Give all records of a kind, a line each."""
        kind = self._kinds.get(request.path_params["kind"])
        if kind is None:
            return PlainTextResponse("no such kind", 404, OF_PUBLIC_RECORDS)
        return _answer(self._reader.lines(Filter(kinds=(kind,))))

    def pieces(self, _: Request) -> Response:
        """Tell of each kind its pieces: where each starts, how many records, the sum of the ids."""
        told = {
            kind: [(one.start, 2 * len(one.all_ids) // ID_DIGITS, one.sum) for one in some]
            for kind, some in self._cut.all().items()
        }
        return Response(msgspec.json.encode(told), 200, OF_PUBLIC_RECORDS, "application/json")

    def piece(self, request: Request) -> Response:
        """Give the records of a piece, a line each, ascending by id; it never changes."""
        some = self._cut.all().get(request.path_params["kind"], ())
        found = next((one for one in some if one.sum == request.path_params["sum"]), None)
        if found is None:
            return PlainTextResponse("no such piece now", 404, OF_PUBLIC_RECORDS)
        kind = int(request.path_params["kind"])
        return _answer(self._reader.lines(Filter(ids=found.ids, kinds=(kind,))))


@dataclass(frozen=True, slots=True)
class _Piece:
    start: str  # what the ids in it begin with, or are above
    all_ids: bytes
    sum: str

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its records, ascending."""
        digits = self.all_ids.hex()
        return tuple(digits[at : at + ID_DIGITS] for at in range(0, len(digits), ID_DIGITS))


@dataclass(slots=True)
class _Pieces:
    """All kinds in pieces, as they were a while ago.

    They are cut at fixed places of the range of ids, so that two nodes with the same records have
    the same pieces, and a new record changes one.
    """

    reader: Reader
    kinds: Sequence[int]
    clock: Callable[[], int]
    _made: dict[str, list[_Piece]] = field(default_factory=dict)
    _at: int | None = None
    _making: Lock = field(default_factory=Lock)

    def all(self) -> dict[str, list[_Piece]]:
        """Give them by kind."""
        with self._making:
            now = self.clock()
            if self._at is None or not 0 <= now - self._at < FRESH:
                self._made = {
                    str(kind): list(_cut([one.hex() for one in ids_in(self.reader.keys(kind))]))
                    for kind in self.kinds
                }
                self._at = now
            return self._made


def _cut(ids: Sequence[str]) -> Iterator[_Piece]:
    """Cut ascending ids at every sixteenth of the range, as often as it takes."""
    digits = 0
    while len(ids) > PIECE * 16**digits:
        digits += 1
    begun = 0
    while begun < len(ids):
        start = ids[begun][:digits]
        end = begun + 1
        while end < len(ids) and ids[end][:digits] == start:
            end += 1
        together = bytes.fromhex("".join(ids[begun:end]))
        total = sha256(together).hexdigest()
        yield _Piece(start.ljust(ID_DIGITS, "0")[: digits + digits % 2], together, total)
        begun = end


def _answer(lines: Iterator[bytes]) -> Response:
    return StreamingResponse(chunks(lines), 200, OF_PUBLIC_RECORDS, "application/x-ndjson")


def chunks(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Join lines, each with its line feed, into pieces worth a write."""
    for first in lines:
        yield b"".join(b"%b\n" % line for line in chain((first,), islice(lines, LINES_A_CHUNK - 1)))
