"""Besieged by a hundred callers and by peers of every malice, two honest nodes agree."""

import asyncio
import contextlib
import json
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
import uvloop

import toys
from hostile import Crier, Dripping, Endless, Garbage, Huge, Nonsense, Silent, Talker
from inside import Inside
from monsters import MONSTERS
from peering import listening, until
from petition_world import OPEN, Group
from ports import free_port
from relaying import calling
from siege import Siege
from wayhome.channel.service import Writing, write
from wayhome.codec import limits
from wayhome.records.draft import Draft
from wayhome.records.record import Record

MIB = 1 << 20
POST = 3963
OURS = 2_000  # posts that each of both has and the other lacks
CALLERS = 100  # of both together
EACH = 5_000  # records of no use that eighty of them offer: 400,000
DISK, MEMORY = 64 * MIB, 256 * MIB  # that all of it may cost a node

FAULTS = {
    Garbage: {"bad-answer"},
    Huge: {"too-large"},
    Endless: {"endless"},
    Nonsense: {"bad-reconciliation"},
    Silent: {"no-answer"},
    Dripping: {"no-answer"},
    Talker: {"too-many-records"},
    # as soon as what it cries is judged by the hundred; while others are compared it is only heard
    Crier: {"too-many-records", "too-many-bytes"},
}


def test_two_nodes_agree_though_both_are_besieged(
    open_inside: Callable[..., Inside], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PEER_ROUNDS", 50)
    useless = [toys.unsigned("0" * 64, str(one)).line for one in range(50)]
    useless += [one.raw for one in MONSTERS if b"\n" not in one.raw and len(one.raw) < 5_000]

    async def story() -> None:
        good = [toys.word(str(each)) for each in range(100)]
        bad = [Bad(good[:1]) for Bad in (Garbage, Huge, Endless, Nonsense)]
        async with AsyncExitStack() as stack:
            for part in bad:
                await stack.enter_async_context(part.playing())
            here, there = [
                await stack.enter_async_context(listening(open_inside())) for _ in range(2)
            ]
            sieges = [Siege(one.port, useless, 50) for one in (here, there)]
            all_offered = [await stack.enter_async_context(one.of(15)) for one in sieges]
            await here.take(good[:50])
            await there.take(good[50:])
            for one, other in ((here, there), (there, here)):
                peers = one.peers(*[part.address for part in bad], other.address)
                await peers.once()
                faults = [FAULTS[type(one)] for one in bad]
                *left, last = [peer.fault for peer in peers.all]
                assert all(word in words for word, words in zip(left, faults, strict=True))
                assert not last
            await asyncio.gather(*all_offered)
            assert here.ids == there.ids == sorted(one.id for one in good)
            assert [one.answered for one in sieges] == [12 * 50] * 2

    asyncio.run(story())


class Program:
    """`wayhome serve` in a folder, for one group."""

    def __init__(self, folder: Path, group: str) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._group = group
        folder.mkdir()

    @contextlib.asynccontextmanager
    async def serving(self, *peers: str) -> AsyncIterator[None]:
        """Let it run until the block ends, well and without a fault of its own."""
        settings = [f'home = ["{self._group}"]', f"port = {self.port}"]
        settings += [f'[[peer]]\nurl = "{one}"' for one in peers]
        (self._folder / "node.toml").write_text("\n".join(settings))
        wayhome = str(Path(sys.executable).with_name("wayhome"))
        log = self._folder / "log"
        with log.open("ab") as written:
            self._running = await asyncio.create_subprocess_exec(
                wayhome, "serve", cwd=self._folder, stdout=written, stderr=written
            )
        try:
            while not await self.get("/status.json"):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.1)
            yield
        finally:
            self._running.terminate()
            ended = await self._running.wait()
        said = {f"the node listens on 127.0.0.1:{self.port}"}
        assert (ended, set(log.read_text().splitlines())) == (0, said)

    async def get(self, path: str) -> bytes:
        async with httpx.AsyncClient(trust_env=False, timeout=120) as client:
            with contextlib.suppress(httpx.HTTPError):
                return (await client.get(f"{self.address}{path}")).content
        return b""

    async def ids(self) -> set[str]:
        ids = await self.get(f"/records/{POST}.ids")
        return {ids[at : at + 32].hex() for at in range(0, len(ids), 32)}

    async def leaves(self, faults: Sequence[set[str]]) -> None:
        """Wait until each of the first peers of its settings was left with one of those words."""
        waited = dict(enumerate(faults, 1))
        while waited:
            told: dict[str, Any] = json.loads(await self.get("/status.json") or b'{"peers":[]}')
            for peer in told["peers"]:
                if peer["fault"] in waited.get(peer["number"], ()):
                    del waited[peer["number"]]
            await asyncio.sleep(0.2)

    async def take(self, records: Sequence[Record]) -> None:
        async with calling(self.address.replace("http", "ws")) as caller:
            for one in records:
                assert (await caller.offer(one))[2] is True

    @property
    def disk(self) -> int:
        """The bytes of its folder."""
        return sum(one.stat().st_size for one in self._folder.rglob("*") if one.is_file())

    def memory(self, most: Literal["VmRSS", "VmHWM"]) -> int:
        """The bytes of memory that it holds, or has held at the most."""
        (threads,) = Path(f"/proc/{self._running.pid}/task").glob(f"{self._running.pid}")
        processes = [self._running.pid, *map(int, (threads / "children").read_text().split())]
        told = [Path(f"/proc/{one}/status").read_text() for one in processes]
        return sum(int(one.split(f"{most}:")[1].split()[0]) * 1024 for one in told)


