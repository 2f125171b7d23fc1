"""The composition root: here, and only here, a node or a stamping desk is put together."""

import asyncio
import contextlib
import fcntl
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TextIO

import httpx
from starlette.types import ASGIApp

from wayhome import outward
from wayhome.attachments import Attachments
from wayhome.cases.kinds import KINDS as CASES
from wayhome.cases.kinds import sealed
from wayhome.cases.room import Drawn
from wayhome.cases.slots import SLOTS, Slots
from wayhome.channel.kinds import KINDS as CHANNEL
from wayhome.clerk import Clerk, NodeFault
from wayhome.codec import limits
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.echo.notes import said_by
from wayhome.echo.places import Place
from wayhome.echo.service import Echo, Voice
from wayhome.groups.kinds import KINDS as GROUPS
from wayhome.groups.reach import Reach
from wayhome.groups.standing import STANDING, Standing
from wayhome.journal.fold import Fold
from wayhome.journal.held import HeldRecords
from wayhome.journal.intake import Intake
from wayhome.journal.verifier import Verifier
from wayhome.lists import ListFolder, silent_before
from wayhome.nodekey import node_key
from wayhome.pages.guard import GuardedSocket
from wayhome.peers.judging import Ours
from wayhome.peers.peer import Peer
from wayhome.peers.service import Asked, Neighbours, Peers
from wayhome.peers.way import Way, place_of
from wayhome.petition.kinds import KINDS as PETITION
from wayhome.petition.kinds import signature, withdrawal
from wayhome.petition.kinds.petition import Petition
from wayhome.petition.listfile import ID_BYTES
from wayhome.petition.service import draft_closing_list
from wayhome.records.kind import KindBook
from wayhome.records.record import Record
from wayhome.records.refused import Refused
from wayhome.records.signing import sign
from wayhome.relay.introduction import Introduction
from wayhome.relay.library import Carried
from wayhome.relay.server import Relay
from wayhome.serving import serving
from wayhome.stamping.book import BookFault
from wayhome.stamping.service import StampingDesk
from wayhome.store.blobfile import BlobFile
from wayhome.store.sqlite import SqliteStore
from wayhome.store.store import StorageFault
from wayhome.web.app import make_app
from wayhome.web.site import Face, Neighbour, Site, Unwanted
from wayhome.web.stamping import make_desk_app

BOOK = KindBook(GROUPS, CHANNEL, PETITION, CASES)
_KINDS = tuple(kind.number for kind in BOOK.in_order())
AGREED_STEP = 600  # seconds: nobody need know the minute
FETCH = 60.0  # seconds between looks for attachments and list files that other nodes have
LAPSES = 500  # records that are let go in one transaction: 30 MB of envelopes
TICK = 1.0  # seconds between looks at what is due


class NodeInUse(Exception):  # noqa: N818 - the operator's fault, told in words
    """Another process runs on this folder."""


@dataclass(frozen=True, slots=True)
class NodeParts:
    """What a node is made of."""

    folder: Path
    home: tuple[str, ...]
    face: Face
    peers: tuple[Asked, ...] = ()
    steps: int = 3
    socks: str = ""  # a proxy for all that the node asks of others
    echo: tuple[Place, ...] = ()


