"""Processes: real nodes and stamping desks that tests start, ask over HTTP, and kill."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Self

from ports import free_port

PROGRAM = Path(__file__).with_name("program.py")
PATIENCE = 120.0  # seconds after which a test gives up on something that must come
LOST = (OSError, HTTPException)  # what a client sees of a server that was killed


class Answer:
    """What a door answered."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def said(self) -> Any:
        return json.loads(self.body)

    @property
    def verdict(self) -> tuple[int, str]:
        """Give the status, and the reason of a refusal."""
        return self.status, self.said["refused"]


class Client:
    """One connection to a server, kept open between questions."""

    def __init__(self, port: int, source: str) -> None:
        place = (source, 0)
        self._connection = HTTPConnection("127.0.0.1", port, PATIENCE, place)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        self.send(method, path, body, **headers)
        return self.hear()

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> None:
        self._connection.request(method, path, body, headers)

    def hear(self) -> Answer:
        """Give the answer to what was sent last."""
        answer = self._connection.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, named, answer.read())

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        """Give itself; it is closed when the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self.close()


class Nursery:
    """Where processes are started: one that has loaded the program and is forked for each."""

    def __init__(self, *wrapped: str) -> None:
        command = [*wrapped, sys.executable, str(PROGRAM)]
        self._parent = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)

    def start(self, said: dict[str, Any]) -> None:
        assert self._parent.stdin is not None
        self._parent.stdin.write(json.dumps(said) + "\n")
        self._parent.stdin.flush()

    def close(self) -> None:
        with self._parent as parent:
            assert parent.stdin is not None
            parent.stdin.close()


class Process:
    """A node or desk that can be started again on the same folder and port."""

    def __init__(self, nursery: Nursery, folder: Path, log: Path, **said: Any) -> None:
        self.nursery = nursery
        self.folder = folder
        self.port = free_port()
        self.log = log  # all that it ever wrote
        self.log.touch()
        pipe = log.with_suffix(".pipe")
        os.mkfifo(pipe)
        # held open for both ends, so that nobody waits for the other to open it
        self._told = os.fdopen(os.open(pipe, os.O_RDWR), "rb", buffering=0)
        self.pid = 0
        places = {"folder": folder, "log": log, "pipe": pipe}
        self.said = {name: str(path) for name, path in places.items()} | {"port": self.port, **said}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def memory(self) -> int:
        """Give the bytes of memory it holds now."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) * 1024

    def start(self) -> None:
        """Start it and wait until it listens."""
        self.nursery.start(self.said)
        self.wait_for_start()

    def start_in_vain(self) -> str:
        """Start it where it must not start; gives what it says of that."""
        self.nursery.start(self.said)
        assert self._next() == ("ended", 1)
        return self.log.read_text()

    def wait_for_start(self) -> None:
        word, number = self._next()
        assert word == "ready", (word, number, self.log.read_text())
        self.pid = number

    def signal(self, number: signal.Signals) -> None:
        assert self.pid
        os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it as the kernel does when there is no memory left: without a word."""
        self.signal(signal.SIGKILL)
        assert self.ended() == -signal.SIGKILL

    def stop(self) -> None:
        """Stop it as a person does; it ends well."""
        self.signal(signal.SIGINT)
        assert self.ended() == 0, self.log.read_text()

    def ended(self) -> int:
        """Wait for its end; gives its status."""
        word, status = self._next()
        assert word == "ended", (word, self.log.read_text())
        self.pid = 0
        return status

    def close(self) -> None:
        """End it, whatever it does."""
        if self.pid:
            with suppress(ProcessLookupError):  # it ended by itself; it was not asked
                self.signal(signal.SIGKILL)
            self.ended()
        self._told.close()

    def _next(self) -> tuple[str, int]:
        readable, _, _ = select.select((self._told,), (), (), PATIENCE)
        assert readable, f"it says nothing: {self.log.read_text()}"
        word, number = self._told.readline().split()
        return word.decode(), int(number)

    def client(self, source: str = "127.0.0.1") -> Client:
        """Give a connection from one of this machine's own addresses."""
        return Client(self.port, source)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Ask once on a connection of its own."""
        with self.client() as client:
            return client.ask(method, path, body, **headers)

    def say(self, *raw: bytes) -> bytes:
        """Say these bytes on a connection of their own; gives all that comes until it is closed."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as connection:
            for piece in raw:
                connection.sendall(piece)
            return until_closed(connection)


class Clock:
    """The time of all processes of a test; it stands until it is set."""

    def __init__(self, path: Path, at: int) -> None:
        self.path = path
        self.at = at
        self.set(at)

    def set(self, at: int) -> None:
        self.at = at
        part = self.path.with_suffix(".part")
        part.write_text(str(at))
        part.replace(self.path)


def until_closed(connection: socket.socket) -> bytes:
    """Read until the other side hangs up; one that does not hang up fails the test."""
    found = bytearray()
    connection.settimeout(PATIENCE)
    try:
        while chunk := connection.recv(1 << 20):
            found += chunk
    except ConnectionError:
        pass  # hung up with a reset: closed too
    return bytes(found)


def wait_until(what: str, is_so: Callable[[], object], patience: float = PATIENCE) -> None:
    """Look again and again until it is so."""
    last = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < last, f"waited in vain until {what}"
        select.select((), (), (), 0.02)


@contextmanager
def together(*jobs: Callable[[], None]) -> Iterator[None]:
    """Run jobs in threads while the block runs; what one of them raises fails the test."""
    faults: list[BaseException] = []

    def run(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as fault:  # noqa: BLE001 - it is raised again below
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.join()
    if faults:
        raise faults[0]
