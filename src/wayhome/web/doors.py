"""The machine's doors of a node: what a signing page or a recount needs."""

import re
from collections.abc import Iterator, Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from wayhome.petition.kinds import (
    petition,
    signature,
    withdrawal,
)
from wayhome.petition.kinds.petition import Petition
from wayhome.petition.papers import SMALL
from wayhome.records.filter import Filter
from wayhome.records.record import Record
from wayhome.web import presented, record_files, status
from wayhome.web.site import Site

PUBLIC: Mapping[str, str] = record_files.OF_PUBLIC_RECORDS
_ID = re.compile("[0-9a-f]{64}")
_MOMENT = re.compile("[0-9]{1,15}")  # Unix seconds, exact for every reader


def routes(site: Site) -> list[Route]:
    """The doors of docs/protocol/doors.md."""
    doors = _Doors(site)
    return [
        *status.routes(site),
        *record_files.routes(site.reader, site.kinds, site.clock),
        Route(f"/{presented.NAME}", doors.presented),
        Route("/petition/{id}/ids/{start}", doors.ids),
        Route("/petition/{id}/sheet.jsonl", doors.sheet),
        Route("/petition/{id}/lists/{sum}", doors.list_file),
        Route("/petition/{id}/tally.json", doors.tally),
        Route("/petition/{id}.json", doors.petition),
    ]


class _Doors:
    def __init__(self, site: Site) -> None:
        self._site = site

    def petition(self, request: Request) -> Response:
        """What a signing page needs: time, petition, acceptances, which are official, nodes."""
        asked = self._asked(request)
        if asked is None:
            return _missing()
        said = [one for one, _ in self._site.acceptances(asked.id)]
        official = [one.id for one in (asked, *said) if self._site.standing.is_official(one.id)]
        lines = b",".join(one.line for one in (asked, *said))
        panel = [place.group for place in Petition.of(asked).panel]
        rest = msgspec.json.encode(
            {
                "official": official,
                "nodes": self._site.nodes_for(panel),
                "address": self._site.face.address,
                "home": self._site.home[0] if self._site.home else "",
                "signatures": self._site.count(asked.id).people,
            }
        )
        body = b'{"now":%d,"records":[%b],%b' % (self._site.clock(), lines, rest[1:])
        return Response(body, 200, {**PUBLIC, "cache-control": "no-store"}, "application/json")

    def presented(self, _: Request) -> Response:
        """How this node presents itself: all that its pages need beside records."""
        body = presented.presented(self._site).json
        return Response(body, 200, dict(PUBLIC), "application/json")

    def ids(self, request: Request) -> Response:
        """All ids of one window, 32 bytes each, ascending: who asks for its own asks for all."""
        asked = self._asked(request)
        start = request.path_params["start"]
        if asked is None or not _MOMENT.fullmatch(start):
            return _missing()
        found = sorted(self._site.tally(asked.id).window(int(start)))
        return Response(b"".join(found), 200, dict(PUBLIC), "application/octet-stream")

    def sheet(self, request: Request) -> Response:
        """Every record that a recount needs, a line each, ascending by kind and id."""
        asked = self._asked(request)
        if asked is None:
            return _missing()
        chunks = record_files.chunks(self._sheet(asked.id))
        return StreamingResponse(chunks, 200, dict(PUBLIC), "application/x-ndjson")

    def list_file(self, request: Request) -> Response:
        """The ids that a sum in a closing list stands for."""
        found = self._site.list_files().get(request.path_params["sum"])
        if found is None:
            return _missing()
        return Response(found, 200, dict(PUBLIC), "application/octet-stream")

    def tally(self, request: Request) -> Response:
        """What this node counts, in the form of `recount --json`."""
        asked = self._asked(request)
        if asked is None:
            return _missing()
        return Response(self._site.count(asked.id).json, 200, dict(PUBLIC), "application/json")

    def _asked(self, request: Request) -> Record | None:
        name = request.path_params["id"]
        record = self._site.reader.get(name) if _ID.fullmatch(name) else None
        return record if record is not None and record.kind == petition.NUMBER else None

    def _sheet(self, petition_id: str) -> Iterator[bytes]:
        papers = self._site.papers(petition_id)
        kept = papers.ids() | papers.reused()
        # ascending by kind: what says who may speak lies below the signatures, desks' words above
        for number in sorted({*SMALL, signature.NUMBER, withdrawal.NUMBER}):
            if number in SMALL:
                lines = self._site.reader.lines(Filter(kinds=(number,)))
                yield from (line for line in lines if line[7:71].decode() in kept)
            else:
                of_it = Filter(kinds=(number,), tags=(("e", petition_id),))
                yield from self._site.reader.lines(of_it)


def _missing() -> Response:
    return Response(b"", 404, dict(PUBLIC), "text/plain")
