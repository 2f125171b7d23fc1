"""Hostile: relays that play a bad part towards whoever calls them."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import Iterator
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from peering import Part, said
from wayhome.codec import limits

WRONG = b"\x61\x00\x00\x01"  # NIP-77: from the first to the last, by this fingerprint


class Garbage(Part):
    def answer(self, heard: list[Any]) -> Iterator[bytes]:  # noqa: ARG002 - whatever is said
        yield b"\x00" + secrets.token_bytes(20)


class Huge(Part):
    def answer(self, heard: list[Any]) -> Iterator[bytes]:
        yield said("NOTICE", "x" * (limits.PEER_MESSAGE + 1), heard[0])


class Endless(Part):
    def compare(self, name: str, message: bytes) -> Iterator[bytes]:  # noqa: ARG002 - whatever
        yield said("NEG-MSG", name, (WRONG + secrets.token_bytes(16)).hex())


class Nonsense(Part):
    def compare(self, name: str, message: bytes) -> Iterator[bytes]:  # noqa: ARG002 - whatever
        yield said("NEG-MSG", name, secrets.token_hex(200))


class Silent(Part):
    def answer(self, heard: list[Any]) -> Iterator[bytes]:  # noqa: ARG002 - whatever is said
        return iter(())


class Talker(Part):
    """It gives what it is asked for again and again."""

    def give(self, name: str, record_id: str) -> Iterator[bytes]:
        for _ in range(5_000):
            yield from super().give(name, record_id)


class Crier(Part):
    """It tells of more and more that it does not have."""

    def answer(self, heard: list[Any]) -> Iterator[bytes]:
        yield from super().answer(heard)
        if heard[0] == "REQ" and heard[2].get("limit") == 0:
            for _ in range(2_000_000):
                yield b'["EVENT",%b,{"id":"%b"}]' % (json.dumps(heard[1]).encode(), b"0" * 64)


class Dripping(Part):
    """It begins a long message, and sends a byte a second."""

    async def _serve(self, line: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed, RuntimeError):  # as uvloop says it
            await line.recv()
            line.transport.write(b"\x81\x7f" + (100_000).to_bytes(8, "big"))
            while not line.transport.is_closing():
                line.transport.write(b"[")
                await asyncio.sleep(1)
