"""A group with two running nodes and caseworkers whose keys we have, for browsers and commands."""

import asyncio
import datetime as dt
import threading
import time
from base64 import b64decode
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from ports import free_ports
from wayhome.cases import said
from wayhome.cases.body import Body, Drawer, Place
from wayhome.cases.kinds.sealed import Envelope
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.crypto.recipients import Identity, Recipient, new_identity, recipient_of
from wayhome.crypto.slots import family_slot
from wayhome.desk.opening import open_body, open_file
from wayhome.desk.sealing import Enclosed, Outside, make_envelope, places
from wayhome.groups import service
from wayhome.groups.caseworker import Caseworker, named_by
from wayhome.groups.kinds.charter import Charter
from wayhome.groups.kinds.charter import Node as NamedNode
from wayhome.groups.service import Founding
from wayhome.lawbook import read_law
from wayhome.node import Node, NodeParts, running
from wayhome.nodekey import node_key
from wayhome.records.draft import Draft
from wayhome.records.filter import Filter
from wayhome.records.record import Record
from wayhome.records.signing import sign
from wayhome.web.site import Face
from wayhome.web.site import Place as Region

PACK = Path(__file__).parents[1] / "campaigns" / "way-home"
NAME = "Родные Волги"
HOUR = 3_600
DAY = 86_400
_Given = TypeVar("_Given")


@dataclass
class Worker:
    """A caseworker on intake, and what she keeps to herself."""

    secret: SecretKey = field(default_factory=keys.new_secret_key)
    identity: Identity = field(default_factory=lambda: new_identity("hybrid"))
    vault: Identity = field(default_factory=lambda: new_identity("hybrid"))

    @property
    def named(self) -> Caseworker:
        reads, keeps = recipient_of(self.identity), recipient_of(self.vault)
        said = Caseworker.agreed(self.secret, reads, "intake", keeps)
        return said.with_keys({named_by(one): one for one in (reads, keeps)})


