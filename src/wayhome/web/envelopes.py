"""The doors around sealed envelopes: whom to seal to, and where an answer lies.

Nobody asks for a slot. Who looks for her own takes the list of them all and then one whole shard.
Both are plain files, so a copy on any web space serves them too.
"""

import re
from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wayhome.cases import room
from wayhome.cases.kinds.sealed import DAY
from wayhome.cases.room import Drawn
from wayhome.cases.slots import SLOTS, Slots
from wayhome.groups.caseworker import is_sum
from wayhome.groups.kinds import charter, cosign, season
from wayhome.groups.kinds.charter import Charter
from wayhome.records.filter import Filter
from wayhome.records.record import Record
from wayhome.store.store import Reader
from wayhome.web.answers import Ready
from wayhome.web.record_files import OF_PUBLIC_RECORDS
from wayhome.web.site import Site

# that somebody looked into a mailbox stays in no cache
HEADERS = {**OF_PUBLIC_RECORDS, "cache-control": "no-store"}
_NUMBER = re.compile("0|[1-9][0-9]{0,8}")


def routes(site: Site, held: Callable[[str], int]) -> list[Route]:
    """The doors of docs/protocol/doors.md about envelopes; ``held`` counts those not public yet."""
    doors = _Doors(site, Drawn(held, site.fold))
    return [
        Route("/envelopes/{group}/slots", doors.slots),
        Route("/envelopes/{group}/{bits}/{number}.jsonl", doors.shard),
        Route("/envelopes/{group}.json", doors.group),
    ]


def slots_of(site: Site, group: str) -> Slots:
    """Give the view of a group's envelopes."""
    return site.fold.view(SLOTS, group, Slots)


def shard(site: Site, slots: Slots, number: int) -> bytes:
    """Give the envelopes of one shard, a line each."""
    ids = slots.shard(number)
    found = site.reader.find(Filter(ids=ids, kinds=(room.SEALED,))) if ids else []
    return b"".join(b"%b\n" % one.line for one in found)


def charters_of(reader: Reader, group: str) -> list[Record]:
    """Give every charter of a group that is held, and who signed it."""
    found = reader.find(Filter(ids=(group,), kinds=(charter.NUMBER,)))
    found += reader.find(Filter(kinds=(charter.NUMBER,), tags=(("g", group),)))
    signed = tuple(("e", one.id) for one in found)
    cosigns = reader.find(Filter(kinds=(cosign.NUMBER,), tags=signed)) if signed else []
    return found + cosigns + _seasons_of(reader, group, found)


def _seasons_of(reader: Reader, group: str, charters: list[Record]) -> list[Record]:
    """Give the hybrid recipients that these charters name, and nothing else of that kind."""
    named = {
        text
        for one in charters
        for worker in Charter.of(one).caseworkers
        for text in (worker.recipient, worker.custodian)
        if is_sum(text)
    }
    if not named:
        return []
    found = reader.find(Filter(kinds=(season.NUMBER,), tags=(("g", group),)))
    return [one for one in found if named & season.keys_in([one]).keys()]


class _Doors:
    def __init__(self, site: Site, drawn: Drawn) -> None:
        self._site = site
        self._drawn = drawn

    def group(self, request: Request) -> Response:
        """What has to be known before sealing: time, work, and the charters to be checked."""
        group = self._home(request)
        if group is None:
            return _missing()
        now = self._site.clock()
        of_day = self._drawn(room.of_day(group, now // DAY))
        in_all = self._drawn(room.of_group(group))
        slow = room.has_slow_lane(of_day, in_all, self._drawn(room.of_slow(group)))
        said = self._site.group(group)
        rest = msgspec.json.encode(
            {
                "bits": room.asked_bits(of_day, in_all),
                "slow": slow,
                "nodes": [node.url for node in said.nodes] if said else [],
                "address": self._site.face.address,
            }
        )
        lines = b",".join(one.line for one in charters_of(self._site.reader, group))
        body = b'{"now":%d,"records":[%b],%b' % (now, lines, rest[1:])
        # hybrid recipients are kilobytes; a phone takes them before it can be asked anything
        return Ready.of(body, "application/json", HEADERS).answer(request)

    def slots(self, request: Request) -> Response:
        """Every slot of a group, 16 bytes each, ascending."""
        found = self._slots(request)
        if found is None:
            return _missing()
        return Response(found.list, 200, HEADERS, "application/octet-stream")

    def shard(self, request: Request) -> Response:
        """One shard whole, a line an envelope; there is none where the list has changed since."""
        found = self._slots(request)
        asked = request.path_params
        if found is None or not all(_NUMBER.fullmatch(asked[one]) for one in ("bits", "number")):
            return _missing()
        bits, number = int(asked["bits"]), int(asked["number"])
        if bits != found.bits or number >> bits:
            return _missing()
        body = shard(self._site, found, number)
        return Response(body, 200, HEADERS, "application/x-ndjson")

    def _home(self, request: Request) -> str | None:
        group: str = request.path_params["group"]
        return group if group in self._site.home else None

    def _slots(self, request: Request) -> Slots | None:
        group = self._home(request)
        return None if group is None else slots_of(self._site, group)


def _missing() -> Response:
    return Response(b"", 404, HEADERS, "text/plain")
