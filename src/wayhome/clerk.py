"""The clerk beside a stamping desk: asks a node what stands, counts, and closes.

The desk itself knows no record. The clerk tells it when to begin, publishes its counters and its
closing list, signed by the desk key, and has its keys erased when nothing needs them any more.
"""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import httpx
import msgspec

from wayhome.codec import limits
from wayhome.durable import sync
from wayhome.pace import begun, chunks
from wayhome.petition import papers, service
from wayhome.petition.kinds import acceptance, counter, petition
from wayhome.petition.kinds.acceptance import Acceptance
from wayhome.petition.kinds.counter import Counter
from wayhome.petition.kinds.petition import Petition
from wayhome.petition.kinds.signature import make_panel
from wayhome.petition.part import Scope, check_part
from wayhome.petition.tally import Tally
from wayhome.records.draft import Draft
from wayhome.records.record import Record, read, read_line
from wayhome.records.refused import Refused
from wayhome.records.signing import sign
from wayhome.stamping.book import BookFault
from wayhome.stamping.service import StampingDesk


class NodeFault(Exception):  # noqa: N818 - the node's fault; asked again at the next round
    """The group's node does not answer, or not as a node does."""


class _Told(msgspec.Struct):
    records: list[msgspec.Raw]
    official: list[str]


