"""Legs: a letter's way through the offices, and what each of them owes by which day.

Deadlines hang on facts. A forwarding ends the terms of one office and begins a leg at the next,
where nothing is known until it is said: what is unknown is shown as unknown, never guessed.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wayhome.cases.derivation import Derivation, Since
from wayhome.cases.grades import EFFECTS
from wayhome.cases.law import Law, Office, late_after
from wayhome.cases.rules import Fact, Grade, Rule

# what comes before what at one office; of the last ones any may come alone
ORDER: Mapping[Fact, int] = {
    "sent": 0,
    "delivered": 1,
    "registered": 2,
    "extended": 3,
    "forwarded": 4,
    "answered": 4,
    "refused": 4,
    "returned": 4,
}


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to a letter on a day; a forwarding may say whereto."""

    what: Fact
    on: dt.date
    no: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Leg:
    """A letter at one office; `authority` is empty where it was sent on nobody knows whereto."""

    authority: str
    facts: Mapping[Fact, Happened] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Due:
    """What is owed by a rule: its dates, or none where the fact that it hangs on is unknown.

    `ended` is the fact after which nobody waits any more. `acted` means that we have done what
    follows from its passing, so that it is no longer shown as late.
    """

    rule: Rule
    leg: int
    dates: tuple[Derivation, ...] = ()
    ended: Happened | None = None
    acted: bool = False

    def is_late(self, today: dt.date) -> bool:
        """Tell whether the day has passed, even the later one, and nothing came of it."""
        is_waiting = self.is_running() and not self.acted and not self.rule.conditional
        return is_waiting and today > late_after(self.dates)

    def is_running(self) -> bool:
        """Tell whether somebody still has to act."""
        return bool(self.dates) and self.ended is None


@dataclass(frozen=True, slots=True)
class Way:
    """One letter's way: to whom it went, what happened, its last grade, whether we went on."""

    authority: str
    facts: tuple[Happened, ...]
    grade: Grade | None = None
    acted: bool = False
    region: str = ""


def legs_of(way: Way) -> tuple[Leg, ...]:
    """Cut a letter's facts, in their order, at each forwarding; what is said again holds."""
    legs: list[Leg] = []
    authority, facts = way.authority, dict[Fact, Happened]()
    for one in way.facts:
        facts[one.what] = one
        if one.what == "forwarded":
            legs.append(Leg(authority, facts))
            authority, facts = one.to, {}
    return (*legs, Leg(authority, facts))


def span_of(way: Way, what: Fact) -> tuple[dt.date | None, dt.date | None]:
    """Give the days that a fact cannot be before, and cannot be after, as far as is known.

    A day of another year, typed by mistake, would make an office late that is not.
    """
    *before, here = legs_of(way)
    came = [one.facts["forwarded"].on for one in before[-1:]]
    came += [one.on for one in here.facts.values() if ORDER[one.what] < ORDER[what]]
    went = [one.on for one in here.facts.values() if ORDER[one.what] > ORDER[what]]
    return max(came, default=None), min(went, default=None)


def dues_of(way: Way, law: Law, today: dt.date) -> tuple[Due, ...]:
    """Give everything that is owed on every leg of a letter, in the order of the legs and rules."""
    legs = legs_of(way)
    return tuple(
        due
        for number, leg in enumerate(legs)
        for due in _Counted(law, way, leg, number, is_last=number == len(legs) - 1).dues(today)
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    """One leg, and all that its dates are counted with."""

    law: Law
    way: Way
    leg: Leg
    number: int
    is_last: bool

    def dues(self, today: dt.date) -> Iterable[Due]:
        """Give what is owed at this office; at one that nobody knows, nothing can be counted."""
        office = self._office()
        for rule in self.law.rules.values():
            if rule.since == "gathering":
                continue
            ended = self._ended(rule)
            since = self._since(rule.since, office, today)
            if since is None and ended is None and not self._may_come(rule):
                continue
            dates = self._dates(rule, since, office) if since and office else ()
            acted = self.way.acted and self.is_last
            yield Due(rule, self.number, dates, ended, acted)

    def _office(self) -> Office | None:
        authority = self.law.authorities.by_id.get(self.leg.authority)
        return Office(authority, self.way.region) if authority else None

    def _may_come(self, rule: Rule) -> bool:
        """Tell whether a date is worth showing as unknown: the first one that is missing."""
        return self.is_last and rule.since == "delivered"

    def _ended(self, rule: Rule) -> Happened | None:
        for fact in rule.ends:
            happened = self.leg.facts.get(fact)
            if happened and not (fact == "answered" and self._goes_on()):
                return happened
        return None

    def _goes_on(self) -> bool:
        """Tell whether the answer was none: promises and questions do not stop a term."""
        return self.way.grade is not None and self.is_last and EFFECTS[self.way.grade] == "runs"

    def _dates(self, rule: Rule, since: Since, office: Office) -> tuple[Derivation, ...]:
        dates = self.law.dates(rule, since, office)
        extended = self.leg.facts.get("extended")
        # without a notice in time the first date stands
        if rule.extend and extended and extended.on <= late_after(dates):
            return self.law.dates(rule, since, office, is_extended=True)
        return dates

    def _since(self, fact: Fact, office: Office | None, today: dt.date) -> Since | None:
        if fact == "learned":
            return self._learned(office, today)
        happened = self.leg.facts.get(fact)
        if happened:
            return Since(fact, happened.on, happened.no)
        if fact == "registered" and office:
            return self._registered_at_the_latest(office)
        return None

    def _registered_at_the_latest(self, office: Office) -> Since | None:
        """Count from the last day for registering it, where only delivery is known."""
        delivered = self.leg.facts.get("delivered")
        rule = self._rule_of("registered")
        if delivered is None or rule is None:
            return None
        dates = self.law.dates(rule, Since("delivered", delivered.on), office)
        return Since("registered", late_after(dates), is_latest=True)

    def _learned(self, office: Office | None, today: dt.date) -> Since | None:
        """Give the day on which the refusal, the answer or the silence became known."""
        known = [self.leg.facts[one].on for one in ("answered", "refused") if one in self.leg.facts]
        if known and not self._goes_on():
            return Since("learned", min(known))
        rule = self._rule_of("answered")
        since = self._since(rule.since, office, today) if rule else None
        if rule is None or since is None or office is None or self._ended(rule):
            return None
        last = late_after(self._dates(rule, since, office))
        return Since("learned", last + dt.timedelta(1)) if today > last else None

    def _rule_of(self, fact: Fact) -> Rule | None:
        """Give the rule whose first end is a fact: to register, to answer."""
        rules = self.law.rules.values()
        return next((rule for rule in rules if rule.ends[:1] == (fact,)), None)
