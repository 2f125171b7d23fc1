"""Calendars: which days are off, why, and until when that is known."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from wayhome.cases.rules import Said

WEEKEND = "weekend"  # the word of a day that is off for no other reason
MOVED = "moved"  # the word of a day that is off because another one was not


@dataclass(frozen=True, slots=True)
class DayOff:
    """Why a day is off; `instead_of` is the day whose rest was moved here."""

    why: str
    instead_of: dt.date | None = None


_AT_WEEKEND = DayOff(WEEKEND)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days off of a country or region; outside of what it covers its answers are provisional.

    `working` are days of a weekend on which everybody works; `names` has a name for each `why`, by
    language. `off` is found by the day as it is written in ISO 8601: 2026-01-09.
    """

    version: str
    covered_from: dt.date
    covered_until: dt.date
    weekend: frozenset[int]  # ISO: Monday is 1
    off: Mapping[str, DayOff] = field(repr=False)
    working: frozenset[dt.date] = frozenset()
    names: Mapping[str, Said] = field(default_factory=dict, repr=False)
    is_checked: bool = False

    def covers(self, day: dt.date) -> bool:
        """Tell whether the days off around a day are known for good."""
        return self.covered_from <= day <= self.covered_until

    def why_off(self, day: dt.date) -> DayOff | None:
        """Give why nobody works on a day, None where people work."""
        found = self.off.get(day.isoformat())
        if found is not None or day in self.working:
            return found
        return _AT_WEEKEND if day.isoweekday() in self.weekend else None

    def rolled(self, day: dt.date, step: int) -> tuple[dt.date, list[dt.date]]:
        """Go from a day to the nearest one that is not off; give it, and the days passed over."""
        passed: list[dt.date] = []
        while self.why_off(day) is not None:
            passed.append(day)
            day += dt.timedelta(step)
        return day, passed

    def worked(self, day: dt.date, number: int) -> dt.date:
        """Give the last of so many working days after a day."""
        while number > 0:
            day += dt.timedelta(1)
            if self.why_off(day) is None:
                number -= 1
        return day

    def with_region(self, other: "Calendar") -> "Calendar":
        """Add a region's own days off; it is covered as far as both are."""
        return replace(
            self,
            version=f"{self.version}+{other.version}",
            covered_from=max(self.covered_from, other.covered_from),
            covered_until=min(self.covered_until, other.covered_until),
            off={**self.off, **other.off},
            working=self.working | other.working,
            names={**self.names, **other.names},
            is_checked=self.is_checked and other.is_checked,
        )
