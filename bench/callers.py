"""Callers: websockets that publish or ask as fast as they are answered; a process of its own.

    python bench/callers.py publish PORT CALLERS < records, a line each
    python bench/callers.py ask PORT TIMES < one REQ message
    python bench/callers.py listen PORT CALLERS < one REQ message

Frames are written out before the clock starts and answers are only counted, so that little of the
machine is spent here. Who listens stays until standard input ends.
"""

import asyncio
import json
import struct
import sys
import time
from collections import deque
from statistics import median
from typing import Any

UNDER_WAY = 100  # records that one caller has offered and was not answered yet
HELLO = (
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


def frame(message: bytes) -> bytes:
    """Write a message as one frame, its mask zeros."""
    size = len(message)
    if size < 126:
        return bytes((0x81, 0x80 | size)) + bytes(4) + message
    return b"\x81\xfe" + struct.pack("!H", size) + bytes(4) + message


class Caller:
    """One websocket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    @classmethod
    async def of(cls, port: int) -> "Caller":
        """Connect."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        writer.write(HELLO.encode())
        if b" 101 " not in await reader.readuntil(b"\r\n\r\n"):
            raise AssertionError("no websocket")
        return cls(reader, writer)

    async def hear(self) -> bytes:
        """Give the next message."""
        while True:
            kind, size = await self._reader.readexactly(2)
            if size == 126:
                (size,) = struct.unpack("!H", await self._reader.readexactly(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", await self._reader.readexactly(8))
            message = await self._reader.readexactly(size)
            if kind & 0x0F == 1:
                return message


async def publish(port: int, callers: int) -> dict[str, Any]:
    """Offer all of standard input; give the seconds to the last answer."""
    waiting = deque(frame(b'["EVENT",' + line.rstrip() + b"]") for line in sys.stdin.buffer)
    number, answers = len(waiting), {"true": 0, "false": 0}

    async def one(caller: Caller) -> None:
        left = 0
        while waiting or left:
            while waiting and left < UNDER_WAY:
                caller.writer.write(waiting.popleft())
                left += 1
            said = json.loads(await caller.hear())
            if said[0] == "OK":
                answers["true" if said[2] else "false"] += 1
                left -= 1

    every = [await Caller.of(port) for _ in range(callers)]
    begun, cpu = time.monotonic(), time.process_time()
    await asyncio.gather(*map(one, every))
    took = time.monotonic() - begun
    spent = time.process_time() - cpu
    return {"seconds": took, "records": number, "answers": answers, "cpu": spent}


async def ask(port: int, times: int) -> dict[str, Any]:
    """Ask again and again; give the milliseconds from the question to the end of the answer."""
    asked = frame(sys.stdin.buffer.read().strip())
    caller = await Caller.of(port)
    took, records = [], 0
    for _ in range(times):
        begun = time.monotonic()
        caller.writer.write(asked)
        records = 0
        while not (await caller.hear()).startswith((b'["EOSE"', b'["CLOSED"')):
            records += 1
        took.append((time.monotonic() - begun) * 1e3)
    middle, worst = round(median(took), 2), round(max(took), 2)
    return {"milliseconds": middle, "worst": worst, "records": records}


async def listen(port: int, callers: int) -> dict[str, Any]:
    """Subscribe on that many websockets; say so, and stay."""
    asked = frame(sys.stdin.buffer.readline().strip())
    every = [await Caller.of(port) for _ in range(callers)]
    for caller in every:
        caller.writer.write(asked)
        while not (await caller.hear()).startswith(b'["EOSE"'):
            pass
    print("listening", flush=True)
    await asyncio.to_thread(sys.stdin.buffer.read)
    return {"callers": len(every)}


if __name__ == "__main__":
    what, at, many = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    doing = {"publish": publish, "ask": ask, "listen": listen}[what]
    print(json.dumps(asyncio.run(doing(at, many))))
