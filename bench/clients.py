"""Clients: many people who send one request each, and wait for its answer; a process of its own.

    python bench/clients.py HOST PORT PATH CLIENTS < requests

Standard input has one body a line. Every client keeps its connection and sends its next request
once the last is answered. The requests are written out before the clock starts, and bare sockets
carry them, so that little of the machine is spent here. Printed: answers by status, the seconds
from first to last, and the CPU they took.
"""

import json
import select
import socket
import sys
import time
from collections import Counter, deque

_ONCE = 1 << 16  # bytes read at once: many answers
_LENGTH = b"content-length: "  # as the node spells it
_CUT = "cut"


class Crowd:
    """All of them, in one thread; whoever was answered speaks next."""

    def __init__(self, place: tuple[str, int], clients: int, waiting: deque[bytes]) -> None:
        self.statuses: Counter[str] = Counter()
        self._waiting = waiting
        self._poll = select.epoll()
        self._open: dict[int, socket.socket] = {}
        self._heard: dict[int, bytes] = {}
        for _ in range(clients):
            one = socket.create_connection(place)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open[one.fileno()] = one
            self._heard[one.fileno()] = b""
            self._poll.register(one, select.EPOLLIN)

    def speak(self) -> None:
        """Send everything; return once all of it is answered."""
        for number in list(self._open):
            self._next(number)
        while self._open:
            for number, _ in self._poll.poll():
                self._hear(number)

    def _hear(self, number: int) -> None:
        """Read some of an answer; its length says where it ends."""
        try:
            said = self._open[number].recv(_ONCE)
        except OSError:
            said = b""
        if not said:
            self.statuses[_CUT] += 1
            self._leave(number)
            return
        heard = self._heard[number] + said
        end = heard.find(b"\r\n\r\n") + 4
        at = heard.find(_LENGTH, 0, end)
        if end < 4 or len(heard) < end + int(heard[at + len(_LENGTH) : heard.find(b"\r", at)]):
            self._heard[number] = heard
            return
        self._heard[number] = b""
        self.statuses[heard[9:12].decode()] += 1
        self._next(number)

    def _next(self, number: int) -> None:
        if self._waiting:
            self._open[number].sendall(self._waiting.popleft())
        else:
            self._leave(number)

    def _leave(self, number: int) -> None:
        one = self._open.pop(number)
        self._poll.unregister(one)
        one.close()


def send(host: str, port: int, path: str, clients: int) -> dict[str, object]:
    """Send all of standard input."""
    head = f"POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n"
    waiting = deque(
        f"{head}content-length: {len(body)}\r\n\r\n".encode() + body
        for body in (line.rstrip(b"\n") for line in sys.stdin.buffer)
    )
    number = len(waiting)
    crowd = Crowd((host, port), clients, waiting)
    begun, cpu = time.monotonic(), time.process_time()
    crowd.speak()
    return {
        "requests": number,
        "statuses": dict(crowd.statuses),
        "seconds": time.monotonic() - begun,
        "client cpu": time.process_time() - cpu,
    }


if __name__ == "__main__":
    HOST, PORT, PATH, CLIENTS = sys.argv[1:]
    print(json.dumps(send(HOST, int(PORT), PATH, int(CLIENTS))))
