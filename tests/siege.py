"""Siege: callers of one relay who mean no good, all at once.

Most of them offer records of no use, each as many as it is told to. Of the others each does one
thing again and again: it begins what is too long, sends a byte now and then, reads nothing of what
it asks for, or compares what no set of ids can be.
"""

import asyncio
import contextlib
import json
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from itertools import cycle, islice

from hostile import WRONG
from relaying import HEAD, frame
from wayhome.codec import limits

_TOGETHER = 100  # records that are offered at once
_ODD = 5  # of so many callers one does something else
_FLOODED = b'["COUNT","flooded",{"kinds":[]}]'
Lines = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Siege:
    """What befalls one relay."""

    def __init__(self, port: int, offered: Sequence[bytes], each: int) -> None:
        self.answered = 0  # records
        self._port = port
        self._frames = [frame(1, b'["EVENT",' + one + b"]") for one in offered]
        self._each = each

    @contextlib.asynccontextmanager
    async def of(self, callers: int) -> AsyncIterator["asyncio.Future[list[None]]"]:
        """Have so many callers until the block ends; what is given is done when all was offered."""
        odd = callers // _ODD
        ways = (self._too_long, self._drip, self._confuse, self._read_nothing)
        others = [asyncio.create_task(self._again(way)) for way, _ in zip(cycle(ways), range(odd))]
        floods = [asyncio.create_task(self._flood(one)) for one in range(callers - odd)]
        try:
            yield asyncio.gather(*floods)
        finally:
            for one in (*others, *floods):
                one.cancel()
            await asyncio.gather(*others, *floods, return_exceptions=True)

    async def _flood(self, first: int) -> None:
        frames = islice(cycle(self._frames), first, first + self._each)
        together = list(islice(frames, _TOGETHER))
        while together:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                async with self._line(1 << 20) as (reader, writer):
                    while together:  # until it is cut: it answers no ping
                        writer.write(b"".join((*together, frame(1, _FLOODED))))
                        await reader.readuntil(b'"flooded"')
                        self.answered += len(together)
                        together = list(islice(frames, _TOGETHER))

    async def _again(self, way: Callable[[Lines], Awaitable[None]]) -> None:
        while True:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                async with self._line(4_096) as line:
                    await way(line)

    async def _too_long(self, line: Lines) -> None:
        line[1].write(frame(1, b"[" * (limits.RELAY_MESSAGE + 1)))
        await line[0].read()

    async def _drip(self, line: Lines) -> None:
        for byte in frame(1, b'["COUNT","a",{}]' * 5_000)[:5_000]:
            line[1].write(bytes([byte]))
            await line[1].drain()
            await asyncio.sleep(1)

    async def _read_nothing(self, line: Lines) -> None:
        asked = b"".join(frame(1, b'["REQ","%d",{}]' % one) for one in range(1_000))
        while True:
            line[1].write(asked)
            await line[1].drain()

    async def _confuse(self, line: Lines) -> None:
        said = ["NEG-OPEN", "a", {"kinds": [3963]}]
        while not line[0].at_eof():
            print_of_nothing = (WRONG + secrets.token_bytes(16)).hex()
            line[1].write(frame(1, json.dumps([*said, print_of_nothing]).encode()))
            heard = await line[0].readuntil(b"]")
            said = ["NEG-MSG", "a"] if b"NEG-MSG" in heard else said

    @contextlib.asynccontextmanager
    async def _line(self, received: int) -> AsyncIterator[Lines]:
        caller = socket.socket()
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, received)
        caller.connect(("127.0.0.1", self._port))  # of this machine: nobody waits for it
        reader, writer = await asyncio.open_connection(sock=caller)
        try:
            writer.write(HEAD + b"\r\n")
            await reader.readuntil(b"\r\n\r\n")
            yield reader, writer
        finally:
            writer.transport.abort()
