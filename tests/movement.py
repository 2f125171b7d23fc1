"""Movement: five nodes in virtual time, and what a seed makes of them.

They take records, ask each other, are parted, stop and start again, and lose everything. Beside
them stands what each has answered with yes, and a slow oracle that says what all must come to.
"""

from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import Self

from inside import Inside
from peering import Here, listening
from toys import HAND, PLEA, WINDOW, WORD, facts_of
from wayhome.crypto.keys import SecretKey
from wayhome.records.draft import Draft
from wayhome.records.filter import Filter
from wayhome.records.record import Record
from wayhome.records.refused import Refused
from wayhome.records.signing import sign
from wayhome.store.memory import MemoryStore

NODES, PEOPLE = 5, 6
STEPS = {"publish": 24, "ask": 28, "part": 3, "pass_time": 4, "crash": 2, "wipe": 1}


class Rows:
    """A view that is the set of its rows."""

    def __init__(self, rows: Iterable[bytes]) -> None:
        self.rows = frozenset(rows)

    @classmethod
    def of(cls, rows: Iterable[bytes]) -> Self:
        return cls(rows)

    def noting(self, rows: Iterable[bytes]) -> Self:
        return type(self)(self.rows.union(rows))


class Node:
    """One of them: its store is what a crash leaves, and everything else begins anew."""

    def __init__(self, folder: Path) -> None:
        self.answered: list[Record] = []  # with yes
        self.side = 0
        self._folder = folder
        self._store = MemoryStore()
        self._lives = 0
        self._stack = AsyncExitStack()

    async def start(self, now: int) -> None:
        inside = Inside(self._store, self._folder / str(self._lives), now=now)
        inside.folder.mkdir(parents=True, exist_ok=True)
        self._stack.callback(inside.intake.close)
        self.here: Here = await self._stack.enter_async_context(listening(inside))

    async def stop(self) -> None:
        await self._stack.aclose()

    async def crash(self) -> None:
        await self.stop()
        await self.start(self.here.inside.now)

    async def wipe(self) -> None:
        self._store, self.answered = MemoryStore(), []
        self._lives += 1  # its keys are gone too
        await self.crash()

    async def take(self, record: Record) -> None:
        async for outcome in self.here.inside.intake.receive_lines([record.line], "person"):
            if not isinstance(outcome, Refused):
                self.answered.append(record)

    async def ask(self, other: "Node") -> None:
        peers = self.here.peers(other.here.address)
        await peers.once()
        assert [peer.fault for peer in peers.all] == [""]

    async def set_clock(self, now: int) -> None:
        self.here.inside.now = now
        await self.here.inside.intake.release(now)

    @property
    def view(self) -> frozenset[bytes]:
        return self.here.inside.fold.view("hands", None, Rows).rows


class Movement:
    """All of them."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.nodes = [Node(folder / str(number)) for number in range(NODES)]
        self.counted = dict.fromkeys(STEPS, 0)
        self._chance = Random(seed)  # noqa: S311 - a seed is to make the same again
        self._keys = [SecretKey(self._chance.randbytes(32)) for _ in range(PEOPLE)]
        self._pleas: list[Record] = []
        self._now = 1_000

    async def run(self, steps: int) -> None:
        """Let so many things happen."""
        for node in self.nodes:
            await node.start(self._now)
        names, weights = list(STEPS), list(STEPS.values())
        for name in self._chance.choices(names, weights, k=steps):
            self.counted[name] += 1
            await getattr(self, f"_{name}")(self._chance.choice(self.nodes))

    async def settle(self) -> None:
        """Heal everything, let all windows end, and let each ask each other twice."""
        self._now += 10 * WINDOW
        for node in self.nodes:
            await node.set_clock(self._now)
        for _ in range(2):
            for node in self.nodes:
                for other in self.nodes:
                    if other is not node:
                        await node.ask(other)

    async def stop(self) -> None:
        for node in self.nodes:
            await node.stop()

    async def _publish(self, node: Node) -> None:
        kind = self._chance.choices((PLEA, HAND, WORD), (1, 3, 1))[0] if self._pleas else PLEA
        text = str(self._chance.random())
        tags = (("title", text),)
        if kind == HAND:  # many of them somebody's second for the same plea
            tags = (("e", self._chance.choice(self._pleas).id), ("stamp", text))
        record = sign(Draft(kind, tags, "", self._now), self._chance.choice(self._keys))
        if kind == PLEA:
            self._pleas.append(record)
        await node.take(record)

    async def _ask(self, node: Node) -> None:
        other = self._chance.choice(self.nodes)
        if other is not node and other.side == node.side:
            await node.ask(other)
        assert all(len(row) for row in node.view)  # views are told from here on

    async def _part(self, node: Node) -> None:
        node.side = 1 - node.side

    async def _pass_time(self, node: Node) -> None:
        self._now += self._chance.randrange(WINDOW)
        await node.set_clock(self._now)  # the others' clocks are behind

    async def _crash(self, node: Node) -> None:
        await node.crash()

    async def _wipe(self, node: Node) -> None:
        await node.wipe()


def lowest(records: Iterable[Record]) -> dict[str, Record]:
    """Say slowly what all must come to: of one person's hands for one plea the lowest id."""
    kept: dict[str, Record] = {}
    for record in records:
        place = record.tags[0][1] + record.pubkey if record.kind == HAND else record.id
        if place not in kept or record.id < kept[place].id:
            kept[place] = record
    return {record.id: record for record in kept.values()}


def rows_of(records: Iterable[Record]) -> frozenset[bytes]:
    return frozenset(
        fact.row for record in records for fact in facts_of(record) if fact.view == "hands"
    )


def public(node: Node) -> Sequence[Record]:
    return node.here.inside.store.find(Filter())
