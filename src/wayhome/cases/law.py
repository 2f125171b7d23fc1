"""Law: all that a campaign says of who must answer, by when, and what may be written to them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from wayhome.cases.authorities import Authorities, Authority
from wayhome.cases.calendars import Calendar
from wayhome.cases.casekinds import CaseKind
from wayhome.cases.derivation import Derivation, Ground, Since, derive
from wayhome.cases.rules import Grade, Roll, Rule, Said, local

LONGEST = 1_000  # days or months of one term
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2100, 1, 1)  # what anybody counts from
_WEEK = frozenset(range(1, 8))


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One letter that can be written: `text` is its Jinja, `sum` the sum of that text.

    `after` are the grades of an answer after which it is offered, to somebody above that office.
    """

    id: str
    name: Said
    about: Said
    source: str
    file: str
    after: tuple[Grade, ...] = ()
    checked: str = ""
    text: str = ""
    sum: str = ""


@dataclass(frozen=True, slots=True)
class Law:
    """A campaign's law. From a pack it is sound; from a stranger ask `fault_of` first."""

    authorities: Authorities
    kinds: Mapping[str, CaseKind]
    rules: Mapping[str, Rule]
    letters: Mapping[str, Template]
    calendar: Calendar
    rules_sum: str
    regions: Mapping[str, Calendar] = field(default_factory=dict)

    def calendar_of(self, region: str) -> Calendar:
        """Give the days off of a region: the country's, and its own where they are known."""
        return self.regions.get(region, self.calendar)

    def name_of(self, why: str, lang: str) -> str:
        """Give the name of what a day is off for; the word itself where a calendar has lost it."""
        for calendar in (self.calendar, *self.regions.values()):
            if why in calendar.names:
                return local(calendar.names[why], lang)
        return why

    def dates(
        self, rule: Rule, since: Since, office: "Office", *, is_extended: bool = False
    ) -> tuple[Derivation, ...]:
        """Give the date of a rule, or both where nobody has checked what this office does.

        The later one comes last: it is what we complain after.
        """
        extension = rule.extend if is_extended else None
        made = [
            derive(rule, since, self._ground(rule, roll, office), extension)
            for roll in rolls_of(rule, office.authority)
        ]
        return tuple({one.day: one for one in sorted(made, key=lambda one: one.day)}.values())

    def _ground(self, rule: Rule, roll: Roll, office: "Office") -> Ground:
        calendar = self.calendar_of(office.region)
        is_known = rule.roll != "authority" or bool(office.authority.checked)
        return Ground(calendar, roll, self.rules_sum, is_checked=calendar.is_checked and is_known)


@dataclass(frozen=True, slots=True)
class Office:
    """An authority, and the region whose days off it keeps."""

    authority: Authority
    region: str = ""


def fault_of(law: Law) -> str:
    """Say what a stranger's law cannot be drawn for; nothing where it is sound."""
    known = law.authorities.by_id
    named = {name for kind in law.kinds.values() for name in kind.to}
    for one in known.values():
        named |= {one.above, one.court, *one.oversees} - {""}
    letters = {name for kind in law.kinds.values() for name in kind.letters}
    if not known or named - known.keys() or letters - law.letters.keys():
        return "it names an authority or a letter that it does not have"
    if not law.calendar.weekend < _WEEK:
        return "its week has no day of work"
    for rule in law.rules.values():
        counts = (rule.count, rule.extend.count if rule.extend else 0)
        if not all(0 <= count <= LONGEST for count in counts) or not is_day(rule.example):
            return "a rule counts from no day, or further than anybody waits"
    return ""


def is_day(text: str) -> bool:
    """Tell whether a text is a day that anybody may want to count from."""
    try:
        return EARLIEST <= dt.date.fromisoformat(text) <= LATEST
    except ValueError:
        return False


def rolls_of(rule: Rule, authority: Authority) -> tuple[Roll, ...]:
    """Give what may happen when a last day is off: one thing where it was checked, else both."""
    if rule.roll != "authority":
        return (rule.roll,)
    if authority.checked and authority.roll:
        return (authority.roll,)
    return ("previous", "next")


def late_after(dates: tuple[Derivation, ...]) -> dt.date:
    """Give the day after which nobody can say that there was still time."""
    return max(one.day for one in dates)
