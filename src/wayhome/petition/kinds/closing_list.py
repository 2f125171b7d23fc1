"""closing list: what a desk or a node held at closing, so that nothing enters the count later."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from wayhome.codec import limits
from wayhome.groups.kinds import charter
from wayhome.groups.kinds.charter import Charter
from wayhome.petition.kinds import acceptance, petition
from wayhome.petition.kinds.acceptance import Acceptance
from wayhome.petition.kinds.petition import Petition
from wayhome.records.filter import Filter
from wayhome.records.kind import Fact, Ground, Kind, Moment, Slot
from wayhome.records.record import Record, Tag
from wayhome.records.refused import Refused
from wayhome.records.tags import read_id, read_number

NUMBER = 3975


@dataclass(frozen=True, slots=True)
class ClosingList:
    """What a closing list says: number and sum of signatures and of withdrawals, final counters."""

    group: str
    petition: str
    count: int
    sum: str
    withdrawn: int
    withdrawn_sum: str
    counters: tuple[str, ...]

    @classmethod
    def of(cls, record: Record) -> Self:
        """Read a closing list; `bad-tags`, `bad-content`, `bad-number`, in this order."""
        match record.tags:
            case (
                ("g", group),
                ("e", asked),
                ("count", number, total),
                ("withdrawn", gone, gone_total),
                *more,
            ):
                for one in (group, asked, total, gone_total):
                    read_id(one)
                counters = _counters(more)
            case _:
                raise Refused("bad-tags", "g, e, count, withdrawn, then final counters")
        if record.content:
            raise Refused("bad-content", "a closing list has no content")
        numbers = read_number(number), read_number(gone)
        return cls(group, asked, numbers[0], total, numbers[1], gone_total, counters)


def _counters(tags: Sequence[Tag]) -> tuple[str, ...]:
    named = []
    for tag in tags:
        match tag:
            case ("counter", one):
                named.append(read_id(one))
            case _:
                raise Refused("bad-tags", "after the sums only counters")
    if len(named) > limits.PANEL or named != sorted(set(named)):
        raise Refused("bad-tags", f"at most {limits.PANEL} counters, ascending")
    return tuple(named)


def may_list(
    author: str, group: str, said: Iterable[Acceptance], charters: Iterable[Charter]
) -> bool:
    """Tell whether ``author`` may write a list for ``group``.

    ``said`` are acceptances of the petition, ``charters`` those of the group that the petition and
    its acceptances name: not later ones, so that nobody gains a list by an amendment.
    """
    desks = {one.stamping for one in said if one.group == group}
    return author in desks or any(author == node.key for one in charters for node in one.nodes)


def rule(record: Record) -> None:
    """It is well made when its numbers are numbers and its counters ascend."""
    ClosingList.of(record)


def needs(record: Record) -> tuple[Filter, ...]:
    """To judge it we hold the petition, its acceptances, and the charters of the list's group."""
    group, asked = record.tags[0][1], record.tags[1][1]
    founding = Filter(ids=(group,), kinds=(charter.NUMBER,))
    amended = Filter(kinds=(charter.NUMBER,), tags=(("g", group),))
    return petition.wanted(asked), acceptance.wanted(asked), founding, amended


def admit(record: Record, held: Sequence[Record], ground: Ground, moment: Moment) -> None:  # noqa: ARG001 - the shape of `admit`
    """Only desks and nodes that petition and acceptances point to may list, dated to the day."""
    listed = ClosingList.of(record)
    asked = next((Petition.of(one) for one in held if one.id == listed.petition), None)
    if asked is None:
        raise Refused("unknown-petition", "the petition is not held here")
    said = [
        Acceptance.of(one)
        for one in held
        if one.kind == acceptance.NUMBER and ground.is_official(one.id)
    ]
    named = {one.charter for one in said} | {asked.charter}
    charters = [Charter.of(one) for one in held if one.id in named]
    if not may_list(record.pubkey, listed.group, said, charters):
        raise Refused("unknown-author", "neither a desk nor a node of the petition's groups")
    refuse_time(record, asked)


def refuse_time(record: Record, asked: Petition) -> None:
    """Refuse a list that is not dated to two days after close.

    Raises:
        Refused: `bad-time`.
    """
    if record.created_at != asked.close + limits.LISTS_AFTER_CLOSE:
        raise Refused("bad-time", "a closing list is dated to close + 172800")


def count(record: Record) -> tuple[Fact, ...]:  # noqa: ARG001 - the shape of `count`
    """Lists are few; what reads them takes the records themselves."""
    return ()


def slot(record: Record) -> Slot:
    """Two lists of one author show the contradiction; more show nothing more."""
    return Slot((str(NUMBER), record.tags[1][1], record.pubkey), 2)


def wanted(asked: str) -> Filter:
    """Give the filter that finds all closing lists of a petition."""
    return Filter(kinds=(NUMBER,), tags=(("e", asked),))


KIND = Kind(NUMBER, "closing_list", 7, rule, admit, count, needs, slot)
