"""link: a group knows another group, or no longer does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from wayhome.groups.facts import LinkFact
from wayhome.groups.speech import admit_speech, said
from wayhome.records.kind import Fact, Ground, Kind, Moment
from wayhome.records.record import Record
from wayhome.records.refused import Refused
from wayhome.records.tags import read_id

NUMBER = 3962


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says: the group it knows and the charter it saw in force; or the link it ends."""

    group: str
    charter: str
    to: str = ""
    witness: str = ""
    ends: str = ""

    @classmethod
    def of(cls, record: Record) -> Self:
        """Read a link; `bad-tags`, `bad-content`."""
        match record.tags:
            case (("g", group), ("charter", charter), ("link", to), ("witness", witness)):
                link = cls(read_id(group), read_id(charter), read_id(to), read_id(witness))
            case (("g", group), ("charter", charter), ("unlink", ends)):
                link = cls(read_id(group), read_id(charter), ends=read_id(ends))
            case _:
                raise Refused("bad-tags", "g, charter, then link and witness, or unlink")
        if record.content:
            raise Refused("bad-content", "a link has no content")
        if link.to == link.group:
            raise Refused("bad-tags", "a group does not link to itself")
        return link


def rule(record: Record) -> None:
    """It is well made when it names another group and what it saw of it, or a link that it ends."""
    Link.of(record)


def admit(record: Record, held: Sequence[Record], ground: Ground, moment: Moment) -> None:  # noqa: ARG001 - the shape of `admit`
    """An organiser of a group within reach says it."""
    link = Link.of(record)
    admit_speech(record, link.group, link.charter, ground)


def count(record: Record) -> tuple[Fact, ...]:
    """It is a word of its group, and a step to the other."""
    link = Link.of(record)
    step = LinkFact(record.id, link.group, link.to, link.witness, link.ends)
    return said(record, link.group, link.charter), step.fact()


KIND = Kind(NUMBER, "link", 2, rule, admit, count)
