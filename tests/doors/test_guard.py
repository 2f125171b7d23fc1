"""The guard before every door of a real node: who dawdles or never ends is hung up on, in time.

The guard overrides uvicorn's internals; these claims say whether it still works.
"""

import contextlib
import signal
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path

import pytest

from faults.life import Life
from faults.processes import PATIENCE, Nursery, Process, together, until_closed, wait_until
from petition_world import OPEN
from wayhome.channel.service import Writing, write

pytestmark = pytest.mark.slow

SOON = 0.5  # seconds of every deadline here; a person's node waits longer
MIB = 1 << 20
MOST = 32 * MIB  # bytes that go out before it is seen that nobody takes them
GET = b"GET /records HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /records HTTP/1.1\r\nHost: x\r\n"


@dataclass
class Guarded:
    """A running node, and a question whose answer is more than the kernel buffers for us."""

    node: Process
    large: bytes
    size: int

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.node.port), PATIENCE)

    def holds(self, connection: socket.socket) -> bool:
        """Tell whether the node still has its end of a connection: to this one nothing is told."""
        here, port = "0100007F", connection.getsockname()[1]
        its_end = f"{here}:{self.node.port:04X} {here}:{port:04X} 01 "  # established
        return its_end in Path("/proc/net/tcp").read_text()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Iterator[Guarded]:
    life = Life(tmp_path_factory.mktemp("guard"), nursery)
    deadlines = dict.fromkeys(("HEAD_DEADLINE", "READ_DEADLINE", "BODY_DEADLINE"), SOON)
    node = life.node(deadlines=deadlines)
    group = life.world.groups[0]
    text = "\n\n".join(["длинно"] * 4_000)
    posts = [
        group.say(write((group.id, group.id), Writing(str(number), "ru", text), OPEN))
        for number in range(300)
    ]
    node.start()
    life.publish(node)
    large = b"GET /records/3963.jsonl HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    yield Guarded(node, large, sum(len(post.line) + 1 for post in posts))
    node.stop()
    said = node.log.read_text()
    life.close()
    assert "Traceback" not in said, said
    assert "127.0.0.1" not in said


def drip(connection: socket.socket, said: bytes) -> None:
    """Say a byte now and then until the other side has hung up."""
    pauses = repeat(SOON / 10, int(2 * PATIENCE * 10 / SOON))  # longer than anybody waits for it
    with contextlib.suppress(OSError):
        for byte, pause in zip(chain(said, repeat(ord("a"))), pauses, strict=False):
            connection.sendall(bytes([byte]))
            threading.Event().wait(pause)  # the claim is about who says little at a time


def flood(connection: socket.socket, said: bytes) -> int:
    """Say it and then go on for ever; gives how many bytes went out before it was cut."""
    sent = 0
    with contextlib.suppress(OSError):
        connection.sendall(said)
        while sent < 2 * MOST:
            sent += connection.send(b"a" * (1 << 16))
    return sent


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\r\n\r\n", id="empty lines"),
        pytest.param(b"G", id="a letter"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\nX-A:", id="half a head"),
        pytest.param(GET + GET + b"GET /", id="half a head after two answers"),
        pytest.param(POST + b"Content-Length: 9\r\n\r\n{", id="half a body"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\n", id="no chunk"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\n9\r\n{", id="half a chunk"),
    ],
)
def test_who_stops_speaking_is_hung_up_on(guarded: Guarded, said: bytes) -> None:
    began = time.monotonic()
    with guarded.connect() as connection:
        connection.sendall(said)
        until_closed(connection)
    assert time.monotonic() - began > SOON * 0.9


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(GET[:-2] + b"X-A: ", id="a head"),
        pytest.param(POST + b"Content-Length: 999\r\n\r\n", id="a body"),
        pytest.param(
            POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 99, id="chunks"
        ),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-A: ", id="a trailer"),
    ],
)
def test_who_speaks_a_byte_at_a_time_is_hung_up_on(guarded: Guarded, said: bytes) -> None:
    spoken = said.index(b"\r\n\r\n") if b"\r\n\r\n" in said else len(said) - 8
    with guarded.connect() as connection:
        connection.sendall(said[:spoken])
        with together(lambda: drip(connection, said[spoken:])):
            until_closed(connection)
            connection.close()


def test_empty_lines_after_an_answer_do_not_hold_the_door(guarded: Guarded) -> None:
    with guarded.connect() as connection:
        connection.sendall(GET)
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200 ")
        with together(lambda: drip(connection, b"\r\n" * 1_000)):
            until_closed(connection)
            connection.close()


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"GET / HTTP/1.1\r\nX: ", id="a head"),
        pytest.param(b"GET /", id="an address"),
        pytest.param(POST + b"Content-Length: 99999999999\r\n\r\n", id="a body"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\nffffffffff\r\n", id="a chunk"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: ", id="a trailer"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\n1;x=", id="a chunk's extension"),
    ],
)
def test_who_never_ends_is_hung_up_on_and_takes_no_memory(guarded: Guarded, said: bytes) -> None:
    before = guarded.node.memory
    sent: list[int] = []

    def run() -> None:
        with guarded.connect() as connection:
            sent.append(flood(connection, said))

    with together(*[run] * 10):
        pass
    assert len(sent) == 10
    assert max(sent) < MOST
    assert guarded.node.memory < before + 16 * MIB


def test_an_answer_nobody_reads_is_cut(guarded: Guarded) -> None:
    with guarded.connect() as connection:
        connection.sendall(guarded.large)
        wait_until("it has hung up", lambda: not guarded.holds(connection))
        assert len(until_closed(connection)) < guarded.size


def test_an_answer_that_is_read_comes_whole(guarded: Guarded) -> None:
    with guarded.connect() as connection:
        connection.sendall(guarded.large)
        assert len(until_closed(connection)) > guarded.size


def test_others_are_served_while_two_hundred_dawdle(guarded: Guarded) -> None:
    with contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(guarded.connect()) for _ in range(200)]
        for i, connection in enumerate(crowd):
            connection.sendall(GET[: i % len(GET)])
        with guarded.node.client() as client:
            took = []
            for _ in range(50):
                began = time.monotonic()
                assert client.ask("GET", "/records").status == 200
                took.append(time.monotonic() - began)
        for connection in crowd:
            until_closed(connection)
    assert sorted(took)[25] < SOON, "they were waited for"


def test_a_crowd_that_takes_every_place_holds_them_no_longer_than_the_deadline(
    guarded: Guarded,
) -> None:
    node = guarded.node
    with contextlib.ExitStack() as stack:
        node.signal(signal.SIGSTOP)  # until all have come: it finds them there together
        try:
            for _ in range(520):
                stack.enter_context(guarded.connect())
            client = stack.enter_context(node.client())
            client.send("GET", "/records")
            one = stack.enter_context(guarded.connect())
            one.sendall(POST + b"content-length: 2\r\n\r\n{}")
        finally:
            node.signal(signal.SIGCONT)
        assert client.hear().status == 503
        assert one.recv(12) == b"HTTP/1.1 503"
        wait_until("there is a place", lambda: node.ask("GET", "/records").status == 200)
