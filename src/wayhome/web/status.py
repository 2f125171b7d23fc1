"""Status: what a node says of itself and of the nodes it speaks with, to programs."""

from importlib.metadata import version

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wayhome.records.filter import Filter
from wayhome.web.record_files import OF_PUBLIC_RECORDS
from wayhome.web.site import Echoed, Neighbour, Site


class Status(msgspec.Struct, frozen=True):
    """The answer of `/status.json`; `records` is by kind."""

    version: str
    home: tuple[str, ...]
    groups: int
    records: dict[str, int]
    peers: tuple[Neighbour, ...]
    echo: tuple[Echoed, ...]


def routes(site: Site) -> list[Route]:
    """The door `/status.json`."""

    def status(_: Request) -> Response:
        body = msgspec.json.encode(status_of(site))
        headers = {**OF_PUBLIC_RECORDS, "cache-control": "no-store"}
        return Response(body, 200, headers, "application/json")

    return [Route("/status.json", status)]


def status_of(site: Site) -> Status:
    """Give what a node says."""
    held = {str(kind): site.reader.count(Filter(kinds=(kind,))) for kind in site.kinds}
    return Status(
        version("wayhome"),
        site.home,
        len(site.reach.groups),
        held,
        tuple(site.neighbours()),
        tuple(site.echoes()),
    )
