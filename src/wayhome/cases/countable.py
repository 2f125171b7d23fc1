"""Countable: what a group's cases of one quarter add up to, before anything of it is rounded.

A case counts in the quarter in which it was reported, once in each cell; duplicates and what was
declined count nowhere, and neither does a family that said no.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from wayhome.cases.casefile import CaseFile
from wayhome.cases.figures import Cells, Table
from wayhome.cases.law import Law, late_after
from wayhome.cases.legs import Due, dues_of, legs_of

_NOT = ("", "duplicate", "declined", "erased")
_QUARTERS = {1: "03-31", 4: "06-30", 7: "09-30", 10: "12-31"}  # months in which they begin


@dataclass(frozen=True, slots=True)
class Counted:
    """The sums of one quarter; `left_out` are the families that said no."""

    quarter: str
    total: int
    tables: Mapping[Table, Cells]
    left_out: int


def count_cases(files: Iterable[CaseFile], quarter: str, law: Law, today: dt.date) -> Counted:
    """Add up the cases of the quarter that begins on a day."""
    first = dt.date.fromisoformat(quarter)
    last = dt.date.fromisoformat(f"{quarter[:4]}-{_QUARTERS[first.month]}")
    here = [
        one
        for one in files
        if one.report and one.state not in _NOT and first <= one.report.at <= last
    ]
    asked = [one for one in here if one.report and one.report.consent.figures]
    tables: dict[Table, Counter[str]] = {}
    for one in asked:
        for table, cell in dict.fromkeys(_cells(one, law, today)):
            tables.setdefault(table, Counter())[cell] += 1
    return Counted(quarter, len(asked), tables, len(here) - len(asked))


def quarters_before(today: dt.date, number: int) -> tuple[str, ...]:
    """Give the first days of the last whole quarters, the latest first."""
    begun = today.year * 4 + (today.month - 1) // 3
    days = (divmod(begun - back, 4) for back in range(1, number + 1))
    return tuple(dt.date(year, 3 * part + 1, 1).isoformat() for year, part in days)


def _cells(file: CaseFile, law: Law, today: dt.date) -> Iterator[tuple[Table, str]]:
    """Give the cells that a case is in."""
    report = file.report
    if report is None:
        return
    yield "kind", report.kind
    if report.region:
        yield "region", report.region
    if file.outcome:
        yield "outcome", file.outcome.word
        yield "kind-outcome", f"{report.kind}/{file.outcome.word}"
    for no, one in file.letters.items():
        if one.grades:
            yield "authority-grade", f"{one.letter.authority}/{one.grades[-1].word}"
        way = file.way(no)
        legs = legs_of(way)
        for due in dues_of(way, law, today):
            late = _lateness(due, today)
            if late and legs[due.leg].authority:
                yield "authority-late", f"{legs[due.leg].authority}/{late}"


def _lateness(due: Due, today: dt.date) -> str:
    """Say how an office kept the term of its answer; nothing while it still has time."""
    if "answered" not in due.rule.ends or due.rule.conditional or not due.dates:
        return ""
    done = due.ended.on if due.ended else today
    if done > late_after(due.dates):
        return "late"
    return "in-time" if due.ended else ""
