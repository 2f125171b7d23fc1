"""A town: organisers' machines that know commands only, and nodes and desks on this machine."""

import asyncio
import datetime as dt
import json
import os
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
from click.testing import CliRunner, Result

from wayhome.clerk import Clerk
from wayhome.cli import wayhome
from wayhome.crypto import codes
from wayhome.node import Node, NodeParts, running, stamping
from wayhome.peers.service import Asked
from wayhome.petition.kinds.acceptance import Acceptance
from wayhome.petition.kinds.petition import Petition
from wayhome.petition.kinds.signature import make_panel
from wayhome.petition.signer import Signer
from wayhome.records.record import read
from wayhome.records.signing import sign
from wayhome.stamping.service import StampingDesk
from wayhome.web.site import Face

_Given = TypeVar("_Given")


@dataclass
class Machine:
    """One person's machine: a folder, and the command line."""

    folder: Path

    def __call__(self, *words: object, typed: str | None = None) -> Result:
        """Run a command in this folder; what it prints and its exit code."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with _inside(self.folder):
            return CliRunner().invoke(wayhome, [str(word) for word in words], input=typed)

    def does(self, *words: object, typed: str | None = None) -> str:
        """Run a command that must succeed; what it prints."""
        result = self(*words, typed=typed)
        assert result.exit_code == 0, (words, result.output, result.exception)
        return result.stdout

    def is_refused(self, *words: object, typed: str | None = None) -> str:
        """Run a command that must not succeed; all that it says."""
        result = self(*words, typed=typed)
        assert result.exit_code != 0, (words, result.output)
        said = "" if isinstance(result.exception, SystemExit) else str(result.exception)
        return " ".join((result.output + said).split())

    def key(self, name: str = "mine.key") -> str:
        """Make a key; its public half."""
        return self.does("key", "new", name, "--no-passphrase").strip()


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@dataclass
class Clock:
    """The time of all nodes and desks, set by hand; it begins at the real time."""

    at: int = field(default_factory=lambda: int(time.time()))

    def __call__(self) -> int:
        return self.at


class Town:
    """Nodes and desks on a loop in a thread, so that commands can speak to them."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.nodes: dict[str, Node] = {}
        self.clerks: list[Clerk] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._open: list[tuple[asyncio.Event, asyncio.Task[None]]] = []

    def serve(self, folder: Path, home: str, port: int, peers: Sequence[str] = ()) -> str:
        """Serve a node; its address."""
        parts = NodeParts(folder, (home,), Face({}, {}), tuple(Asked(one) for one in peers))
        node = Node(parts, self.clock)
        self._enter(running(node, port))
        address = f"http://127.0.0.1:{port}"
        self.nodes[address] = node
        return address

    def run_desk(self, folder: Path, node: str, port: int) -> StampingDesk:
        """Serve a stamping desk as `stamp run` does, at the town's time."""
        found = self._enter(stamping([(folder, "")], node, port, self.clock))
        self.clerks.append(found[0][1])
        return found[0][0]

    def settle(self) -> None:
        """Let everything that is due happen, and let nodes fetch from each other."""
        for _ in range(2):
            for clerk in self.clerks:
                self.call(clerk.tick(self.clock()))
            for node in self.nodes.values():
                self.call(node.tick())
            for node in self.nodes.values():
                self.call(node.peers.once())
                self.call(node.find_lists())

    def call(self, doing: Coroutine[Any, Any, _Given]) -> _Given:
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result(240)

    def close(self) -> None:
        for stop, task in reversed(self._open):
            self._loop.call_soon_threadsafe(stop.set)
            self.call(_finished(task))
        self.call(_let_go())
        for node in self.nodes.values():
            node.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _enter(self, block: AbstractAsyncContextManager[_Given]) -> _Given:
        given, stop, task = self.call(_begun(block))
        self._open.append((stop, task))
        return given


async def _let_go() -> None:
    """End what still runs, as `asyncio.run` does: a node looks at its records at leisure."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


async def _begun(
    block: AbstractAsyncContextManager[_Given],
) -> tuple[_Given, asyncio.Event, asyncio.Task[None]]:
    """Enter a block in a task of its own, which leaves it when it is told to."""
    stop = asyncio.Event()
    began: asyncio.Future[_Given] = asyncio.get_running_loop().create_future()

    async def hold() -> None:
        async with block as given:
            began.set_result(given)
            await stop.wait()

    task = asyncio.create_task(hold())
    await asyncio.wait([task, began], return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    return began.result(), stop, task


async def _finished(task: asyncio.Task[None]) -> None:
    await task


@contextmanager
def town() -> Iterator[Town]:
    made = Town()
    try:
        yield made
    finally:
        made.close()


def moment(at: int) -> str:
    """A moment as it is typed."""
    return dt.datetime.fromtimestamp(at, dt.UTC).isoformat()


def sign_petition(node: str, petition: str, slips: Sequence[str], at: int) -> httpx.Response:
    """Sign as a browser does, with the codes of slips; what the node answers."""
    told = httpx.get(f"{node}/petition/{petition}.json", trust_env=False, timeout=120).json()
    records = [read(_line(one)) for one in told["records"]]
    asked = next(one for one in records if one.id == petition)
    accepted = [
        Acceptance.of(one) for one in records if one.id in told["official"] and one.kind == 3974
    ]
    panel = make_panel(asked, {one.kid: one.spki for one in accepted})
    parts = [codes.read(slip) for slip in slips]
    chosen = [one for one in accepted if one.kid[:4] in {part.kid4 for part in parts}]
    assert len(chosen) == Petition.of(asked).q
    signer = Signer.begin(panel, [one.group for one in chosen])
    answers = {}
    for one in chosen:
        question = next(each for each in signer.questions if each.seat.group == one.group)
        secret = next(part.secret for part in parts if part.kid4 == one.kid[:4])
        body = {
            "petition": petition,
            "kid": one.kid,
            "blinded": b64encode(question.blinded).decode(),
            "voucher": secret.hex(),
        }
        answer = httpx.post(f"{one.urls[0]}/stamp", json=body, trust_env=False, timeout=120)
        assert answer.status_code == 200, answer.text
        answers[one.group] = b64decode(answer.json()["blind_sig"])
    record = sign(signer.draft(answers, at), signer.secret_key)
    return httpx.post(
        f"{node}/petition/{petition}/records", content=record.line, trust_env=False, timeout=120
    )


def _line(told: dict[str, Any]) -> bytes:
    return json.dumps(told).encode()
