"""A crowd that listens, says little or reads nothing takes no place of those who ask."""

import asyncio
import contextlib
import resource
from collections.abc import AsyncIterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.utils import ClientDisconnected

import toys
from inside import Inside
from ports import free_port
from relaying import HEAD, PATIENCE, Caller, Running, calling, frame, running
from wayhome.codec import limits
from wayhome.pages import guard
from wayhome.serving import serving
from wayhome.store.memory import MemoryStore

SUBSCRIBE = frame(1, b'["REQ","a",{"kinds":[4002]}]')
TOGETHER = 50  # connections that are made at once: the kernel keeps 100 waiting


def night(number: int) -> object:
    return pytest.param(number, marks=[pytest.mark.soak, pytest.mark.slow])


@pytest.fixture(autouse=True)
def open_files() -> None:
    """Let this process have as many files as it may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def connected(
    relay: Running, said: bytes
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(HEAD + b"\r\n")
    await reader.readuntil(b"\r\n\r\n")
    writer.write(said)
    return reader, writer


async def crowd(
    stack: contextlib.AsyncExitStack, relay: Running, number: int, said: bytes
) -> list[asyncio.StreamReader]:
    """Connect so many, who all say this."""
    readers = []
    for _ in range(0, number, TOGETHER):
        made = await asyncio.gather(*(connected(relay, said) for _ in range(TOGETHER)))
        for reader, writer in made:
            stack.callback(writer.close)
            readers.append(reader)
    return readers


@pytest.mark.parametrize("number", [200, night(5_000)])
def test_everybody_who_listens_hears_it(number: int, tmp_path: Path) -> None:
    inside = Inside(MemoryStore(), tmp_path)
    one = toys.word("news")

    async def run() -> None:
        async with running(inside) as relay, contextlib.AsyncExitStack() as stack:
            # one place is left for who asks
            readers = await crowd(stack, relay, number - TOGETHER, SUBSCRIBE)
            async with relay.caller() as caller, asyncio.timeout(10 * PATIENCE):
                for reader in readers:
                    await reader.readuntil(b'["EOSE","a"]')
                assert await caller.count({}) == 0
                await relay.take(one)
                for reader in readers:
                    assert one.id.encode() in await reader.readuntil(one.sig.encode())
                assert await caller.count({}) == 1

    asyncio.run(run())
    inside.intake.close()


@pytest.mark.parametrize("number", [50, night(300)])
def test_who_speaks_a_byte_at_a_time_is_hung_up_on_and_others_are_served(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "BODY_DEADLINE", 0.5)
    inside = Inside(MemoryStore(), tmp_path)

    async def run() -> None:
        async with running(inside) as relay, contextlib.AsyncExitStack() as stack:
            readers = await crowd(stack, relay, number, SUBSCRIBE + frame(1, b"[" * 100)[:-1])
            async with relay.caller() as caller, asyncio.timeout(10 * PATIENCE):
                assert (await caller.offer(toys.word()))[2] is True
                for reader in readers:
                    with contextlib.suppress(ConnectionError):
                        await reader.read()
                while relay.relay.connections > 1:
                    assert await caller.count({}) == 1

    asyncio.run(run())
    inside.intake.close()


@contextlib.asynccontextmanager
async def called_until(ended: Future[None], app: ASGIApp) -> AsyncIterator[Caller]:
    """Call an app behind the guard; then leave, and wait until it has ended."""
    port = free_port()
    async with serving(app, port, ws=guard.GuardedSocket):
        async with calling(f"ws://127.0.0.1:{port}/") as caller:
            yield caller
        await asyncio.wait_for(asyncio.wrap_future(ended), PATIENCE)


def test_texts_of_every_size_that_are_sent_together_come_each_for_itself() -> None:
    """A size is written in three ways (RFC 6455, 5.2)."""
    texts = [
        b"\xd1\x8f" * (size // 2) + b"." * (size % 2) for size in (0, 125, 126, 65_535, 65_536)
    ]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - ASGI's shape
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "texts": texts * 2})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        with pytest.raises(ClientDisconnected):
            await send({"type": "websocket.send", "texts": texts})
        ended.set_result(None)

    ended: Future[None] = Future()

    async def run() -> None:
        async with called_until(ended, app) as caller:
            heard = [await caller.socket.recv(decode=False) for _ in range(2 * len(texts))]
            assert heard == texts * 2

    asyncio.run(run())


def test_to_whom_goodbye_was_said_an_app_may_say_it_too() -> None:
    """It cannot know that the frame of a message was too long, or that no ping was answered."""

    async def app(_: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        try:
            await send({"type": "websocket.close", "code": 1008})
        except RuntimeError as fault:
            ended.set_exception(fault)
        else:
            ended.set_result(None)

    ended: Future[None] = Future()

    async def run() -> None:
        async with called_until(ended, app) as caller:
            await caller.socket.send("[" + " " * limits.RELAY_MESSAGE)
            assert await caller.ended() == 1009

    asyncio.run(run())