@pytest.mark.soak
@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_two_programs_agree_though_a_hundred_callers_and_bad_peers_besiege_them(
    tmp_path: Path,
) -> None:
    group = Group("alone", k=1, size=1)
    founding = group.records[:1]
    said = [group.say(saying(group, str(each))) for each in range(2 * OURS)]
    both = {one.id for one in said}
    strangers = [Group(f"stranger {each}", k=1, size=1) for each in range(400)]
    bad = [Bad([one.say(saying(one, ""))]) for Bad, one in zip(FAULTS, strangers, strict=False)]
    one, other = (Program(tmp_path / name, group.id) for name in ("one", "other"))
    sieges = [
        Siege(node.port, useless(ours, strangers), EACH)
        for node, ours in ((one, said[:OURS]), (other, said[OURS:]))
    ]

    async def story() -> None:
        costs = []
        for node, ours in ((one, said[:OURS]), (other, said[OURS:])):
            async with node.serving():
                await node.take([*founding, *ours])
                costs.append((node.memory("VmRSS"), node.disk))
        async with AsyncExitStack() as stack:
            for part in bad:
                await stack.enter_async_context(part.playing())
            over = await besieged(stack, (one, other), sieges, [part.address for part in bad])
            while not (await one.ids() == await other.ids() == both):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.5)
            await asyncio.gather(*over)
            for node, (memory, disk) in zip((one, other), costs, strict=True):
                assert node.memory("VmHWM") - memory < MEMORY
                assert node.disk - disk < DISK

    uvloop.run(story())
    assert [one.answered for one in sieges] == [EACH * CALLERS * 2 // 5] * 2


async def besieged(
    stack: AsyncExitStack,
    nodes: tuple[Program, Program],
    sieges: Sequence[Siege],
    bad: Sequence[str],
) -> Sequence[Awaitable[object]]:
    """Start one, and the other once all that befalls the first is under way.

    What is given is over when all was offered, and all bad peers were left.
    """
    one, other = nodes
    faults = list(FAULTS.values())
    await stack.enter_async_context(one.serving(*bad, other.address))
    left = [asyncio.create_task(one.leaves(faults))]
    first = await stack.enter_async_context(sieges[0].of(CALLERS // 2))
    await until(lambda: sieges[0].answered > 10_000)
    await stack.enter_async_context(other.serving(*bad, one.address))
    left.append(asyncio.create_task(other.leaves(faults)))
    return first, await stack.enter_async_context(sieges[1].of(CALLERS // 2)), *left


def saying(group: Group, title: str) -> Draft:
    return write((group.id, group.id), Writing(title, "ru", "Слова."), OPEN)


def useless(held: Sequence[Record], strangers: Sequence[Group]) -> list[bytes]:
    """Give what nobody has any use for: old, forged, altered, oversized, of nobody, and garbage."""
    forged = [one.line.replace(one.sig.encode(), one.sig[::-1].encode()) for one in held[:800]]
    altered = [one.line.replace(b"3963", b"3964", 1) for one in held[800:1_000]]
    of_nobody = [one.line for group in strangers for one in group.records]
    nonsense = [one.raw for one in MONSTERS if len(one.raw) < 5_000]
    offered = [*forged, *altered, *of_nobody, *nonsense, *(one.line for one in held[1_000:1_400])]
    offered += [b'{"content":"%b"}' % (b"x" * 100_000)] * 2
    random.Random(5).shuffle(offered)  # noqa: S311 - so that each caller offers of all
    return offered