class Node:
    """A node: store, intake, site, peers, and what it does by itself when time passes."""

    def __init__(self, parts: NodeParts, clock: Callable[[], int]) -> None:
        """Open a node's folder.

        Raises:
            BadKey: its key file holds none.
            NodeInUse: another process has it.
            BadDatabase: its files are not this program's, or a newer one's.
        """
        parts.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = _locked(parts.folder / "lock")
        self.key = node_key(parts.folder)
        self.public = keys.public_key(self.key)
        self.clock = clock
        self.parts = parts
        self.store = SqliteStore(parts.folder / "records.db")
        self.fold = Fold(self.store)
        self._reach: tuple[Standing, Reach] | None = None
        self._lapsed = 0  # the day on which lapsing was last looked at
        self.held = HeldRecords(self.store, parts.folder / "held", _quotas)
        self._drawn = Drawn(self.held.drawn, self.fold)
        self._verifier = Verifier()
        self.intake = Intake(
            BOOK, self.store, self.fold, self._ground, self.held, clock, self._verifier.ask
        )
        self.lists = ListFolder(parts.folder / "lists")
        self._silent_before = silent_before(parts.folder)
        self.blobs = BlobFile(parts.folder / "blobs.db")
        self.attachments = Attachments(self.blobs, self.store, self.held, clock)
        self.relay = Relay(
            self.store,
            self.intake.feed,
            partial(self.intake.ask, origin="person"),
            Carried.of(BOOK.in_order()),
            clock,
        )
        way = Way(parts.socks)
        self.peers = Peers(
            Neighbours(parts.peers, self._named, parts.face.address, bytes.fromhex(self.public)),
            Ours(
                self.store,
                _KINDS,
                self.relay.items,
                lambda lines: self.intake.receive_lines(lines, "peer"),
                self.intake.waits_for,
                clock,
                {sealed.NUMBER: {"g": parts.home}},
                frozenset({signature.NUMBER, withdrawal.NUMBER, sealed.NUMBER}),
            ),
            self.intake.feed,
            way,
        )
        self.site = Site(
            self.store,
            self.fold,
            clock,
            parts.home,
            parts.steps,
            _KINDS,
            self.lists.all,
            parts.face,
            lambda: self.peers.are_silent,
            self._neighbours,
            lambda: self.echo.states,
        )
        self.echo = Echo(
            parts.echo,
            parts.folder / "echo",
            lambda: list(said_by(self.site)),
            Voice(lambda draft: sign(draft, self.key), clock, way),
        )
        self.app: ASGIApp = make_app(
            self.site,
            self.intake,
            self.attachments,
            self.relay,
            _introduction(parts.face, self.key),
        )

    async def tick(self) -> None:
        """Do what is due: release what was held, list what is closed; it waits for nobody.

        Raises:
            StorageFault: the disk did not take it.
        """
        now = self.clock()
        soonest = self.held.soonest
        if soonest is not None and soonest <= now:
            await self.intake.release(now)
        await self._lapse(now // sealed.DAY)
        for record, asked in self.site.petitions():
            if now >= asked.close + limits.LISTS_AFTER_CLOSE:
                await self._list(record.id, asked)

    async def find_lists(self) -> None:
        """Fetch the list files that closing lists stand for and peers have."""
        for name, petition_id in self.lacked_lists().items():
            path = f"/petition/{petition_id}/lists/{name}"
            async for content in self.peers.files(path, limits.LIST_IDS * ID_BYTES):
                if self.lists.keep(name, content):
                    break

    def lacked_lists(self) -> dict[str, str]:
        """Give the list files that closing lists name and are not here, with their petition."""
        return {
            name: record.id
            for record, _ in self.site.petitions()
            for _, said in self.site.papers(record.id).lists.values()
            for name in (said.sum, said.withdrawn_sum)
            if name not in self.lists.all()
        }

    async def _lapse(self, today: int) -> None:
        """Once a day, let go of the envelopes whose time has ended."""
        slots = self.fold.view(SLOTS, None, Slots) if today != self._lapsed else None
        if slots is not None and not slots.are_long_over(today):
            gone = list(slots.lapsed(today))
            for start in range(0, len(gone), LAPSES):
                await self.intake.lapse(gone[start : start + LAPSES])
            await asyncio.to_thread(self.attachments.tidy)
            self._lapsed = today

    def close(self) -> None:
        """Give back threads and files; safe to call twice."""
        self.intake.close()
        self._verifier.close()
        self.store.close()
        self.blobs.close()
        self._lock.close()

    async def _list(self, petition_id: str, asked: Petition) -> None:
        """Write this node's closing list once, if a charter of the petition's groups names it."""
        papers = self.site.papers(petition_id)
        public = self.public
        group = self._group_of(petition_id, asked, public)
        if group is None or papers.asked is None or asked.open < self._silent_before:
            return
        if any(record.pubkey == public for record, _ in papers.lists.values()):
            return
        counters = [record for record, _ in papers.counters.values()]
        said = draft_closing_list(papers.asked, group, self.site.tally(petition_id), counters)
        for name, content in said.files.items():
            self.lists.keep(name, content)
        with contextlib.suppress(Refused):  # not an author after all; nothing is lost
            await self.intake.receive(sign(said.draft, self.key).line, "own")

    def _group_of(self, petition_id: str, asked: Petition, public: str) -> str | None:
        said = [one for _, one in self.site.acceptances(petition_id)]
        named = [(asked.group, asked.charter), *((one.group, one.charter) for one in said)]
        for group, charter_id in named:
            charter = self.site.charter(charter_id)
            if charter and any(node.key == public for node in charter.nodes):
                return group
        return None

    def _neighbours(self) -> tuple[Neighbour, ...]:
        named = {one: url for _, url in self._named() if (one := place_of(url))}
        return tuple(
            Neighbour(
                named.get(peer.address.same, ""),
                peer.number,
                "listening" if peer.phase == "comparing" else peer.phase,
                peer.fault,
                peer.agreed - peer.agreed % AGREED_STEP,
                peer.differed,
                peer.kept,
                dict(peer.left_out),
                dict(peer.not_taken),
                _unwanted(peer),
            )
            for peer in self.peers.all
        )

    def _named(self) -> Iterator[tuple[str, str]]:
        return self.site.nodes()

    def _ground(self) -> Reach:
        standing = self.fold.view(STANDING, "", Standing)
        if self._reach is None or self._reach[0] is not standing:
            reach = Reach(standing, self.parts.home, self.parts.steps, self._drawn)
            self._reach = (standing, reach)
        return self._reach[1]


def _unwanted(peer: Peer) -> tuple[Unwanted, ...]:
    named = sorted((one.kind, one.id, one.why) for one in peer.named.values())
    return tuple(Unwanted(*one) for one in named)


@contextlib.asynccontextmanager
async def running(
    node: Node, port: int, host: str = "127.0.0.1", path: str = ""
) -> AsyncIterator[None]:
    """Serve a node, keep in step with its peers and do what is due, until the block ends."""
    async with (
        serving(node.app, port, host, path, ws=GuardedSocket),
        asyncio.TaskGroup() as tasks,
    ):
        own = [
            tasks.create_task(node.peers.run()),
            tasks.create_task(_ticking(node)),
            tasks.create_task(node.relay.run()),
            tasks.create_task(_fetching(node)),
            tasks.create_task(_finding(node)),
            tasks.create_task(node.echo.run()),
        ]
        try:
            yield
        finally:
            for task in own:
                task.cancel()


async def _fetching(node: Node) -> None:
    while True:
        with contextlib.suppress(StorageFault):  # a full disk: asked again at the next round
            await node.attachments.fetch(node.peers.files)
        await asyncio.sleep(FETCH)


async def _finding(node: Node) -> None:
    while True:
        with contextlib.suppress(StorageFault):  # as above
            await node.find_lists()
        await asyncio.sleep(FETCH)


async def _ticking(node: Node) -> None:
    while True:
        with contextlib.suppress(StorageFault):  # a full disk: what is due stays due
            await node.tick()
        if node.store.broken or node.blobs.broken:  # it takes nothing more; started again it may
            raise StorageFault("the disk failed; see to it, then start the node again")
        await asyncio.sleep(TICK)


@contextlib.asynccontextmanager
async def stamping(
    desks: Sequence[tuple[Path, str]],
    node: str,
    port: int,
    clock: Callable[[], int],
    path: str = "",
) -> AsyncIterator[list[tuple[StampingDesk, Clerk]]]:
    """Serve stamping desks, each by folder and path, with a clerk beside each."""
    async with contextlib.AsyncExitStack() as stack:
        opened = []
        for folder, _ in desks:
            opened.append(StampingDesk(folder, clock))
            stack.callback(opened[-1].close)  # after the door: whoever is inside is answered
        proxy = outward.proxy() or None
        http = await stack.enter_async_context(
            httpx.AsyncClient(timeout=30.0, trust_env=False, proxy=proxy)
        )
        both = [
            (desk, Clerk(desk, folder, node, http))
            for desk, (folder, _) in zip(opened, desks, strict=True)
        ]
        app = make_desk_app({under: desk for desk, (_, under) in zip(opened, desks, strict=True)})
        async with serving(app, port, path=path), asyncio.TaskGroup() as tasks:
            task = tasks.create_task(_attending([clerk for _, clerk in both], clock))
            try:
                yield both
            finally:
                task.cancel()


async def _attending(clerks: Sequence[Clerk], clock: Callable[[], int]) -> None:
    while True:
        for clerk in clerks:
            with contextlib.suppress(NodeFault, BookFault):  # asked again at the next round
                await clerk.tick(clock())
            clerk.refuse_broken()
        await asyncio.sleep(TICK)


def _quotas(record: Record) -> tuple[str, ...]:
    return BOOK.of(record).quotas(record)


def _introduction(face: Face, secret_key: SecretKey) -> bytes:
    lang = face.languages[0]
    said = Introduction(
        face.name.get(lang, "wayhome"),
        face.demand.get(lang, ""),
        keys.public_key(secret_key),
        version("wayhome"),
    )
    return said.written


def _locked(path: Path) -> TextIO:
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise NodeInUse("another node is running on this folder") from error
    return lock
