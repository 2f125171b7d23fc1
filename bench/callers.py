"""Callers: websockets that publish or ask as fast as they are answered; a process of its own.

    python bench/callers.py publish PORT CALLERS < records, a line each
    python bench/callers.py ask PORT TIMES < one REQ message
    python bench/callers.py listen PORT CALLERS < one REQ message

Frames are written out before the clock starts and answers are only counted, so that little of the
machine is spent here. Who listens stays until standard input ends.
"""

import asyncio
import json
import select
import socket
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


class Publisher:
    """One websocket that offers and counts answers, on a bare socket."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(HELLO.encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.socket.recv(1)
        if b" 101 " not in head:
            raise AssertionError("no websocket")
        self.left = 0
        self._heard = b""

    def offer(self, waiting: deque[bytes]) -> None:
        """Offer as many as may be under way, in one piece."""
        some = [waiting.popleft() for _ in range(min(UNDER_WAY - self.left, len(waiting)))]
        if some:
            self.left += len(some)
            self.socket.sendall(b"".join(some))

    def hear(self, answers: dict[str, int]) -> None:
        """Count what was answered; OK is all that a relay says here."""
        said = self.socket.recv(1 << 16)
        if not said:
            raise AssertionError("cut off")
        self._heard += said
        at = 0
        while len(self._heard) >= at + 4:
            start, size = at + 2, self._heard[at + 1]
            if size == 126:
                start, (size,) = at + 4, struct.unpack_from("!H", self._heard, at + 2)
            if len(self._heard) < start + size:
                break
            answers["true" if b'",true,"' in self._heard[start : start + size] else "false"] += 1
            self.left -= 1
            at = start + size
        self._heard = self._heard[at:]


async def publish(port: int, callers: int) -> dict[str, Any]:
    """Offer all of standard input; give the seconds to the last answer."""
    waiting = deque(frame(b'["EVENT",' + line.rstrip() + b"]") for line in sys.stdin.buffer)
    number, answers = len(waiting), {"true": 0, "false": 0}
    every = [Publisher(port) for _ in range(callers)]
    poll = select.epoll()
    by_number = {one.socket.fileno(): one for one in every}
    for one in by_number:
        poll.register(one, select.EPOLLIN)
    begun, cpu = time.monotonic(), time.process_time()
    for caller in every:
        caller.offer(waiting)
    while any(one.left for one in every):
        for one, _ in poll.poll():
            by_number[one].hear(answers)
            by_number[one].offer(waiting)
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
