"""The sample pack's law, and a smaller way to ask it."""

import datetime as dt
from dataclasses import replace
from functools import cache
from pathlib import Path

import msgspec

from wayhome.cases.calendars import Calendar
from wayhome.cases.derivation import Derivation, Ground, Since, derive
from wayhome.cases.law import Law
from wayhome.cases.rules import Fact, Roll, Rule, Unit
from wayhome.lawbook import read_law

PACK = Path(__file__).parents[2] / "campaigns" / "way-home"


@cache
def law() -> Law:
    return read_law(PACK)


def before_the_transfers_of(year: int) -> Calendar:
    """Give the calendar as it was before that year's transfers were decreed."""
    whole = law().calendar
    return replace(
        whole,
        version=f"ru-before-{year}",
        covered_until=dt.date(year - 1, 12, 31),
        off={
            day: off
            for day, off in whole.off.items()
            if day < f"{year}" or (off.why != "moved" and day < f"{year + 1}")
        },
        working=frozenset(day for day in whole.working if day.year < year),
    )


def rule_of(count: int, unit: Unit, start: str = "next-day", since: Fact = "registered") -> Rule:
    """Give a rule that leaves the roll to the office."""
    answer = law().rules["ru.59.answer"]
    return msgspec.structs.replace(
        answer, count=count, unit=unit, start=start, since=since, roll="authority"
    )


def counted(rule: Rule, on: str, roll: Roll, *, is_extended: bool = False) -> Derivation:
    """Count a rule from a day written as text."""
    since = Since(rule.since, dt.date.fromisoformat(on))
    ground = Ground(law().calendar, roll, law().rules_sum)
    return derive(rule, since, ground, rule.extend if is_extended else None)
