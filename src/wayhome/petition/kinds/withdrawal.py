"""withdrawal: the holder of the one-time key takes the signature back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from wayhome.petition import tally
from wayhome.petition.kinds import petition, signature
from wayhome.records.filter import Filter
from wayhome.records.kind import Fact, Ground, Kind, Moment, Slot
from wayhome.records.record import Record
from wayhome.records.refused import Refused
from wayhome.records.tags import read_id

NUMBER = 3972


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a withdrawal says: which petition it leaves."""

    petition: str

    @classmethod
    def of(cls, record: Record) -> Self:
        """Read a withdrawal; `bad-tags`, `bad-content`, in this order."""
        match record.tags:
            case (("e", asked),):
                read_id(asked)
            case _:
                raise Refused("bad-tags", "one e tag")
        if record.content:
            raise Refused("bad-content", "a withdrawal says nothing else")
        return cls(asked)


def rule(record: Record) -> None:
    """It is well made when it names one petition and says nothing else."""
    Withdrawal.of(record)


def needs(record: Record) -> tuple[Filter, ...]:
    """To judge it we hold the petition and what its key signed."""
    asked = record.tags[0][1]
    signed = Filter(kinds=(signature.NUMBER,), authors=(record.pubkey,), tags=(("e", asked),))
    return petition.wanted(asked), signed


def admit(record: Record, held: Sequence[Record], ground: Ground, moment: Moment) -> None:  # noqa: ARG001 - the shape of `admit`
    """Only a key that signed can withdraw; otherwise anybody could fill the disk."""
    asked = next((one for one in held if one.kind == petition.NUMBER), None)
    if asked is None:
        raise Refused("unknown-petition", "the petition is not held here")
    times = signature.times_of(asked)
    times.refuse_time(record.created_at)
    if not any(one.kind == signature.NUMBER for one in held):
        raise Refused("unknown-signature", "this key signed nothing that is held here")
    times.refuse_early(record.created_at, moment.now)
    if moment.origin == "person":
        times.refuse_late(moment.now)


def count(record: Record) -> tuple[Fact, ...]:
    """Whatever it signed, before or after, this key has withdrawn."""
    asked = Withdrawal.of(record).petition
    return (Fact(tally.VIEW, asked, row(record)),)


def row(record: Record) -> bytes:
    """Give the tally's row of a withdrawal."""
    head = tally.head(bytes.fromhex(record.pubkey), tally.WITHDRAWN, bytes.fromhex(record.id))
    return tally.withdrawn(head, record.created_at)


def slot(record: Record) -> Slot:
    """Of several withdrawals by one key the lowest id stays."""
    return Slot((str(NUMBER), record.tags[0][1], record.pubkey), 1)


def held_until(record: Record, held: Sequence[Record], moment: Moment) -> int | None:  # noqa: ARG001 - the shape of `held_until`
    """It is shown with all that came in the same window."""
    return signature.release(held, moment)


KIND = Kind(NUMBER, "withdrawal", 9, rule, admit, count, needs, slot, held_until)
