"""Peer: one peer as it stands: how it is reached, what it costs, what came of it."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from wayhome.codec import limits
from wayhome.peers.memory import Memory
from wayhome.peers.paging import Place
from wayhome.peers.patience import Patience
from wayhome.peers.portion import Portion
from wayhome.peers.quota import Quota
from wayhome.peers.way import Address

Phase: TypeAlias = Literal["away", "comparing", "listening", "resting"]


# what is wrong between two: none of it is the peer's own doing
UNREACHED = frozenset({"no-answer", "no-way", "nobody-listens", "unknown-name"})


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A record of ours, public, that a peer did not take, and its reason in a word."""

    id: str
    kind: int
    why: str


class PeerFault(Exception):  # noqa: N818 - the peer's fault
    """The peer cannot be spoken with; the message is a word that says why, and no address."""


@dataclass(eq=False, slots=True)
class Peer:
    """What changes while the program runs.

    `number` is its place in the settings, 0 when a charter of `group` names it. `agreed` is
    when it was last asked for all that we lacked, in Unix seconds.
    """

    address: Address
    number: int
    memory: Memory
    quota: Quota
    offers: bool = False
    group: str = ""
    phase: Phase = "away"
    fault: str = ""
    agreed: int = 0
    kept: int = 0
    fruitless: int = 0  # turns in a row in which it brought nothing, and was not asked to the end
    is_paged: bool = False  # it does not compare, as it seems; asked again once a day
    compares: bool = False  # it has done so, and if it is silent it is slow
    tells_ids: bool = False  # it has done so, and need not be asked whether it knows how
    portion: Portion = field(default_factory=Portion)
    line: int = 0  # the number of the connection, counted up too when something told was not heard
    places: dict[int, Place] = field(default_factory=dict)  # of kinds that are asked for by pages
    given: int = 0  # the most records that it ever gave at once
    cut: set[tuple[int, int]] = field(default_factory=set)  # kinds and dates it may not give whole
    lacked: set[bytes] = field(default_factory=set)  # what it has, as it says, and we still lack
    patience: Patience = field(default_factory=Patience)
    refused: Counter[str] = field(default_factory=Counter)  # by rule, or of no id, for good
    left: dict[bytes, str] = field(default_factory=dict)  # what is not here so far, and why
    not_taken: Counter[str] = field(default_factory=Counter)
    declined: set[bytes] = field(default_factory=set)  # what it did not take today
    named: dict[str, NotTaken] = field(default_factory=dict)  # some of those, the newest last
    agreeing: asyncio.Lock = field(default_factory=asyncio.Lock)
    forgotten: float = 0.0  # when, by a clock that is never set, it was last asked for all again
    due: asyncio.Event = field(default_factory=asyncio.Event)
    wake: asyncio.Event = field(default_factory=asyncio.Event)  # it may be back

    @property
    def is_unreached(self) -> bool:
        """Tell whether it is away through no fault that we saw: the line may be cut."""
        return self.phase == "away" and self.fault in UNREACHED

    @property
    def differed(self) -> int:
        """How many records of its are not here, as far as they have been found out."""
        return len(self.lacked)

    @property
    def left_out(self) -> Mapping[str, int]:
        """What of its is not here, by reason."""
        return self.refused + Counter(self.left.values()) + Counter({"cut-short": len(self.cut)})

    def leave(self, record_id: bytes, why: str) -> None:
        """Note that a record is not taken; another day it may be."""
        if record_id in self.left or len(self.left) < limits.PEER_REMEMBERED:
            self.left[record_id] = why
        else:
            self.refused[why] += 1

    def name(self, one: NotTaken) -> None:
        """Note which record was not taken; of many one gives way of the kind of which most are."""
        self.named.pop(one.id, None)
        self.named[one.id] = one
        if len(self.named) > limits.PEER_NOT_TAKEN:
            ((crowded, _),) = Counter(each.kind for each in self.named.values()).most_common(1)
            del self.named[next(each.id for each in self.named.values() if each.kind == crowded)]

    def take_up(self, here: Iterable[bytes]) -> None:
        """Note what is here now, whoever brought it."""
        for record_id in here:
            self.lacked.discard(record_id)
            self.left.pop(record_id, None)

    def fail(self, why: str) -> None:
        """Note that it could not be spoken with, or no longer."""
        self.fault = why
        self.patience = self.patience.after_failure()
        self.phase = "resting" if self.quota.over else "away"

    def agree(self, now: int) -> None:
        """Note that it was asked for all that we lack."""
        self.fault = ""
        self.agreed = now
        self.patience = Patience()
        self.phase = "listening"
