"""counter: a stamping desk says how many stamps it has given so far, in a chain."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Self

from wayhome.codec import limits
from wayhome.petition.kinds import acceptance, petition
from wayhome.petition.kinds.acceptance import Acceptance
from wayhome.petition.kinds.petition import Petition
from wayhome.records.filter import Filter
from wayhome.records.kind import Fact, Ground, Kind, Moment, Slot
from wayhome.records.record import Record, Tag
from wayhome.records.refused import Refused
from wayhome.records.tags import read_id, read_number

NUMBER = 3973


@dataclass(frozen=True, slots=True)
class Counter:
    """What a counter says.

    Counter 0 names every panel group's acceptance; a later one may name its own group's successor,
    whose ceiling then holds for the counters after it.
    """

    group: str
    petition: str
    seq: int
    issued: int
    acceptances: tuple[str, ...]
    prev: str | None
    is_final: bool

    @classmethod
    def of(cls, record: Record) -> Self:
        """Read a counter; `bad-tags`, `bad-content`, `bad-number`, in this order."""
        match record.tags:
            case (("g", group), ("e", asked), ("n", seq), ("issued", issued), *more):
                read_id(group)
                read_id(asked)
            case _:
                raise Refused("bad-tags", "g, e, n and issued, then acceptances or prev")
        prev, acceptances, is_final = _ends(more, first=seq == "0")
        if record.content:
            raise Refused("bad-content", "a counter has no content")
        index = read_number(seq, 0, limits.WINDOWS)
        total = read_number(issued, 0, limits.CEILING)
        return cls(group, asked, index, total, acceptances, prev, is_final)


def _ends(tags: Sequence[Tag], *, first: bool) -> tuple[str | None, tuple[str, ...], bool]:
    rest = list(tags)
    is_final = bool(rest) and rest[-1] == ("final",)
    if is_final:
        rest.pop()
    prev = None
    if not first:
        match rest:
            case [("prev", named), *_]:
                prev = read_id(named)
                rest.pop(0)
            case _:
                raise Refused("bad-tags", "a counter after the first names the one before")
    accepted = [tag[1] for tag in takewhile(_names_acceptance, rest)]
    least, most = (1, limits.PANEL) if first else (0, 1)
    if len(accepted) != len(rest) or not least <= len(accepted) <= most:
        raise Refused("bad-tags", "counter 0 names the acceptances, a later one at most one")
    return prev, tuple(read_id(one) for one in accepted), is_final


def _names_acceptance(tag: Tag) -> bool:
    return tag[0] == "acceptance" and len(tag) == 2  # noqa: PLR2004 - name and value


def refuse_time(record: Record, counter: Counter, asked: Petition) -> None:
    """Refuse a counter that is dated to no window's end, or that has too high a number.

    Raises:
        Refused: `bad-number`, `bad-time`.
    """
    since = record.created_at - asked.open
    if counter.seq > (asked.close - asked.open) // asked.window:
        raise Refused("bad-number", "there are not so many windows")
    if record.created_at > asked.close or (since if counter.seq == 0 else since <= 0):
        raise Refused("bad-time", "counter 0 is dated to open, later ones up to close")
    if since % asked.window and not counter.is_final:
        raise Refused("bad-time", "the end of the window it reports on")


def rule(record: Record) -> None:
    """It is well made when its numbers are numbers and it names what it follows."""
    Counter.of(record)


def needs(record: Record) -> tuple[Filter, ...]:
    """To judge it we hold the petition and its acceptances."""
    asked = record.tags[1][1]
    return petition.wanted(asked), acceptance.wanted(asked)


def admit(record: Record, held: Sequence[Record], ground: Ground, moment: Moment) -> None:  # noqa: ARG001 - the shape of `admit`
    """Only a desk that an official acceptance of its group names may count."""
    counter = Counter.of(record)
    asked = next((Petition.of(one) for one in held if one.id == counter.petition), None)
    if asked is None:
        raise Refused("unknown-petition", "the petition is not held here")
    accepted = (one for one in held if one.kind == acceptance.NUMBER and ground.is_official(one.id))
    if not any(is_desk(record, counter, Acceptance.of(one)) for one in accepted):
        raise Refused("unknown-desk", "no acceptance of that group names this desk key")
    refuse_time(record, counter, asked)


def is_desk(record: Record, counter: Counter, accepted: Acceptance) -> bool:
    """Tell whether the acceptance gives the counter's author its word."""
    return (counter.group, counter.petition, record.pubkey) == (
        accepted.group,
        accepted.petition,
        accepted.stamping,
    )


def count(record: Record) -> tuple[Fact, ...]:  # noqa: ARG001 - the shape of `count`
    """Counters are few; what reads them takes the records themselves."""
    return ()


def slot(record: Record) -> Slot:
    """Two of a desk with one number show the contradiction; more show nothing more."""
    return Slot((str(NUMBER), record.tags[1][1], record.pubkey, record.tags[2][1]), 2)


def wanted(asked: str) -> Filter:
    """Give the filter that finds all counters of a petition."""
    return Filter(kinds=(NUMBER,), tags=(("e", asked),))


KIND = Kind(NUMBER, "counter", 6, rule, admit, count, needs, slot)
