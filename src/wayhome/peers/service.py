"""Which peer, and when again: one task a peer, with a growing pause while it is away.

Peers are those of the settings, and some of those that charters within reach name: so a new node
finds the rest from one.
"""

import asyncio
import contextlib
import time
import traceback
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

import httpx

from wayhome.codec import limits
from wayhome.crypto import chance
from wayhome.journal.feed import Feed
from wayhome.peers.asking import Asking
from wayhome.peers.in_step import InStep
from wayhome.peers.judging import Ours
from wayhome.peers.memory import Memory
from wayhome.peers.peer import Peer, PeerFault
from wayhome.peers.quota import Quota, Spent, Waste
from wayhome.peers.turn import Holder, Turn
from wayhome.peers.way import Address, BadAddress, Unreachable, Way
from wayhome.records.filter import Filter
from wayhome.store.store import StorageFault

AGAIN = 3_600.0  # seconds between rounds with a peer that is listened to all the time
OFFER = 300.0  # seconds between them with a relay that is offered what only we have
LATER = 30.0  # seconds in which a slow line's other end fetches what it lacks, as we did
LOOK = 60.0  # seconds between looks at which peers charters name
KNOCK = 10.0  # seconds between knocks at one of those who are away, each in its turn
KNOCK_BY_PROXY = 120.0  # seconds; a circuit to an onion service that is not there is work for many
WAIT = 0.2  # seconds to listen before looking whether it is one's turn
ROUNDS = 32  # of going round; each finds a link further away, and nobody sends without end
DAY = 86_400.0  # seconds after which what is not carried is asked for all the same


