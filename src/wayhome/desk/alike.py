"""Alike: other cases whose reports say nearly the same; a family may have written twice."""

from dataclasses import dataclass, field

from wayhome.cases import said
from wayhome.cases.likeness import ALIKE, likeness
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
    own = _story(case)
    found = [
        Alike(one, round(100 * share))
        for one in load.cases.values()
        if one.id != case.id and (share := _share(own, _story(one))) >= ALIKE
    ]
    return sorted(found, key=lambda one: (-one.percent, one.case.id))[:_MOST]


def _share(one: str, other: str) -> float:
    # of two texts, one of which is half as long as the other, no more than half is the same
    short, long = sorted((len(one), len(other)))
    return likeness(one, other) if short and short >= ALIKE * long else 0.0


def _story(case: Case) -> str:
    report = case.report
    return report.said.story if report and isinstance(report.said, said.Report) else ""
