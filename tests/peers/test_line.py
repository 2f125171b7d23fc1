"""A long message is waited for while it comes; one that hardly comes is not."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve

from peering import PATIENCE, until
from wayhome.pace import Pace
from wayhome.peers import line
from wayhome.peers.line import Line
from wayhome.peers.peer import PeerFault
from wayhome.peers.quota import Waste
from wayhome.relay.client import Came, Client, Done, Say
from wayhome.relay.parcels import pack

SAID = b'["NOTICE","%b"]' % (b"x" * 5_000)
TEXT, BINARY = b"\x81", b"\x82"  # RFC 6455, 5.2: of one piece


def frame(sort: bytes, said: bytes) -> bytes:
    return sort + b"\x7e" + len(said).to_bytes(2) + said


FRAME = frame(TEXT, SAID)


@asynccontextmanager
async def told(
    *parts: bytes,
    pause: float = 0.0,
    client: Client | None = None,
    bill: Callable[[Waste], None] = lambda _: None,
) -> AsyncIterator[Line]:
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
                yield Line(one, client or Client(), bill)
            finally:
                over.set()


def test_a_message_that_takes_longer_is_heard_while_it_comes() -> None:
    class Slow(ClientConnection):
        """What is waited for comes in part, its time is over, and then the rest comes."""

        async def recv(self, decode: bool | None = None) -> Any:  # noqa: FBT001 - the library's
            if not rest.is_set():
                await until(lambda: self.protocol.reader.buffer)
                rest.set()
                raise TimeoutError
            return await super().recv(decode)

    rest = asyncio.Event()

    async def tell(connection: ServerConnection) -> None:
        connection.transport.write(FRAME[:4_000])
        await rest.wait()
        connection.transport.write(FRAME[4_000:])
        await connection.wait_closed()

    async def story() -> None:
        async with serve(tell, "127.0.0.1", 0, compression=None) as server:
            port = server.sockets[0].getsockname()[1]
            address = f"ws://127.0.0.1:{port}"
            async with connect(address, compression=None, create_connection=Slow) as one:
                assert await Line(one, Client(), lambda _: None).heard(7.0) == []

    asyncio.run(story())


def test_a_message_of_which_a_byte_comes_now_and_then_is_not_waited_for() -> None:
    async def story() -> None:
        async with told(*(FRAME[at : at + 1] for at in range(200)), pause=0.05) as heard:
            assert await heard.heard(0.5) is None

    asyncio.run(story())


def test_what_comes_in_a_parcel_is_heard_and_billed_text_by_text() -> None:
    async def story() -> None:
        texts = [b'["EVENT","w1",{}]', SAID, b'["EOSE","w1"]']
        billed: list[int] = []
        client = Client()
        client.ask_ids([])
        parcel = frame(BINARY, pack(texts))
        async with told(
            parcel, FRAME, client=client, bill=lambda one: billed.append(one.bytes)
        ) as line:
            heard = [await line.heard(PATIENCE) for _ in range(4)]
        assert heard[0] == [Came(b"{}")]
        assert heard[1:] == [[], [Say(b'["CLOSE","w1"]'), Done("w1")], []]
        assert [one for one in billed if one] == [*map(len, texts), len(SAID)]

    asyncio.run(story())


def test_of_a_parcel_that_holds_too_much_nothing_is_heard() -> None:
    async def story() -> None:
        async with told(frame(BINARY, zlib.compress(bytes(64 * 1024 * 1024))[:60_000])) as line:
            with pytest.raises(PeerFault, match="bad-answer"):
                await line.heard(PATIENCE)

    asyncio.run(story())


@pytest.mark.parametrize("floor", [1, 1_000_000])
def test_answers_of_next_to_nothing_are_waited_for_so_long_and_no_longer(
    floor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "LEAVE", Pace(0.3, 0.3, floor))

    async def story() -> None:
        short = frame(TEXT, b'["NOTICE","%b"]' % (b"x" * 200))
        async with told(*[short] * 6, pause=0.1) as one:
            for _ in range(6):
                assert await one.answer() == []

    if floor == 1:
        asyncio.run(story())
    else:
        with pytest.raises(PeerFault, match="hardly-sends"):
            asyncio.run(story())
