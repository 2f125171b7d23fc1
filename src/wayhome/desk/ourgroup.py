"""Our group: where a group stands, and what waits for one organiser's sig or for the others'."""

from dataclasses import dataclass

from wayhome.desk.known import Known
from wayhome.desk.proposals import groups_naming, proposals_of, waiting_for
from wayhome.desk.reading import Reading
from wayhome.groups.kinds.charter import Charter


@dataclass(frozen=True, slots=True)
class Seat:
    """An organiser that a charter names: her key, and whether she has signed it."""

    key: str
    is_in_office: bool
    is_me: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """A charter in force, or a branch of a split."""

    id: str
    charter: Charter
    seats: tuple[Seat, ...]

    @property
    def in_office(self) -> int:
        """How many of its organisers have a word."""
        return sum(one.is_in_office for one in self.seats)


@dataclass(frozen=True, slots=True)
class OurGroup:
    """One group as its organiser sees it; without one, what waits for her all the same."""

    id: str
    mine: tuple[tuple[str, str], ...]  # every group that names her key, with its name
    branches: tuple[Branch, ...]
    waiting: tuple[Reading, ...]  # for her sig, of whatever group
    others: tuple[Reading, ...]  # signed by her, or not for her to sign: waits for the others

    @property
    def has_word(self) -> bool:
        """Tell whether her sig counts there."""
        return any(one.is_me and one.is_in_office for each in self.branches for one in each.seats)

    @classmethod
    def of(cls, known: Known, public: str, asked: str = "") -> "OurGroup":
        """Look at the group that is asked for, else at the first that names her."""
        mine = groups_naming(known, public)
        group = asked if asked in mine else next(iter(mine), "")
        heads = known.standing.heads(group) if group else ()
        waiting = [Reading.of(known, one) for one in waiting_for(known, public)]
        shown = {one.record.id for one in waiting}
        rest = proposals_of(known, group) if group else []
        return cls(
            group,
            tuple(
                (one, Charter.of(known.records[known.standing.heads(one)[0]]).name) for one in mine
            ),
            tuple(_branch(known, one, public) for one in heads),
            tuple(waiting),
            tuple(Reading.of(known, one) for one in rest if one.id not in shown),
        )


def _branch(known: Known, head: str, public: str) -> Branch:
    said, office = Charter.of(known.records[head]), known.standing.in_office(head)
    seats = tuple(Seat(one, one in office, one == public) for one in said.organisers)
    return Branch(head, said, seats)
