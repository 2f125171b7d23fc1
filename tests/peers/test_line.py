"""A long message is waited for while it comes; one that hardly comes is not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from wayhome.peers.line import Line
from wayhome.relay.client import Client

SAID = b'["NOTICE","%b"]' % (b"x" * 5_000)
FRAME = b"\x81\x7e" + len(SAID).to_bytes(2) + SAID  # RFC 6455, 5.2: a text of one piece


@asynccontextmanager
async def told(*parts: bytes, pause: float = 0.0) -> AsyncIterator[Line]:
    """Give the line with somebody who says these bytes, with pauses."""
    over = asyncio.Event()

    async def tell(connection: ServerConnection) -> None:
        for part in parts:
            connection.transport.write(part)
            await asyncio.sleep(pause)
        await over.wait()
        connection.transport.abort()

    async with serve(tell, "127.0.0.1", 0, compression=None) as server:
        port = server.sockets[0].getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}", compression=None, close_timeout=0.1) as one:
            try:
                yield Line(one, Client(), lambda _: None)
            finally:
                over.set()


def test_a_message_that_takes_longer_is_heard_while_it_comes() -> None:
    async def story() -> None:
        async with told(FRAME[:4_000], FRAME[4_000:], pause=1.2) as heard:
            assert await heard.heard(1.0) == []

    asyncio.run(story())


def test_a_message_of_which_a_byte_comes_now_and_then_is_not_waited_for() -> None:
    async def story() -> None:
        async with told(*(FRAME[at : at + 1] for at in range(200)), pause=0.05) as heard:
            assert await heard.heard(0.5) is None

    asyncio.run(story())
