"""Judging: what came from a peer goes through the one door; what becomes of it is remembered.

Waste is billed: what was refused, what nobody asked for, what was promised and not given.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from wayhome.journal.answer import HeldUntil, Kept, Outcome, Waits
from wayhome.peers.peer import Peer, PeerFault
from wayhome.peers.quota import COPY, Waste
from wayhome.records.filter import Filter
from wayhome.records.refused import Refused
from wayhome.relay.messages import claimed_id
from wayhome.relay.questions import Only
from wayhome.relay.reconcile import Items
from wayhome.store.line import claimed_place
from wayhome.store.store import Reader, StorageFault

TOGETHER = 100  # records that are billed together; a bound may be passed by so many
JUDGING = 0.0003  # seconds of one core that a refused record costs: sig, stamps, look-up

_Take = Callable[[Sequence[bytes]], AsyncIterator[Outcome]]


@dataclass(frozen=True, slots=True)
class Ours:
    """The node as its peers' side sees it.

    `kinds` are in the order of need. `items` gives the public records of a kind. `take` is the one
    door. `waits_for` tells what could change the answer to a refused record, and raises the
    refusal where none can. `clock` gives Unix seconds. Of the kinds in `narrowed` only a part is
    carried and asked for, and none is offered: it is for those who are run for that part. Of those
    in `unnamed` no id is shown: who offers first what a person wrote may be who was handed it.
    """

    reader: Reader
    kinds: tuple[int, ...]
    items: Callable[[int], Awaitable[Items]]
    take: _Take
    waits_for: Callable[[bytes], Waits]
    clock: Callable[[], int]
    narrowed: Mapping[int, Only] = field(default_factory=dict)
    unnamed: frozenset[int] = frozenset()

    def without_lapsed(self, ids: Sequence[bytes]) -> list[bytes]:
        """Give those that were not here once, to lapse since."""
        gone = {bytes.fromhex(one) for one in self.reader.lapsed()} if ids else ()
        return [one for one in ids if one not in gone]


class Judging:
    """What one connection with a peer brings."""

    def __init__(self, peer: Peer, ours: Ours) -> None:
        self._peer = peer
        self._ours = ours
        self._kept = 0
        self._left_out = 0
        self._no_room: list[tuple[bytes, bytes, Sequence[str]]] = []  # of what is taken together

    def begin(self) -> None:
        """Begin a pass over one kind."""
        self._peer.memory.begin()
        self._kept = self._left_out = 0

    @property
    def is_out_of_order(self) -> bool:
        """Tell whether something came in this pass before what it is judged by."""
        return self._left_out > 0

    @property
    def is_worth_another(self) -> bool:
        """Tell whether what was kept in this pass may let in what was refused in it."""
        return bool(self._kept and self._left_out)

    async def take_asked(self, came: Sequence[bytes], asked: set[bytes]) -> list[bytes]:
        """Take what was asked for, and nothing else; give the ids of what is here now.

        Raises:
            PeerFault: it has cost too much, or our disk does not take it.
        """
        named = [(id_of(raw), raw) for raw in came]
        wanted = {one: raw for one, raw in named if one in asked}
        for one in asked.difference(wanted):  # it may have lapsed there: its id stays
            self._peer.memory.later(one, frozenset())
            if self._ours.reader.get(one.hex()) is None:  # another gave it meanwhile
                self._peer.leave(one, "not-given")
        self._bill_records(len(asked) - len(wanted))
        self.waste("not-asked-for", len(named) - len(wanted))
        return await self.take_named(list(wanted.items()))

    async def take(self, came: Sequence[bytes]) -> None:
        """Take whatever comes.

        Raises:
            PeerFault: as `take_asked`.
        """
        await self.take_named([(id_of(raw), raw) for raw in came])

    def bill(self, waste: Waste) -> None:
        """Count what was of no use.

        Raises:
            PeerFault: it is too much.
        """
        self._peer.quota = self._peer.quota.bill(time.monotonic(), waste)
        over = self._peer.quota.over
        if over:
            raise PeerFault(over)

    def waste(self, reason: str, number: int) -> None:
        """Count what was refused, by reason.

        Raises:
            PeerFault: it is too much.
        """
        if number:
            self._peer.refused[reason] += number
            self._bill_records(number)

    async def take_named(self, named: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        """Take records whose ids were read already; give the ids of what is here now.

        Raises:
            PeerFault: as `take_asked`.
        """
        place = useful = 0
        copies = 0.0
        here: list[bytes] = []
        self._no_room.clear()
        try:
            async for outcome in self._ours.take([raw for _, raw in named]):
                record_id, raw = named[place]
                place += 1
                if isinstance(outcome, Refused):
                    self._refuse(record_id, raw, outcome)
                else:
                    here.append(record_id)
                    part = self._keep(record_id, outcome)
                    useful += len(raw) - int(len(raw) * part)
                    copies += part
                if place % TOGETHER == 0 or place == len(named):
                    self.bill(Waste(-useful, copies))
                    useful, copies = 0, 0.0
            here += await self._taken_once_more()
        except StorageFault:
            raise PeerFault("storage") from None
        return here

    def _bill_records(self, number: int) -> None:
        self.bill(Waste(0, number, JUDGING * number))

    async def _taken_once_more(self) -> list[bytes]:
        """Take again what found no room and is tied to something here: that may have come since.

        From now on the memory is told of what comes; this is what it was not told of in between.
        """
        tied = [(one, raw) for one, raw, names in self._no_room if self._is_tied(one.hex(), names)]
        here = []
        if tied:
            place = iter(one for one, _ in tied)
            async for outcome in self._ours.take([raw for _, raw in tied]):
                record_id = next(place)
                if not isinstance(outcome, Refused):
                    self._keep(record_id, outcome)
                    here.append(record_id)
        return here

    def _is_tied(self, record_id: str, names: Sequence[str]) -> bool:
        reader = self._ours.reader
        return bool(reader.ids(Filter(tags=(("e", record_id),)))) or bool(
            names and reader.ids(Filter(ids=tuple(names)))
        )

    def _keep(self, record_id: bytes, outcome: Kept | HeldUntil) -> float:
        """Note that it is here; give which part of it was waste."""
        self._peer.take_up((record_id,))
        if not (isinstance(outcome, Kept) and outcome.new):
            return COPY  # another peer was faster
        self._kept += 1
        self._peer.kept += 1
        self._peer.memory.forget(record_id)
        return 0.0

    def _refuse(self, record_id: bytes, raw: bytes, refused: Refused) -> None:
        try:
            waits = self._ours.waits_for(raw)
        except Refused:  # its rule says no, today and for ever
            self._peer.memory.never(record_id)
            self.waste(refused.reason, 1)
            return
        if refused.reason.startswith("unknown-"):
            self._left_out += 1
            self._peer.memory.later(record_id, waits.kinds)
        elif refused.reason == "proposal-quota":
            self._peer.memory.until_signed(record_id, waits.names)
            self._no_room.append((record_id, raw, waits.names))
        self._peer.leave(record_id, refused.reason)
        self._bill_records(1)


def id_of(raw: bytes) -> bytes:
    """Give the id that a record claims, empty where none can be read; nothing is verified."""
    claimed = claimed_place(raw)
    return bytes.fromhex(claimed[1] if claimed else claimed_id(raw))
