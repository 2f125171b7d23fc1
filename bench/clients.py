"""Clients: many people who send one request each, and wait for its answer; a process of its own.

    python bench/clients.py HOST PORT PATH CLIENTS < requests

Standard input has one body a line. Every client keeps its connection and sends its next request
once the last is answered. The requests are written out before the clock starts, so that little of
the machine is spent here. Printed: answers by status, and the seconds from first to last.
"""

import asyncio
import json
import sys
import time
from collections import Counter, deque


class Client(asyncio.Protocol):
    """One connection."""

    def __init__(self, waiting: deque[bytes], statuses: Counter[str], done: asyncio.Event) -> None:
        self._waiting = waiting
        self._statuses = statuses
        self._done = done
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        """Read one answer; its length says where it ends."""
        self._heard += data
        head, found, body = self._heard.partition(b"\r\n\r\n")
        if not found:
            return
        size = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
        if len(body) >= int(size):
            self._heard = b""
            self._statuses[head[9:12].decode()] += 1
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count what was cut off."""
        if not self._done.is_set() and exc is not None:
            self._statuses["cut"] += 1

    def _next(self) -> None:
        if self._waiting:
            self._transport.write(self._waiting.popleft())  # type: ignore[attr-defined]
        else:
            self._transport.close()
            self._done.set()


async def send(host: str, port: int, path: str, clients: int) -> dict[str, object]:
    """Send all of standard input."""
    head = f"POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n"
    waiting = deque(
        f"{head}content-length: {len(body)}\r\n\r\n".encode() + body
        for body in (line.rstrip(b"\n") for line in sys.stdin.buffer)
    )
    number = len(waiting)
    statuses: Counter[str] = Counter()
    loop = asyncio.get_running_loop()
    begun, cpu = time.monotonic(), time.process_time()
    events = [asyncio.Event() for _ in range(clients)]
    for event in events:
        await loop.create_connection(
            lambda event=event: Client(waiting, statuses, event), host, port
        )
    await asyncio.gather(*(event.wait() for event in events))
    return {
        "requests": number,
        "statuses": dict(statuses),
        "seconds": time.monotonic() - begun,
        "client cpu": time.process_time() - cpu,
    }


if __name__ == "__main__":
    HOST, PORT, PATH, CLIENTS = sys.argv[1:]
    print(json.dumps(asyncio.run(send(HOST, int(PORT), PATH, int(CLIENTS)))))
