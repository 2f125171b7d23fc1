"""cosign: one more organiser signs a record of the group."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from wayhome.groups.facts import CosignFact
from wayhome.groups.speech import refuse_stranger, too_many
from wayhome.records.kind import Fact, Ground, Kind, Moment, Slot
from wayhome.records.record import Record
from wayhome.records.refused import Refused
from wayhome.records.tags import read_id

NUMBER = 3961


@dataclass(frozen=True, slots=True)
class Cosign:
    """What a cosign says: which record, as a word of which group, under which charter.

    A charter is cosigned under itself by those it names, and under the charter that it replaces by
    those who are in office there; one who is both signs once, under either.
    """

    record: str
    group: str
    charter: str

    @classmethod
    def of(cls, record: Record) -> Self:
        """Read a cosign; `bad-tags`, `bad-content`."""
        match record.tags:
            case (("e", signed), ("g", group), ("charter", charter)):
                said = cls(read_id(signed), read_id(group), read_id(charter))
            case _:
                raise Refused("bad-tags", "e, g and charter, and nothing else")
        if record.content:
            raise Refused("bad-content", "a cosign has no content")
        return said


def rule(record: Record) -> None:
    """It is well made when it names a record, a group and a charter, and says nothing else."""
    Cosign.of(record)


def admit(record: Record, held: Sequence[Record], ground: Ground, moment: Moment) -> None:  # noqa: ARG001 - the shape of `admit`
    """Only organisers whom the charter names can cosign; else anybody could fill the disk.

    What it signs need not be held: records are copied in the order of need, and most of what is
    cosigned comes later than cosigns. So it is with an amendment that an organiser signs under its
    own id: the amendment may have to wait until k have signed it.
    """
    cosign = Cosign.of(record)
    if not _signs_what_may_come(record, cosign, ground):
        refuse_stranger(record, cosign.group, cosign.charter, ground)
    if not ground.may_cosign(cosign.record, cosign.group, record.pubkey, cosign.charter):
        raise too_many()


def _signs_what_may_come(record: Record, cosign: Cosign, ground: Ground) -> bool:
    return (
        cosign.record == cosign.charter
        and ground.carries(cosign.group)
        and not ground.group_of(cosign.charter)
        and ground.has_named(cosign.group, record.pubkey)
    )


def count(record: Record) -> tuple[Fact, ...]:
    """The key stands among the signers; that it may is decided when read."""
    cosign = Cosign.of(record)
    return (CosignFact(cosign.record, cosign.group, cosign.charter, record.pubkey).fact(),)


def slot(record: Record) -> Slot:
    """One cosign of a key for a record is enough."""
    cosign = Cosign.of(record)
    return Slot((str(NUMBER), cosign.record, cosign.charter, record.pubkey), 1)


KIND = Kind(NUMBER, "cosign", 1, rule, admit, count, slot=slot)
