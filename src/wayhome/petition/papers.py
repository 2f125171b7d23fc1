"""Papers: the few records beside signatures that one petition's count rests on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self

from wayhome.groups.kinds import KINDS as GROUP_KINDS
from wayhome.groups.kinds import charter, cosign, link
from wayhome.groups.kinds.charter import Charter
from wayhome.groups.kinds.cosign import Cosign
from wayhome.groups.kinds.link import Link
from wayhome.groups.standing import STANDING, Standing
from wayhome.petition.kinds import KINDS as PETITION_KINDS
from wayhome.petition.kinds import acceptance, closing_list, counter, petition
from wayhome.petition.kinds.acceptance import Acceptance, refuse_stranger
from wayhome.petition.kinds.closing_list import ClosingList
from wayhome.petition.kinds.counter import Counter
from wayhome.petition.kinds.petition import Petition
from wayhome.records.filter import Filter
from wayhome.records.kind import KindBook
from wayhome.records.record import Record
from wayhome.records.refused import Refused

_BOOK = KindBook(GROUP_KINDS, PETITION_KINDS)
SMALL = frozenset(
    (
        charter.NUMBER,
        cosign.NUMBER,
        link.NUMBER,
        petition.NUMBER,
        acceptance.NUMBER,
        counter.NUMBER,
        closing_list.NUMBER,
    )
)


@dataclass(slots=True)
class Papers:
    """The records of one petition that passed their rule, read; each id once."""

    wanted: str
    asked: Record | None = None
    charters: dict[str, Charter] = field(default_factory=dict)
    cosigns: dict[str, Cosign] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    accepted: dict[str, Acceptance] = field(default_factory=dict)
    counters: dict[str, tuple[Record, Counter]] = field(default_factory=dict)
    lists: dict[str, tuple[Record, ClosingList]] = field(default_factory=dict)
    others: dict[str, Petition] = field(default_factory=dict)
    others_accepted: dict[str, Acceptance] = field(default_factory=dict)

    @classmethod
    def of(cls, petition_id: str, records: Iterable[Record]) -> Self:
        """Sort out what bears on one petition; what breaks its rule or names another is left."""
        papers = cls(petition_id)
        for record in records:
            papers._take(record)
        if papers.asked is not None:
            papers.accepted = {
                name: said
                for name, said in papers.accepted.items()
                if _is_foreseen(said, papers.asked)
            }
        return papers

    @property
    def petition(self) -> Petition:
        """What the petition says; there must be one."""
        if self.asked is None:
            raise AssertionError("asked without a petition")
        return Petition.of(self.asked)

    def ids(self) -> set[str]:
        """Give the ids of all records that this petition's count rests on.

        Of other groups these are the links to its own groups, for they decide between branches of
        a group that has split, and the charters under which they were said.
        """
        groups = {said.group for said in self.accepted.values()}
        if self.asked is not None:
            groups |= {self.petition.group} | {place.group for place in self.petition.panel}
        found = {name for name, said in self.links.items() if said.to in groups}
        found |= {name for name, said in self.links.items() if said.ends in found}
        groups |= {self.links[name].group for name in found}
        found |= {name for name, said in self.charters.items() if said.group in groups}
        found |= self.accepted.keys() | ({self.asked.id} if self.asked else set())
        found |= {name for name, said in self.cosigns.items() if said.record in found}
        return found | self.counters.keys() | self.lists.keys()

    def reused(self) -> set[str]:
        """Give the ids of what shows that a stamp key was accepted for another petition as well.

        The count does not rest on it, but a finding does.
        """
        kids = {place.kid for place in self.petition.panel} if self.asked else set()
        again = {name: said for name, said in self.others_accepted.items() if said.kid in kids}
        found = again.keys() | {said.petition for said in again.values()} & self.others.keys()
        groups = {said.group for said in again.values()}
        found |= {name for name, said in self.charters.items() if said.group in groups}
        return found | {name for name, said in self.cosigns.items() if said.record in found}

    def _take(self, record: Record) -> None:
        try:
            _BOOK.of(record).rule(record)
        except Refused:  # a stranger's; it changes nothing here
            return
        match record.kind:
            case charter.NUMBER:
                self.charters[record.id] = Charter.of(record)
            case cosign.NUMBER:
                self.cosigns[record.id] = Cosign.of(record)
            case link.NUMBER:
                self.links[record.id] = Link.of(record)
            case petition.NUMBER:
                self._take_petition(record)
            case acceptance.NUMBER:
                said = Acceptance.of(record)
                is_ours = said.petition == self.wanted
                (self.accepted if is_ours else self.others_accepted)[record.id] = said
            case _:
                self._take_desks(record)

    def _take_petition(self, record: Record) -> None:
        if record.id == self.wanted:
            self.asked = record
        else:
            self.others[record.id] = Petition.of(record)

    def _take_desks(self, record: Record) -> None:
        match record.kind:
            case counter.NUMBER if (count := Counter.of(record)).petition == self.wanted:
                self.counters[record.id] = (record, count)
            case closing_list.NUMBER if (one := ClosingList.of(record)).petition == self.wanted:
                self.lists[record.id] = (record, one)


def standing_of(records: Sequence[Record]) -> Standing:
    """Give who may speak, by these records alone."""
    rows: list[bytes] = []
    for record in records:
        try:
            kind = _BOOK.of(record)
            kind.rule(record)
        except Refused:  # a stranger's; it gives nobody a word
            continue
        rows += [fact.row for fact in kind.count(record) if fact.view == STANDING]
    return Standing.of(rows)


def wanted(petition_id: str) -> tuple[Filter, ...]:
    """Give the filters by which a node finds these records in its store."""
    return (
        Filter(kinds=(charter.NUMBER, cosign.NUMBER, link.NUMBER)),
        # of other petitions too: a stamp key that was accepted twice must be seen
        Filter(kinds=(petition.NUMBER, acceptance.NUMBER)),
        counter.wanted(petition_id),
        closing_list.wanted(petition_id),
    )


def _is_foreseen(said: Acceptance, asked: Record) -> bool:
    try:
        refuse_stranger(said, [asked])
    except Refused:  # a group or key that the petition does not name
        return False
    return True
