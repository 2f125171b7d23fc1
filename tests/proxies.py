"""Proxies: SOCKS5 that leads all to one port and tells whom it is asked for; one that counts."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass


@contextlib.asynccontextmanager
async def socks_proxy(to_port: int) -> AsyncIterator[tuple[str, list[tuple[str, int]]]]:
    """Give its address, and the list of whom it was asked for, as it grows."""
    asked: list[tuple[str, int]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers = [writer]
        try:
            asked.append(await _wanted(reader, writer))
            there, back = await asyncio.open_connection("127.0.0.1", to_port)
            writers.append(back)
            writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
            await asyncio.gather(_copy(reader, back), _copy(there, writer))
        finally:
            for one in writers:
                one.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"socks5://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        server.close()


@dataclass
class Counted:
    """A line through which bytes go, and are counted, both ways."""

    port: int
    bytes: int = 0
    is_cut: bool = False  # then nothing arrives, and nobody is told

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.asynccontextmanager
async def counted(to_port: int) -> AsyncIterator[Counted]:
    """Lead to a port, and count."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", to_port)
        await asyncio.gather(_copy(reader, back, line), _copy(there, writer, line))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    line = Counted(server.sockets[0].getsockname()[1])
    try:
        yield line
    finally:
        server.close()


async def _wanted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int]:
    """Read whom it is to lead to (RFC 1928)."""
    _, methods = await reader.readexactly(2)
    await reader.readexactly(methods)
    writer.write(b"\x05\x00")
    _, _, _, form = await reader.readexactly(4)
    if form == 3:  # a name
        host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
    else:
        host = (await reader.readexactly(4 if form == 1 else 16)).hex()
    (port,) = struct.unpack("!H", await reader.readexactly(2))
    return host, port


async def _copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: Counted | None = None
) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65_536):
            if line is not None and line.is_cut:
                continue
            if line is not None:
                line.bytes += len(data)
            writer.write(data)
            await writer.drain()
        writer.close()