@dataclass(frozen=True, slots=True)
class Asked:
    """A peer of the settings. `offers`: a relay that asks nobody is offered our records."""

    url: str
    offers: bool = False


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Whom a node may call: those of its settings, and what charters name; `seed` is its own.

    `named` gives group and address.

    Each node chooses by its own seed whom of many to call, so that not all call the same.
    """

    asked: Sequence[Asked]
    named: Callable[[], Iterable[tuple[str, str]]]
    own: str
    seed: bytes


class Peers:
    """All peers of one node."""

    def __init__(self, neighbours: Neighbours, ours: Ours, feed: Feed, way: Way) -> None:
        """Know them; nobody is called before `run` or `once`.

        Raises:
            BadAddress: the settings name something that is no address.
        """
        self.way = way
        self._neighbours = neighbours
        self._ours = ours
        self._feed = feed
        self._asking = Asking(neighbours.seed)
        self._spent = Spent()
        self._turn = Turn()
        self.all = [
            self._peer(Address.read(one.url, is_trusted=True), number, offers=one.offers)
            for number, one in enumerate(neighbours.asked, 1)
        ]

    @property
    def are_silent(self) -> bool:
        """Tell whether every peer was asked and none answered; without peers nobody is missed."""
        asked = [peer for peer in self.all if peer.number]
        return bool(asked) and all(peer.fault for peer in asked)

    async def run(self) -> None:
        """Keep in step with all of them, until cancelled."""
        tasks: dict[Peer, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as group:
            group.create_task(self._notice())
            group.create_task(self._knock())
            while True:
                with contextlib.suppress(StorageFault):  # chosen again at the next look
                    self._choose()
                for peer in [one for one in tasks if one not in self.all]:
                    tasks.pop(peer).cancel()
                for peer in [one for one in self.all if one not in tasks]:
                    tasks[peer] = group.create_task(self._follow(peer))
                await asyncio.sleep(LOOK)

    async def once(self) -> None:
        """Fetch what we lack from every peer once, one after the other."""
        self._choose()
        for peer in list(self.all):
            with _noted(peer):
                async with (
                    self._connected(peer, Asking(self._neighbours.seed)) as call,
                    peer.agreeing,
                ):
                    await call.agree()

    async def until_whole(self) -> None:
        """Go round again while something came: a link may bring a group whose words came before it.

        Ends too when nobody answers any more; `are_silent` tells.
        """
        before = -1
        for _ in range(ROUNDS):
            await self.once()
            kept = sum(peer.kept for peer in self.all)
            if self.are_silent or kept == before:
                return
            before = kept

    async def files(self, path: str, most: int) -> AsyncIterator[bytes]:
        """Give what peers answer at a path, one after the other; whoever fails is left out.

        Whoever goes on had no use for what came last: it is billed.
        """
        for peer in list(self.all):
            if peer.quota.rest(time.monotonic()):
                continue
            content = b""
            try:
                async with self.way.to_files(peer.address) as files:
                    content = await files.read(path, most)
            except (Unreachable, httpx.HTTPError):
                continue
            except Exception as error:  # noqa: BLE001 - as in `_follow`: it ends no node
                traceback.print_tb(error.__traceback__)
            if content:
                yield content
                peer.quota = peer.quota.bill(time.monotonic(), Waste(len(content)))

    async def _follow(self, peer: Peer) -> None:
        while True:
            try:
                with _noted(peer):
                    await self._stay(peer)
            except Exception as error:  # noqa: BLE001 - what one peer finds wrong in us ends no node
                peer.fail("our-fault")
                traceback.print_tb(error.__traceback__)  # where, and never a stranger's words
            rest = peer.quota.rest(time.monotonic())
            await _pause(rest, peer.patience.seconds(chance.part()), peer.wake)

    async def _stay(self, peer: Peer) -> None:
        """Agree and listen, again and again, until it cannot be spoken with."""
        async with self._connected(peer, self._asking) as call:
            await call.begin()
            if peer.is_unreached:  # then it was the line, and others are back as well
                self._wake(one for one in self.all if one.is_unreached)
            is_later = False
            while True:
                if time.monotonic() - peer.forgotten > DAY:
                    peer.memory.forget_later()
                    peer.declined.clear()
                    peer.forgotten = time.monotonic()
                    peer.is_paged = peer.compares = peer.tells_ids = False
                peer.due.clear()
                async with self._in_turn(peer, call):
                    is_later = not is_later and await call.take_told()
                    if not is_later:
                        peer.due.clear()  # for it was due because it waited
                        await call.hear_all()
                        await call.agree()
                if is_later:
                    await call.listen(LATER, asyncio.Event())
                else:
                    await call.listen(OFFER if peer.offers else AGAIN, peer.due)

    @contextlib.asynccontextmanager
    async def _in_turn(self, peer: Peer, call: InStep) -> AsyncIterator[None]:
        """Listen while another is asked for all that we lack, and then ask this one."""
        since = time.monotonic()
        while self._turn.is_awaited(since, time.monotonic()):
            await call.listen(WAIT, asyncio.Event())
        before = peer.kept
        holder = Holder(lambda: peer.kept, lambda: call.is_quiet, peer.fruitless)
        self._turn.begin(holder, time.monotonic())
        peer.fruitless += 1
        try:
            async with peer.agreeing:
                yield
                peer.fruitless = 0
        finally:
            self._turn.end(holder, time.monotonic())
            if peer.kept > before:
                peer.fruitless = 0

    @contextlib.asynccontextmanager
    async def _connected(self, peer: Peer, asking: Asking) -> AsyncIterator[InStep]:
        try:
            async with self.way.to_relay(peer.address, takes_parcels=True) as connection:
                yield InStep(connection, peer, self._ours, self.way, asking)
        except Unreachable as unreachable:
            raise PeerFault(str(unreachable)) from None

    async def _knock(self) -> None:
        """Try those who are away before their time, one by one.

        Else a line that was cut for long would be found mended a quarter of an hour too late.
        """
        number = 0
        while True:
            await asyncio.sleep(KNOCK_BY_PROXY if self.way.is_proxied else KNOCK)
            away = [peer for peer in self.all if peer.is_unreached]
            number += 1
            self._wake(away[number % len(away) :][:1] if away else ())

    def _wake(self, peers: Iterable[Peer]) -> None:
        for peer in peers:
            peer.wake.set()

    async def _notice(self) -> None:
        """Hear what becomes public here: it may be what something else has waited for."""
        while True:
            async for records in self._feed.listen():
                came = [bytes.fromhex(record.id) for record in records]
                self._asking.note(came)
                for peer in self.all:
                    peer.take_up(came)
                kinds = frozenset(record.kind for record in records)
                for peer in self.all:
                    is_let_in = peer.memory.lets_in(records)
                    if is_let_in or peer.memory.waits_for_one_of(kinds):
                        peer.due.set()

    def _choose(self) -> None:
        """Take up peers that charters name now, and let go of those that none names any more."""
        asked = [peer for peer in self.all if peer.number]
        taken = {peer.address.same for peer in asked}
        with contextlib.suppress(BadAddress):  # a node without an address cannot meet itself
            taken.add(Address.read(self._neighbours.own).same)
        named = {one.same: (group, one) for group, one in self._named() if one.same not in taken}
        known = {peer.address.same: peer for peer in self.all if not peer.number}
        chosen = sorted(named, key=lambda same: self._rank(named[same][1]))[: limits.PEERS_NAMED]
        for same in known.keys() - chosen:
            self._spent.leave(known[same].group, known[same].quota)
        self.all = asked + [known.get(one) or self._of_group(*named[one]) for one in chosen]

    def _of_group(self, group: str, address: Address) -> Peer:
        peer = self._peer(address, 0)
        peer.group, peer.quota = group, self._spent.take(group, time.monotonic())
        return peer

    def _named(self) -> Iterator[tuple[str, Address]]:
        for group, url in self._neighbours.named():
            with contextlib.suppress(BadAddress):  # the charter's rule is narrower; nothing comes
                yield group, Address.read(url)

    def _number(self, kinds: frozenset[int]) -> int:
        return self._ours.reader.count(Filter(kinds=tuple(kinds)))

    def _rank(self, address: Address) -> bytes:
        return sha256(self._neighbours.seed + repr(address.same).encode()).digest()

    def _peer(self, address: Address, number: int, *, offers: bool = False) -> Peer:
        memory = Memory(self._number)
        return Peer(address, number, memory, Quota(time.monotonic()), offers)


async def _pause(rest: float, patience: float, wake: asyncio.Event) -> None:
    """Wait; out of patience one may be woken, and out of rest never."""
    await asyncio.sleep(rest)
    wake.clear()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience - rest):
            await wake.wait()


@contextlib.contextmanager
def _noted(peer: Peer) -> Iterator[None]:
    try:
        yield
    except PeerFault as fault:
        peer.fail(str(fault))
