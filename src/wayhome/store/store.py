"""What a store promises: an append-only set of records with the facts they add to the views."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from wayhome.records.filter import Filter
from wayhome.records.kind import Fact, Slot
from wayhome.records.record import Record


class Entry(NamedTuple):
    """A record on its way in, with what its kind says of it."""

    record: Record
    facts: tuple[Fact, ...] = ()
    slot: Slot | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of entries: for each whether it was new and is kept; and what left for them."""

    new: list[bool]
    gave_way: list[Record]


@dataclass(frozen=True, slots=True)
class Held:
    """A record that is accepted but not public yet: sealed, and without a trace of its arrival.

    `key` is a keyed hash of what the record may be looked up by; `until` is the release moment.
    """

    until: int
    key: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Damage:
    """Something stored that does not read back as it was written; it is never given out."""

    where: str  # "record", "fact", "tag", "date", "list", "chunk", or "file"
    number: int  # which, in the store's own numbering
    record_id: str = (
        ""  # what it must have been, as far as that can still be told; of a chunk its file
    )


class StorageFault(Exception):  # noqa: N818 - the name of the fault, not of a mistake in code
    """The disk did not take it (full, or broken). Nothing of the batch was kept."""


class Reader(Protocol):
    """The half that reads. Every answer is of one moment: a batch is seen whole or not at all."""

    def find(self, wanted: Filter) -> list[Record]:
        """Give the records that match, ascending by (kind, id)."""

    def get(self, record_id: str) -> Record | None:
        """Give one record, or None."""

    def known(self, lines: Sequence[bytes]) -> set[bytes]:
        """Give those of the lines that are kept exactly so, sig included; nothing is verified."""

    def lines(self, wanted: Filter) -> Iterator[bytes]:
        """Stream the canonical lines (no newline) of matching records, ascending by (kind, id)."""

    def ids(self, wanted: Filter) -> list[str]:
        """Give the ids of matching records, ascending."""

    def keys(self, kind: int) -> Iterator[bytes]:
        """Stream what sorts the records of a kind, newest first: keys of 40 bytes, many together.

        Quick, for no line is looked at: what was found damaged is left out, and what is damaged
        and was not found yet is not. So whoever goes by a key looks whether its line is there.
        """

    def count(self, wanted: Filter) -> int:
        """Give the number of matching records."""

    def lapsed(self) -> list[str]:
        """Give the ids of all that lapsed here, ascending: nobody need send them again."""

    def facts(self, view: str, subject: str | None = None) -> Iterator[bytes]:
        """Stream the rows of a view (or of one subject of it), in no order.

        What several records add may come as often.
        """


class Store(Reader, Protocol):
    """The half that writes; only the intake is handed it."""

    @property
    def broken(self) -> bool:
        """Tell whether the disk failed for good: every call raises, and the process must end."""

    def keep(self, entries: Sequence[Entry]) -> Taken:
        """Keep all entries in one transaction; for each, tell whether it was new and is kept.

        Durable once it returns. A record already there is not new, and neither is one that lapsed.
        Of a slot that is full the higher id gives way: a newcomer with a higher id is not kept,
        else the higher one leaves with its facts.

        Raises:
            StorageFault: nothing was kept.
        """

    def lapse(self, entries: Sequence[Entry]) -> list[bool]:
        """Take records out for good, with their facts, in one transaction; their ids stay known.

        For each, tell whether it was there. Durable once it returns. Only what says itself when it
        ends is ever handed in here.

        Raises:
            StorageFault: everything is as it was.
        """

    def hold(self, held: Sequence[Held]) -> None:
        """Keep sealed records until their release; durable once it returns.

        What was held under the same key until the same moment is replaced.

        Raises:
            StorageFault: nothing was kept.
        """

    def held(self) -> Iterator[Held]:
        """Stream all that is held, in no order that tells of arrival."""

    def held_under(self, keys: Sequence[bytes]) -> list[Held]:
        """Give what is held under these keys."""

    def let_go(self, until: int) -> None:
        """Forget what was held until then or earlier; called after its release is durable."""

    def recount_facts(self, facts: Iterable[tuple[str, tuple[Fact, ...]]]) -> None:
        """Replace all facts by the given ones, (record id, its facts) each, in one transaction.

        Raises:
            StorageFault: the facts are as they were.
        """

    def damaged(self) -> Iterator[Damage]:
        """Read everything once and name what does not read back as it was written."""

    def close(self) -> None:
        """Give back files and threads; safe to call twice."""
