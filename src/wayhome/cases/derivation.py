"""Derivation: how a date by law was reached, step by step, so that anybody can follow the sum.

A step says what was done and the day it led to. The steps are kept with the date: when a calendar
changes, the old sum can still be read.
"""

import calendar as months
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from wayhome.cases.calendars import WEEKEND, Calendar
from wayhome.cases.rules import Extension, Fact, Roll, Rule, Unit

Did: TypeAlias = Literal["start", "count", "extend", "off", "roll"]


@dataclass(frozen=True, slots=True)
class Since:
    """The fact that a date is counted from; `is_latest` where only its last lawful day is known."""

    fact: Fact
    on: dt.date
    no: str = ""
    is_latest: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step: to which `day` it led; so many `unit`s, or why that day is off, or which way."""

    did: Did
    day: dt.date
    number: int = 0
    word: str = ""
    instead_of: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Derivation:
    """One date, and everything that it was made of."""

    rule: str
    since: Since
    steps: tuple[Step, ...]
    day: dt.date
    calendar: str
    rules: str  # the sum of the file that the rule stood in
    is_checked: bool
    is_provisional: bool = False

    @property
    def is_extended(self) -> bool:
        """Tell whether the term was made longer."""
        return any(step.did == "extend" for step in self.steps)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a rule is counted on: the calendar, what the office does at a day off, the file's sum.

    `is_checked` tells whether a lawyer has looked at the calendar and at the office's entry.
    """

    calendar: Calendar
    roll: Roll = "none"
    rules: str = ""
    is_checked: bool = False


def derive(
    rule: Rule, since: Since, ground: Ground, extension: Extension | None = None
) -> Derivation:
    """Count one rule from one fact. A rule's own `roll` comes before the office's."""
    counted = _counted(rule, since.on, ground.calendar)
    if extension is not None:
        end = _added(counted[-1].day, extension.count, extension.unit, ground.calendar)
        counted.append(Step("extend", end, extension.count, extension.unit))
    roll: Roll = ground.roll if rule.roll == "authority" else rule.roll
    steps = (*counted, *_rolled(counted[-1].day, roll, ground.calendar))
    day = next(step.day for step in reversed(steps) if step.did != "off")
    return Derivation(
        rule=rule.id,
        since=since,
        steps=steps,
        day=day,
        calendar=ground.calendar.version,
        rules=ground.rules,
        is_checked=bool(rule.checked) and ground.is_checked,
        is_provisional=not all(ground.calendar.covers(step.day) for step in steps),
    )


def _counted(rule: Rule, on: dt.date, calendar: Calendar) -> list[Step]:
    if rule.start == "before":
        return [Step("count", on - dt.timedelta(rule.count), rule.count, rule.unit)]
    first = on if rule.start == "same-day" else on + dt.timedelta(1)
    end = _added(first - dt.timedelta(1), rule.count, rule.unit, calendar)
    return [Step("start", first), Step("count", end, rule.count, rule.unit)]


def _added(day: dt.date, number: int, unit: Unit, calendar: Calendar) -> dt.date:
    match unit:
        case "calendar-days":
            return day + dt.timedelta(number)
        case "working-days":
            return calendar.worked(day, number)
        case "months":  # the same day of the month, or the month's last one
            year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
            last = months.monthrange(year, month + 1)[1]
            return dt.date(year, month + 1, min(day.day, last))


def _rolled(day: dt.date, roll: Roll, calendar: Calendar) -> Iterator[Step]:
    to, passed = calendar.rolled(day, -1 if roll == "previous" else 1)
    said: set[tuple[str, dt.date | None]] = set()
    for off in passed[:1] if roll == "none" else passed:
        why = calendar.why_off(off)
        if why is None or (why.why == WEEKEND and off != day):
            continue
        known = (why.why, why.instead_of)
        if known not in said:
            said.add(known)
            yield Step("off", off, 0, why.why, why.instead_of)
    if passed and roll != "none":
        yield Step("roll", to, 0, roll)
