"""Writes `vectors/deadlines.json`: PYTHONPATH=tests python tests/cases/write_deadlines.py.

The days are written here as they were counted by hand; whoever counts another day is told so.
"""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

import msgspec

from cases.lawful import before_the_transfers_of, law, rule_of
from wayhome.cases.derivation import Derivation, Ground, Since, derive
from wayhome.cases.rules import Fact, Roll, Unit
from wayhome.cases.storedsum import stored
from wayhome.cases.telling import tell

PATH = Path(__file__).parents[2] / "vectors" / "deadlines.json"
ABOUT = (
    "Terms counted from a fact. `calendar` is the pack's calendars/ru.toml (campaigns/way-home);"
    " `ru-before-2027` is the same without the days of 2027 that were moved by decree, covered"
    " until the end of 2026. `rules` is a sum of a file and stands empty here."
)


@dataclass(frozen=True, slots=True)
class Case:
    """One term: what it is, from when, and the day that it must end on."""

    name: str
    count: int
    unit: Unit
    on: str
    roll: Roll
    day: str
    since: Fact = "registered"
    no: str = ""
    is_extended: bool = False
    is_latest: bool = False
    calendar: str = "ru-2026.1"

    def made(self) -> Derivation:
        """Count it."""
        rule = rule_of(self.count, self.unit, since=self.since)
        since = Since(self.since, dt.date.fromisoformat(self.on), self.no, self.is_latest)
        calendars = {"ru-2026.1": law().calendar, "ru-before-2027": before_the_transfers_of(2027)}
        ground = Ground(calendars[self.calendar], self.roll)
        return derive(rule, since, ground, rule.extend if self.is_extended else None)


DAYS: Unit = "calendar-days"
CASES = (
    Case("an ordinary day", 30, DAYS, "2026-03-03", "next", "2026-04-02"),
    Case("the new year, moved on", 30, DAYS, "2025-12-05", "next", "2026-01-12", no="1234"),
    Case("the new year, moved back", 30, DAYS, "2025-12-05", "previous", "2025-12-30"),
    Case("the new year, not moved", 30, DAYS, "2025-12-05", "none", "2026-01-04"),
    Case("a working Saturday", 30, DAYS, "2024-10-03", "next", "2024-11-02"),
    Case("a feast on a Saturday, moved on", 30, DAYS, "2026-04-09", "next", "2026-05-12"),
    Case("a feast on a Saturday, moved back", 30, DAYS, "2026-04-09", "previous", "2026-05-08"),
    Case("to register", 3, DAYS, "2026-05-08", "next", "2026-05-12", since="delivered"),
    Case("to forward", 7, DAYS, "2026-06-05", "next", "2026-06-15"),
    Case("extended, moved on", 30, DAYS, "2026-03-04", "next", "2026-05-04", is_extended=True),
    Case("extended, back", 30, DAYS, "2026-03-04", "previous", "2026-04-30", is_extended=True),
    Case(
        *("before the transfers", 30, DAYS, "2027-01-23", "next", "2027-02-22"),
        calendar="ru-before-2027",
    ),
    Case("after the transfers", 30, DAYS, "2027-01-23", "next", "2027-02-24"),
    Case("beyond the calendar", 30, DAYS, "2027-12-10", "next", "2028-01-10"),
    Case("working days", 15, "working-days", "2024-10-25", "next", "2024-11-15"),
    Case("months", 3, "months", "2026-11-30", "next", "2027-03-01", since="learned"),
    Case("at the latest", 30, DAYS, "2026-05-12", "next", "2026-06-11", is_latest=True),
)


def written(case: Case) -> dict[str, object]:
    """Give a case as it stands in the file."""
    made = case.made()
    if made.day.isoformat() != case.day:
        raise SystemExit(f"{case.name}: {made.day} is not {case.day}")
    return {
        "name": case.name,
        "rule": {"count": case.count, "unit": case.unit, "start": "next-day"},
        "extended": case.is_extended,
        "roll": case.roll,
        "calendar": case.calendar,
        "sum": msgspec.to_builtins(stored(made)),
        "said": {lang: tell(made, law(), lang) for lang in ("en", "ru")},
    }


def whole() -> str:
    """Give the whole file."""
    cases = [written(case) for case in CASES]
    return json.dumps({"about": ABOUT, "cases": cases}, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    PATH.write_text(whole(), "utf-8")
