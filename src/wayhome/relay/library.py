"""Library: what the connections of one relay share, and how much of it may go on at once."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from wayhome.codec import limits
from wayhome.records.kind import Kind
from wayhome.relay.lately import Lately
from wayhome.relay.ledger import Ledger
from wayhome.relay.outbox import Together
from wayhome.relay.reconcile import Items
from wayhome.relay.roll import item_of
from wayhome.relay.sets import Sets
from wayhome.relay.stored import Shelves, TooBroad
from wayhome.relay.wanted import Wanted
from wayhome.store.store import Reader

_Part = TypeVar("_Part")

_LOOKING = 2  # threads that look things up: more than cores only wait for each other
_FETCHING = 1  # beside them, for what is never long
_GRACE = 60.0  # seconds a reconciliation may rest before its place can be taken


@dataclass(eq=False, slots=True)
class Place:
    """A place for a reconciliation; `lost` is called when it is taken from who has it."""

    who: object
    lost: Callable[[], None]
    used: float


@dataclass(frozen=True, slots=True)
class Carried:
    """The kinds that a relay carries.

    Of these, those whose records lapse (NIP-40), and those whose records never leave.
    """

    kinds: tuple[int, ...]
    lapsing: frozenset[int] = frozenset()
    staying: frozenset[int] = frozenset()

    @classmethod
    def of(cls, kinds: Iterable[Kind]) -> "Carried":
        """Carry these kinds."""
        every = tuple(kinds)
        return cls(
            tuple(kind.number for kind in every),
            frozenset(kind.number for kind in every if kind.lapses),
            frozenset(kind.number for kind in every if kind.stays),
        )


@dataclass(eq=False, slots=True)
class Library:
    """What is stored, as far as the feed has told of it; of one event loop."""

    reader: Reader
    carried: Carried
    clock: Callable[[], int]
    ledger: Ledger = field(init=False)
    lately: Lately = field(init=False)
    unread: Together = field(default_factory=lambda: Together(limits.RELAY_UNREAD_TOGETHER))
    wanted: Together = field(default_factory=lambda: Together(limits.RELAY_WANTED_TOGETHER))
    offered: Together = field(default_factory=lambda: Together(limits.RELAY_OFFERED_TOGETHER))
    _fetchers: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_FETCHING))
    _readers: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_LOOKING))
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)
    _settling: asyncio.Lock = field(default_factory=asyncio.Lock)
    _sets: Sets = field(default_factory=Sets)
    _places: list[Place] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with what the store will say."""
        self.ledger = Ledger(self.reader, self.carried.kinds)
        self.lately = Lately(self.carried.staying)

    def forget(self) -> None:
        """Know nothing, so that the store is asked again: the feed left something out."""
        self.ledger = Ledger(self.reader, self.carried.kinds)

    async def shelves(self, wanted: Sequence[Wanted]) -> Shelves:
        """Give what is stored at the moment this returns, of the kinds that are asked for.

        Raises:
            StorageFault: the store cannot be read.
        """
        rolls = await self.ledger.rolls(self._asked(wanted))
        return Shelves(self.reader, rolls, self.carried.lapsing, self.lately, self.clock())

    async def settled(self, wanted: Sequence[Wanted]) -> Shelves:
        """As `shelves`, without what has left the store since it was told of.

        Raises:
            StorageFault: the store cannot be read.
        """
        async with self._settling:  # or a crowd that counts would have all threads
            await _to_the_end(self.ledger.settle(self._asked(wanted)))
        return await self.shelves(wanted)

    async def part(self, wanted: Sequence[Wanted], parts: Iterator[_Part]) -> _Part | None:
        """Give the next part of an answer; None: there is no more.

        Whoever waits has a turn between two of them. What is named by its id is fetched by a thread
        of its own: peers do so, and stand behind nobody who has a whole store looked through.

        Raises:
            TooBroad: it costs too much.
            StorageFault: the store cannot be read.
        """
        async with self._fetchers if _is_fetched(wanted) else self._readers:
            return await _to_the_end(asyncio.to_thread(next, parts, None))

    async def fetched(self, fetch: Callable[[], _Part]) -> _Part:
        """Give what is fetched by the thread that stands behind nobody who looks through much."""
        async with self._fetchers:
            return await _to_the_end(asyncio.to_thread(fetch))

    async def items(self, wanted: Wanted) -> Items:
        """Give the set of ids that is reconciled; a whole kind's waits for no other.

        Raises:
            TooBroad: it is too large, and not a whole kind.
            StorageFault: the store cannot be read.
        """
        shelves = await self.settled([wanted])
        if wanted.asks_whole_kinds and len(shelves.rolls) == 1:
            async with self._making:
                kind, roll = next(iter(shelves.rolls.items()))
                return await _to_the_end(asyncio.to_thread(self._sets.of, kind, roll))
        keys: list[bytes] = []
        found = shelves.keys(wanted)
        while (part := await self.part([wanted], found)) is not None:
            keys += part
            if len(keys) > limits.RELAY_SET:
                raise TooBroad
        async with self._readers:
            return await _to_the_end(asyncio.to_thread(Items, map(item_of, keys)))

    def place(self, who: object, lost: Callable[[], None], now: float) -> Place | None:
        """Give a place for a reconciliation; None where all are taken by others that move on."""
        if len(self._places) >= limits.RELAY_SETS:
            given_up = self._given_up(who, now)
            if given_up is None:
                return None
            self.leave(given_up)
            given_up.lost()
        place = Place(who, lost, now)
        self._places.append(place)
        return place

    def leave(self, place: Place) -> None:
        """Give a place back, if it was not taken meanwhile."""
        if self.has(place):
            self._places.remove(place)

    def has(self, place: Place) -> bool:
        """Tell whether a place is still whose it was."""
        return place in self._places

    def _given_up(self, who: object, now: float) -> Place | None:
        """Choose the place that rests longest, or one of who has two more than who asks."""
        oldest = min(self._places, key=lambda place: place.used)
        if now - oldest.used >= _GRACE:
            return oldest
        number = Counter(place.who for place in self._places)
        [(greediest, most)] = number.most_common(1)
        if most < number[who] + 2:
            return None
        return next(place for place in self._places if place.who is greediest)

    def _asked(self, wanted: Iterable[Wanted]) -> tuple[int, ...]:
        """Give the kinds that are carried and that one of the filters can match."""
        filters = [one for one in wanted if not one.is_empty]
        if any(one.kinds is None for one in filters):
            return self.ledger.asked(None)
        return self.ledger.asked(frozenset().union(*(one.kinds or () for one in filters)))


async def _to_the_end(work: Coroutine[Any, Any, _Part]) -> _Part:
    """Wait for what a thread does, also for its end who is cut off meanwhile.

    No thread can be stopped: who left in the middle again and again would set all of them going.
    """
    going = asyncio.ensure_future(work)
    going.add_done_callback(lambda done: done.cancelled() or done.exception())  # whoever waits
    try:
        return await asyncio.shield(going)
    except asyncio.CancelledError:
        await asyncio.wait((going,))
        raise


def _is_fetched(wanted: Sequence[Wanted]) -> bool:
    """Tell whether all that is asked for is named, and is no more than one filter may name."""
    return (
        all(one.ids is not None for one in wanted)
        and sum(one.values for one in wanted) <= limits.RELAY_VALUES
    )