class Helping:
    """Two nodes of one group; the clock is set by hand."""

    def __init__(self, folder: Path, loop: asyncio.AbstractEventLoop, workers: int) -> None:
        self._loop = loop
        self._stack = AsyncExitStack()
        self.now = int(time.time()) // HOUR * HOUR + 600
        self.organiser = keys.new_secret_key()
        self.workers = [Worker() for _ in range(workers)]
        self.named = tuple(one.named for one in self.workers)
        self.addresses = [f"http://127.0.0.1:{port}" for port in free_ports(2)]
        self.folders = [folder / str(i) for i in range(2)]
        self.records: list[Record] = []
        for one in self.folders:
            one.mkdir(parents=True)
        founded = self._write(service.found(self._founding(), self.now - 40 * DAY))
        self.group = founded.id
        self.charter = founded
        self._write(self._season())
        self.nodes: list[Node] = []

    def amend(self, named: tuple[Caseworker, ...] = ()) -> None:
        """Put others in the place of these caseworkers: those named, or new ones known here."""
        self.workers = [] if named else [Worker() for _ in self.workers]
        self.named = named or tuple(one.named for one in self.workers)
        self.call(self._take(self._write(self._season())))
        draft = service.amend(self.group, [self.charter.id], self._founding(), [], self.now)
        self.charter = self._write(draft)
        self.call(self._take(self.charter))

    @property
    def today(self) -> dt.date:
        """The day, UTC."""
        return dt.datetime.fromtimestamp(self.now, dt.UTC).date()

    async def start(self) -> None:
        names = {"ru": "Путь домой", "en": "The Way Home"}
        regions = (Region("RU-SAM", {"ru": "Самарская область", "en": "Samara Region"}),)
        for i, folder in enumerate(self.folders):
            face = Face(names, names, places=regions, address=self.addresses[i], law=read_law(PACK))
            node = Node(NodeParts(folder, (self.group,), face), lambda: self.now)
            self._stack.callback(node.close)
            port = int(self.addresses[i].rpartition(":")[2])
            await self._stack.enter_async_context(running(node, port))
            self.nodes.append(node)
        for one in self.records:
            await self._take(one)

    async def stop(self) -> None:
        await self._stack.aclose()

    def call(self, doing: Coroutine[Any, Any, _Given]) -> _Given:
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result(240)

    def pass_hour(self, days: int = 0) -> None:
        """Let the next full hour come, or one some days later: what was held is passed on."""
        self.now += days * DAY + HOUR - self.now % HOUR + 600
        for node in self.nodes:
            self.call(node.tick())

    def envelopes(self, place: int = 0) -> list[Record]:
        """What a node shows of the group's envelopes."""
        return self.nodes[place].store.find(Filter(kinds=(3990,)))

    def read(self, identity: Identity, place: int = 0) -> list[Body]:
        """All that an identity opens at a node."""
        found = []
        for record in self.envelopes(place):
            envelope = Envelope.of(record)
            where = Place(envelope.group, envelope.charter, envelope.slot)
            try:
                found.append(open_body(b64decode(record.content), where, [identity]))
            except Drawer:
                continue
        return found

    def reply(self, text: str, number: int = 0, **more: Any) -> Identity:
        """Answer the one report that is here as a caseworker; give the case's identity."""
        worker, case = self.workers[0], new_identity("hybrid")
        report = next(
            body.said for body in self.read(worker.identity) if isinstance(body.said, said.Report)
        )
        answer = said.Reply(1, 2, "2026-11-26", text, "taken", recipient_of(case), **more)
        slot = family_slot(bytes.fromhex(report.box), "r", number)
        enclosed = Enclosed(answer, Place(self.group, self.charter.id, slot), worker.secret)
        to = [Recipient(report.recipient)]
        outside = Outside(self.now, 16)
        record = make_envelope(enclosed, to, places(Charter.of(self.charter)), outside)
        for address in self.addresses:
            answered = httpx.post(
                f"{address}/records", content=record.line, trust_env=False, timeout=120
            )
            assert answered.status_code == 202, answered.text
        self.pass_hour()
        return case

    def file(self, named: said.File) -> bytes:
        """What a file that a body names holds, from whichever node has it."""
        for address in self.addresses:
            there = httpx.get(f"{address}/blob/{named.id}/list", trust_env=False, timeout=120)
            if there.status_code == 200:
                ways = (f"{address}/blob/{named.id}/{i}" for i in range(len(there.content) // 32))
                chunks = [httpx.get(way, trust_env=False, timeout=120).content for way in ways]
                return open_file(named, there.content, chunks)
        raise AssertionError("no node has it")

    def written(self) -> bytes:
        """Every byte in the nodes' folders."""
        files = (one for folder in self.folders for one in folder.rglob("*") if one.is_file())
        return b"\n".join(one.read_bytes() for one in files)

    async def _take(self, record: Record) -> None:
        for node in self.nodes:
            answers = [one async for one in node.intake.receive_lines([record.line], "peer")]
            assert not any(isinstance(one, BaseException) for one in answers), answers

    def _founding(self) -> Founding:
        named = tuple(
            NamedNode(address, keys.public_key(node_key(folder)))
            for address, folder in zip(self.addresses, self.folders, strict=True)
        )
        organiser = (keys.public_key(self.organiser),)
        return Founding(NAME, 1, organiser, ("ru",), (), named, self.named)

    def _season(self) -> Draft:
        hybrid = [text for one in self.named for text in one.hybrid]
        return service.keys_of_season(self.group, self.charter.id, hybrid, self.now)

    def _write(self, draft: Any) -> Record:
        record = sign(draft, self.organiser)
        self.records.append(record)
        return record


@contextmanager
def helping(folder: Path, workers: int = 3) -> Iterator[Helping]:
    """Run the two nodes in a thread until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    made = Helping(folder, loop, workers)
    try:
        made.call(made.start())
        yield made
    finally:
        made.call(made.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
