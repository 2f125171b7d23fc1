"""Kind: the questions every kind of record answers; KindBook: all kinds that a program knows.

rule(record)   is it well made?         the record alone, for ever the same on every node
admit(...)     do we carry it?          sees what `needs` asked for, who may speak, and now
count(record)  what does it change?     facts, which are only ever collected into sets
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from wayhome.crypto import claims
from wayhome.crypto.claims import Claim
from wayhome.records.filter import Filter
from wayhome.records.record import Record
from wayhome.records.refused import Refused

Origin: TypeAlias = Literal["person", "peer", "own"]


@dataclass(frozen=True, slots=True)
class Moment:
    """When, in Unix seconds, and from whom a record comes; both are known to the door alone.

    `verifies` answers what a record claims: of many records at once, it was asked beforehand.
    """

    now: int
    origin: Origin
    verifies: Callable[[Claim], bool] = claims.verifies


@dataclass(frozen=True, slots=True)
class Fact:
    """One line that a record adds to a view.

    A view is the set of its facts, so neither order nor repetition leaves a trace. `subject` parts
    a view (by petition, say) so that one part can be read alone; `row` is the room's own encoding.
    """

    view: str
    subject: str
    row: bytes


@dataclass(frozen=True, slots=True)
class Slot:
    """Of all good records with the same `key` a node keeps the `keeps` lowest ids."""

    key: tuple[str, ...]
    keeps: int


class Ground(Protocol):
    """Who may speak, as the groups' view says; handed to `admit` by the intake."""

    def carries(self, group: str) -> bool:
        """Tell whether ``group`` is within reach of this node."""

    def is_home(self, group: str) -> bool:
        """Tell whether this node is run for ``group``."""

    def heads(self, group: str) -> tuple[str, ...]:
        """Give the charters of ``group`` that are in force now: one, or a split's branches."""

    def drawn(self, quota: str) -> int:
        """Tell how many records, kept or held, draw on a quota that a kind has named."""

    def is_official(self, record_id: str) -> bool:
        """Tell whether k organisers in office signed that record."""

    def group_of(self, charter: str) -> str:
        """Give the group whose charter it is; empty when the charter is not known."""

    def organisers(self, charter: str) -> frozenset[str]:
        """Give the keys a charter names as organisers; empty when the charter is not known."""

    def has_named(self, group: str, key: str) -> bool:
        """Tell whether a charter of ``group`` that was ever in force names a key as organiser."""

    def may_propose(self, record_id: str, group: str, author: str, under: tuple[str, ...]) -> bool:
        """Tell whether an organiser's word is taken: k have signed it, or there is room yet.

        ``under`` are the charters whose organisers sign it.
        """

    def may_cosign(self, record_id: str, group: str, author: str, under: str) -> bool:
        """Tell whether an organiser's cosign is taken: what it signs is here, or there is room."""

    def node_keys(self, groups: Iterable[str]) -> frozenset[str]:
        """Give the public keys of nodes that the charters in force of ``groups`` name."""


def needs_nothing(record: Record) -> tuple[Filter, ...]:  # noqa: ARG001 - the shape of `needs`
    """Nothing else must be held to judge the record."""
    return ()


def no_slot(record: Record) -> Slot | None:  # noqa: ARG001 - the shape of `slot`
    """Every good record of the kind is kept."""
    return None


def not_held(
    record: Record,  # noqa: ARG001 - the shape of `held_until`
    held: Sequence[Record],  # noqa: ARG001
    moment: Moment,  # noqa: ARG001
) -> int | None:
    """The record is public as soon as it is kept."""
    return None


def claims_nothing(
    record: Record,  # noqa: ARG001 - the shape of `claims`
    held: Sequence[Record],  # noqa: ARG001
    ground: Ground,  # noqa: ARG001
) -> tuple[Claim, ...]:
    """Nothing is to be verified but the record's own sig."""
    return ()


def draws_on_none(record: Record) -> tuple[str, ...]:  # noqa: ARG001 - the shape of `quotas`
    """As many of the kind are kept as are good."""
    return ()


@dataclass(frozen=True, slots=True)
class Kind:
    """What the program knows of one kind.

    `order` is the order of need: a kind needs only kinds of a lower or the same order.
    `held_until` gives the moment at which an admitted record becomes public, None for at once.
    A record of a kind that `lapses` is not shown once its `expiration` tag has passed (NIP-40).
    `quotas` names what a record draws on; how much is drawn already, `admit` asks the ground.
    `claims` tells what `admit` will verify, so that it can be verified for many records together.
    """

    number: int
    name: str
    order: int
    rule: Callable[[Record], None]
    admit: Callable[[Record, Sequence[Record], Ground, Moment], None]
    count: Callable[[Record], tuple[Fact, ...]]
    needs: Callable[[Record], tuple[Filter, ...]] = needs_nothing
    slot: Callable[[Record], Slot | None] = no_slot
    held_until: Callable[[Record, Sequence[Record], Moment], int | None] = not_held
    lapses: bool = False
    quotas: Callable[[Record], tuple[str, ...]] = draws_on_none
    claims: Callable[[Record, Sequence[Record], Ground], tuple[Claim, ...]] = claims_nothing

    @property
    def stays(self) -> bool:
        """Tell whether a record of it that is kept never leaves: none lapses or gives way."""
        return self.slot is no_slot and not self.lapses


class KindBook:
    """All kinds a program knows, by number; a number given twice stops the start."""

    def __init__(self, *rooms: Iterable[Kind]) -> None:
        self._kinds: dict[int, Kind] = {}
        for kind in (kind for room in rooms for kind in room):
            if kind.number in self._kinds:
                raise AssertionError(f"kind {kind.number} is listed twice")
            self._kinds[kind.number] = kind

    def of(self, record: Record) -> Kind:
        """Give the kind of ``record``.

        Raises:
            Refused: `unknown-kind`; unknown kinds are never carried.
        """
        kind = self._kinds.get(record.kind)
        if kind is None:
            raise Refused("unknown-kind", f"kind {record.kind} is not one of this project's")
        return kind

    def in_order(self) -> tuple[Kind, ...]:
        """Give all kinds in the order of need, so that copying in it never meets a gap."""
        return tuple(sorted(self._kinds.values(), key=lambda kind: (kind.order, kind.number)))