class Clerk:
    """Serves one desk; `tick` may be called as often as one likes."""

    def __init__(
        self, desk: StampingDesk, folder: Path, node: str, http: httpx.AsyncClient
    ) -> None:
        self._desk = desk
        self._file = folder / "counters.jsonl"
        self._node = node.rstrip("/")
        self._http = http
        self._counters = _read_counters(self._file)
        self._told: set[str] = set()
        self._listed = False
        self._one_at_a_time = asyncio.Lock()

    async def tick(self, now: int) -> None:
        """Do what is due at ``now``.

        Raises:
            NodeFault: the node is away; nothing is lost, the next round goes on.
            BookFault: the disk did not take it; the next round goes on where it can.
        """
        try:
            async with self._one_at_a_time:
                if self._desk.refresh().petition and not self._listed:
                    await self._due(now)
        # none of its redirects is followed, and yet the library reads where one leads
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            UnicodeError,
            msgspec.DecodeError,
            Refused,
        ) as error:
            raise NodeFault(type(error).__name__) from error

    def refuse_broken(self) -> None:
        """Raise if the desk's disk failed for good.

        Raises:
            BookFault: the desk must be started again.
        """
        if self._desk.book.is_broken:
            raise BookFault("the disk failed; see to it, then start the desk again")

    async def _due(self, now: int) -> None:
        stands = await self._stands()
        if stands is None:
            return
        asked, accepted = stands
        times = Petition.of(asked)
        if not self._counters and now >= times.open:
            group = self._own(accepted).group
            names = [_name(place.group, accepted) for place in times.panel]
            self._keep(service.draft_first_counter(asked, group, names))
        if self._counters and self._desk.desk.stage == "ready":
            self._desk.open_for_stamping()
        self._count(times, now)
        await self._publish()
        if now >= times.close + limits.LISTS_AFTER_CLOSE:
            await self._list(asked, accepted)

    async def _stands(self) -> tuple[Record, dict[str, Acceptance]] | None:
        """Give petition and official acceptances, None while something is missing."""
        status, content = await self._read(f"{self._desk.desk.petition}.json", limits.PAPERS)
        if status != httpx.codes.OK:
            return None
        told = msgspec.json.decode(content, type=_Told)
        records = [read(bytes(raw)) for raw in told.records]
        official = [one for one in records if one.id in told.official]
        asked = next((one for one in official if one.kind == petition.NUMBER), None)
        accepted = {one.id: Acceptance.of(one) for one in official if one.kind == acceptance.NUMBER}
        groups = {said.group for said in accepted.values()}
        if asked is None or not {place.group for place in Petition.of(asked).panel} <= groups:
            return None
        own = [said for said in accepted.values() if said.spki == self._desk.key.spki]
        return (asked, accepted) if own else None

    async def _read(self, path: str, most: int) -> tuple[int, bytes]:
        """Give what the node answers, as it is: what is packed could be a thousand times as much.

        Raises:
            NodeFault: it is more than anything of its sort.
            httpx.HTTPError: it does not come, or next to nothing does.
        """
        content = bytearray()
        headers = {"accept-encoding": "identity"}
        asked = self._http.stream("GET", f"{self._node}/petition/{path}", headers=headers)
        async with begun(asked) as answer:
            async for chunk in chunks(answer):
                content += chunk
                if len(content) > most:
                    raise NodeFault(f"it sends more than {most} bytes")
        return answer.status_code, bytes(content)

    def _own(self, accepted: dict[str, Acceptance]) -> Acceptance:
        return next(said for said in accepted.values() if said.spki == self._desk.key.spki)

    def _count(self, times: Petition, now: int) -> None:
        if not self._counters or Counter.of(self._counters[-1]).is_final:
            self._finish()
            return
        last = self._counters[-1]
        if now >= times.close:
            self._keep(service.draft_final_counter(last, self._desk.end(), times.close))
            self._finish()
            return
        end = now - (now - times.open) % times.window
        issued = self._desk.desk.issued
        if end > last.created_at and issued > Counter.of(last).issued:
            self._keep(service.draft_counter(last, issued, end))

    def _finish(self) -> None:
        """The final counter is durable: nothing will be stamped or matched again."""
        if self._counters and self._desk.desk.stage != "erased":
            self._desk.erase_stamp_key()

    def _keep(self, draft: Draft) -> None:
        """Sign and keep a counter, durably, before anybody sees it: no number is given twice."""
        record = sign(draft, self._desk.desk_secret())
        lines = [one.line + b"\n" for one in (*self._counters, record)]
        try:
            _append(self._file, sum(map(len, lines[:-1])), lines[-1])
        except OSError as error:
            raise BookFault("a counter was not written") from error
        self._counters.append(record)

    async def _publish(self) -> None:
        for record in self._counters:
            if record.id not in self._told:
                await self._send(record)
                self._told.add(record.id)

    async def _send(self, record: Record) -> None:
        asked = self._http.stream("POST", f"{self._node}/records", content=record.line)
        async with begun(asked) as answer:  # its words are not read
            pass
        if answer.status_code != httpx.codes.OK:
            raise NodeFault(f"it answers {answer.status_code} to a record")

    async def _list(self, asked: Record, accepted: dict[str, Acceptance]) -> None:
        spki = {said.kid: said.spki for said in accepted.values()}
        scope = Scope(asked.id, make_panel(asked, spki))
        stamps = sum(said.ceiling for said in accepted.values())
        most = limits.RECOUNT_PAPERS + stamps * limits.SHEET_STAMP
        status, content = await self._read(f"{asked.id}/sheet.jsonl", most)
        if status != httpx.codes.OK:
            raise NodeFault(f"it answers {status} for its records")
        lines = content.splitlines()
        tally = Tally(check_part(lines, scope).rows)
        counters = papers.Papers.of(asked.id, _counters_in(lines)).counters.values()
        said = service.draft_closing_list(
            asked, self._own(accepted).group, tally, [record for record, _ in counters]
        )
        await self._send(sign(said.draft, self._desk.desk_secret()))
        self._desk.erase_desk_key()
        self._listed = True


def _name(group: str, accepted: dict[str, Acceptance]) -> str:
    """Give a group's acceptance; of several the lowest id, so that all desks say the same."""
    return min(name for name, said in accepted.items() if said.group == group)


def _counters_in(lines: Sequence[bytes]) -> list[Record]:
    wanted = b',"kind":%d,' % counter.NUMBER
    return [read_line(line) for line in lines if wanted in line]


def _read_counters(path: Path) -> list[Record]:
    if not path.exists():
        return []
    whole = path.read_bytes()
    # a last line without its end was being written when power or room ended: nobody saw it
    lines = whole[: whole.rfind(b"\n") + 1].splitlines()
    return [read_line(line) for line in lines]


def _append(path: Path, end: int, line: bytes) -> None:
    """Write a line durably at ``end``, over what was half written there before."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.truncate(end)
        file.seek(end)
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    sync(path.parent)
