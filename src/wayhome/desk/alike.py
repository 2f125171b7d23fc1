"""Alike: other cases whose reports say nearly the same; a family may have written twice."""

from dataclasses import dataclass, field

from wayhome.cases.likeness import ALIKE, likeness, may_be_alike
from wayhome.desk.case import Case
from wayhome.desk.caseload import Caseload

_MOST = 5  # that are shown


@dataclass(frozen=True, slots=True)
class Alike:
    """Another case, and how much of both reports is the same, in hundredths."""

    case: Case = field(repr=False)
    percent: int


def alike(case: Case, load: Caseload) -> list[Alike]:
    """Give the cases whose reports are like one's, the most alike first."""
    found = [
        Alike(one, round(100 * share))
        for one in load.cases.values()
        if one.id != case.id and _is_worth(case, one)
        if (share := likeness(case.story, one.story)) >= ALIKE
    ]
    return sorted(found, key=lambda one: (-one.percent, one.case.id))[:_MOST]


def _is_worth(case: Case, other: Case) -> bool:
    # of two texts, one of which is half as long as the other, no more than half is the same
    short, long = sorted((len(case.story), len(other.story)))
    return short > 0 and short >= ALIKE * long and may_be_alike(case.long_words, other.long_words)
