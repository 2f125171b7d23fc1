"""Peering: insides that are each other's peers, and relays that play a part."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from inside import Inside
from ports import free_port
from relaying import relay_of
from wayhome.codec import limits
from wayhome.pages.guard import GuardedSocket
from wayhome.peers.judging import Ours
from wayhome.peers.peer import Peer
from wayhome.peers.service import Asked, Neighbours, Peers
from wayhome.peers.way import Address, Unreachable, Way
from wayhome.records.filter import Filter
from wayhome.records.record import Record
from wayhome.relay.questions import Only
from wayhome.relay.reconcile import Items, Server
from wayhome.relay.server import Relay
from wayhome.serving import serving
from wayhome.web.record_files import routes

PATIENCE = 120.0  # seconds; a machine that does other things besides may take so long


class CutWay(Way):
    """A network in which some are cut off."""

    def __init__(self) -> None:
        super().__init__()
        self.cut: set[int] = set()  # ports

    @asynccontextmanager
    async def to_relay(
        self, address: Address, *, takes_parcels: bool = False
    ) -> AsyncIterator[Any]:
        if address.port in self.cut:
            raise Unreachable("no-way")
        async with super().to_relay(address, takes_parcels=takes_parcels) as line:
            yield line


async def until(happened: Callable[[], object]) -> None:
    """Wait for what nobody is told of."""
    async with asyncio.timeout(PATIENCE):
        while not happened():  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.005)


@dataclass(frozen=True, slots=True)
class Here:
    """A node's inside that listens and has peers."""

    inside: Inside
    relay: Relay
    port: int
    way: CutWay = field(default_factory=CutWay)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ids(self) -> list[str]:
        return self.inside.store.ids(Filter())

    def peers(
        self,
        *urls: str,
        named: Iterable[str] = (),  # with the group before it, if it matters
        offers: bool = False,
        narrowed: Mapping[int, Only] = MappingProxyType({}),
    ) -> Peers:
        kinds = tuple(kind.number for kind in self.inside.book.in_order())
        ours = Ours(
            self.inside.store,
            kinds,
            self.relay.items,
            lambda lines: self.inside.intake.receive_lines(lines, "peer"),
            self.inside.intake.waits_for,
            lambda: self.inside.now,
            narrowed,
        )
        asked = [Asked(url, offers) for url in urls]
        neighbours = Neighbours(
            asked,
            lambda: [_group_and_address(one) for one in named],
            self.address,
            self.address.encode(),
        )
        return Peers(neighbours, ours, self.inside.intake.feed, self.way)

    async def take(self, records: Sequence[Record]) -> None:
        lines = [record.line for record in records]
        async for outcome in self.inside.intake.receive_lines(lines, "peer"):
            assert not isinstance(outcome, Exception), outcome

    async def until(self, number: int) -> None:
        """Wait until so many records are here."""
        batches = self.inside.intake.feed.listen()
        async with asyncio.timeout(PATIENCE):
            while len(self.ids) < number:
                await anext(batches)


@asynccontextmanager
async def listening(inside: Inside, before: Sequence[Route] = ()) -> AsyncIterator[Here]:
    relay = relay_of(inside)
    kinds = [kind.number for kind in inside.book.in_order()]
    files = routes(inside.store, kinds, lambda: inside.now)
    app = Starlette(routes=[*before, *files, WebSocketRoute("/", relay)])
    port = free_port()
    async with serving(app, port, ws=GuardedSocket), asyncio.TaskGroup() as tasks:
        task = tasks.create_task(relay.run())
        await asyncio.sleep(0)  # it begins to listen
        try:
            yield Here(inside, relay, port)
        finally:
            task.cancel()


@asynccontextmanager
async def in_step(peers: Peers) -> AsyncIterator[None]:
    """Let peers be kept in step with until the block ends."""
    task = asyncio.create_task(peers.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def only(peers: Peers) -> Peer:
    (peer,) = peers.all
    return peer


class Part:
    """A relay that plays a part; as it stands it is honest. What it is asked is written down."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self.lines = {record.id: record.line for record in records}
        self.dated = {record.id: (record.kind, record.created_at) for record in records}
        self.heard: list[list[Any]] = []
        self._comparing: dict[str, Server] = {}
        self.address = ""

    def add(self, record: Record) -> None:
        self.lines[record.id] = record.line
        self.dated[record.id] = (record.kind, record.created_at)

    @property
    def asked(self) -> list[str]:
        """The ids that were asked for, one by one."""
        return [one for said in self.heard if said[0] == "REQ" for one in said[2].get("ids", ())]

    def compare(self, name: str, message: bytes) -> Iterator[bytes]:
        yield said("NEG-MSG", name, self._comparing[name].answer(message).hex())

    def give(self, name: str, record_id: str) -> Iterator[bytes]:
        if record_id in self.lines:
            yield b'["EVENT",%b,%b]' % (json.dumps(name).encode(), self.lines[record_id])

    def name(self, name: str) -> Iterator[bytes]:
        yield said("NOTICE", f"unknown verb of {name}")

    def judge(self, record: dict[str, Any]) -> Iterator[bytes]:
        accepted = True
        yield said("OK", record["id"], accepted, "")

    def answer(self, heard: list[Any]) -> Iterator[bytes]:
        match heard:
            case ["NEG-OPEN", name, {"kinds": [kind]}, first]:
                self._comparing[name] = Server(self._items(kind), limits.RELAY_FRAME)
                yield from self.compare(name, bytes.fromhex(first))
            case ["NEG-MSG", name, message]:
                yield from self.compare(name, bytes.fromhex(message))
            case ["REQ", name, {"ids": ids}]:
                yield from self._give_all(name, ids)
            case ["REQ", name, {"kinds": kinds, "limit": limit, **rest}]:
                page = self._page(kinds, rest.get("until", 2**60))
                since = rest.get("since", 0)
                page = [one for one in page if self.dated[one][1] >= since]
                yield from self._give_all(name, page[:limit])
            case ["EVENT", record]:
                yield from self.judge(record)
            case ["IDS", name, *_]:
                yield from self.name(name)

    def _give_all(self, name: str, ids: Sequence[str]) -> Iterator[bytes]:
        for one in ids:
            yield from self.give(name, one)
        yield said("EOSE", name)

    def _items(self, kind: int) -> Items:
        dated = self.dated.items()
        return Items((at, bytes.fromhex(one)) for one, (of, at) in dated if of == kind)

    def _page(self, kinds: Sequence[int], until: int) -> list[str]:
        dated = self.dated.items()
        found = [(-at, one) for one, (of, at) in dated if of in kinds and at <= until]
        return [one for _, one in sorted(found)]

    async def _serve(self, line: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for raw in line:
                heard = json.loads(raw)
                self.heard.append(heard)
                for frame in self.answer(heard):
                    await line.send(frame, text=True)

    @asynccontextmanager
    async def playing(self) -> AsyncIterator[None]:
        async with serve(
            self._serve, "127.0.0.1", 0, compression=None, ping_interval=None
        ) as server:
            self.address = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            yield


def said(*parts: object) -> bytes:
    return json.dumps(parts).encode()


def _group_and_address(one: str) -> tuple[str, str]:
    group, _, address = one.rpartition(" ")
    return group, address
