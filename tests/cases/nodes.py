"""A node of a group with caseworkers, in this process, asked over HTTP; its clock is set."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from cases.envelopes import NOW, found
from groups.world import World
from wayhome.journal.answer import Outcome
from wayhome.node import Node, NodeParts
from wayhome.records.filter import Filter
from wayhome.records.record import Record
from wayhome.web.site import Face

SEALED = Filter(kinds=(3990,))


@dataclass
class OfGroup:
    """The node; `world` holds the group's charters, all of which were taken."""

    folder: Path
    now: int = NOW + 40_000
    world: World = field(default_factory=World)
    charter: Record = field(init=False)
    node: Node = field(init=False)

    def __post_init__(self) -> None:
        self.charter = found(self.world)
        self.open(self.charter.id)
        self.take(self.world.records)

    def open(self, home: str) -> None:
        """Open the folder; it must not be open."""
        parts = NodeParts(self.folder, (home,), Face({}, {}))
        self.node = Node(parts, lambda: self.now)

    def again(self) -> None:
        """Stop the node and start it."""
        self.node.close()
        self.open(self.charter.id)

    def open_as(self, other: "OfGroup") -> None:
        """Be another node of another one's group."""
        self.node.close()
        self.charter, self.now = other.charter, other.now
        self.open(other.charter.id)

    def fetch(self, *peers: Callable[[str], bytes | None]) -> list[str]:
        """Take attachments from peers, each as what it gives at a path; what lies here then."""

        async def ask(path: str, most: int) -> AsyncIterator[bytes]:
            for peer in peers:
                body = peer(path)
                if body is not None and len(body) <= most:
                    yield body

        async def once() -> None:
            await self.node.attachments.fetch(ask)

        asyncio.run(once())
        return list(self.node.attachments.there)

    def gives(self, path: str) -> bytes | None:
        """Give what another node finds at a path."""
        with ThreadPoolExecutor(1) as elsewhere:  # another node has its own loop
            answer = elsewhere.submit(self.get, path).result()
        return answer.content if answer.status_code == 200 else None

    def take(self, records: Iterable[Record]) -> list[Outcome]:
        """Give it records as a peer does."""

        async def in_turn() -> list[Outcome]:
            lines = [one.line for one in records]
            return [one async for one in self.node.intake.receive_lines(lines, "peer")]

        return asyncio.run(in_turn())

    def send(self, *bodies: bytes, path: str = "/records") -> list[tuple[int, dict[str, object]]]:
        """Give it bodies as persons do; each answer's status and what it says."""

        async def all_at_once() -> list[tuple[int, dict[str, object]]]:
            async with self.client() as http:
                answers = [await http.post(path, content=body) for body in bodies]
            return [(one.status_code, one.json()) for one in answers]

        return asyncio.run(all_at_once())

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        async def once() -> httpx.Response:
            async with self.client() as http:
                return await http.request(method, path, content=body, headers=headers)

        return asyncio.run(once())

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def pass_hour(self) -> None:
        """Let the next full hour come."""
        self.now += 3_600 - self.now % 3_600
        self.tick()

    def tick(self) -> None:
        asyncio.run(self.node.tick())

    @property
    def public(self) -> list[Record]:
        return self.node.store.find(SEALED)

    @property
    def held(self) -> int:
        return sum(1 for _ in self.node.store.held())

    def client(self) -> httpx.AsyncClient:
        """Give what speaks with the node in this process."""
        way = httpx.ASGITransport(self.node.app)
        return httpx.AsyncClient(transport=way, base_url="http://node.test")
