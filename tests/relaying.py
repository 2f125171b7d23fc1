"""Relaying: a node's inside with its relay, on a port of this machine, and callers of it."""

import asyncio
import contextlib
import json
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError

from inside import Inside
from ports import free_port
from wayhome.pages.guard import GuardedSocket
from wayhome.records.record import Record
from wayhome.relay.connection import Take
from wayhome.relay.library import Carried
from wayhome.relay.server import Relay
from wayhome.serving import serving

PATIENCE = 120.0  # seconds; a machine that does other things besides may take so long
HEAD = (
    b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


@dataclass(frozen=True, slots=True)
class Caller:
    """One websocket, and what is said on it."""

    socket: ClientConnection

    async def say(self, *message: object) -> None:
        await self.socket.send(json.dumps(message))

    async def hear(self) -> list[Any]:
        async with asyncio.timeout(PATIENCE):
            said: list[Any] = json.loads(await self.socket.recv())
        return said

    async def ask(self, *message: object) -> list[Any]:
        await self.say(*message)
        return await self.hear()

    async def offer(self, record: Record) -> list[Any]:
        await self.socket.send(b'["EVENT",' + record.line + b"]", text=True)
        return await self.hear()

    async def until(self, verb: str) -> list[list[Any]]:
        """Hear all that is said before a verb, and that."""
        heard = [await self.hear()]
        while heard[-1][0] != verb:
            heard.append(await self.hear())
        return heard

    async def stored(self, name: str, *filters: object) -> list[str]:
        """Give the ids of what is stored, in the order in which they are told."""
        await self.say("REQ", name, *filters)
        return [said[2]["id"] for said in (await self.until("EOSE"))[:-1]]

    async def count(self, *filters: object) -> int:
        number: int = (await self.ask("COUNT", "n", *filters))[2]["count"]
        return number

    async def ended(self) -> int:
        """Give the code with which the other side ends it."""
        async with asyncio.timeout(PATIENCE):
            with contextlib.suppress(ConnectionClosedError):
                async for _ in self.socket:
                    pass
        return self.socket.close_code or 0


@dataclass(frozen=True, slots=True)
class Running:
    """A relay that runs."""

    inside: Inside
    relay: Relay
    port: int

    @property
    def address(self) -> str:
        return f"ws://127.0.0.1:{self.port}/"

    def caller(self, **said: Any) -> AbstractAsyncContextManager[Caller]:
        return calling(self.address, **said)

    async def take(self, *records: Record) -> list[object]:
        """Bring records by a way that is not the relay's."""
        return await self.take_raw([record.line for record in records])

    async def take_raw(self, lines: Sequence[bytes]) -> list[object]:
        asked = [self.inside.intake.receive(line, "peer") for line in lines]
        return list(await asyncio.gather(*asked, return_exceptions=True))


def frame(opcode: int, payload: bytes, *, is_last: bool = True) -> bytes:
    """Write a client's frame; its mask is zeros."""
    size = len(payload)
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 1 << 16:
        length = b"\xfe" + struct.pack("!H", size)
    else:
        length = b"\xff" + struct.pack("!Q", size)
    return bytes([opcode | 0x80 * is_last]) + length + bytes(4) + payload


@asynccontextmanager
async def calling(address: str, **said: Any) -> AsyncIterator[Caller]:
    async with connect(address, compression=None, max_size=None, **said) as socket:
        yield Caller(socket)


def relay_of(inside: Inside, take: Take | None = None) -> Relay:
    carried = Carried.of(inside.book.in_order())
    door = take or partial(inside.intake.ask, origin="person")
    return Relay(inside.store, inside.intake.feed, door, carried, lambda: inside.now)


@asynccontextmanager
async def running(inside: Inside, take: Take | None = None) -> AsyncIterator[Running]:
    relay = relay_of(inside, take)
    app = Starlette(routes=[WebSocketRoute("/", relay)])
    port = free_port()
    async with serving(app, port, ws=GuardedSocket), asyncio.TaskGroup() as tasks:
        task = tasks.create_task(relay.run())
        await asyncio.sleep(0)  # it begins to listen
        try:
            yield Running(inside, relay, port)
        finally:
            task.cancel()
