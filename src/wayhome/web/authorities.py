"""Authorities: who must answer for what, by when, and a calculator that shows the sum.

Nothing of what is asked here is kept: the day and the rule stand in the address alone.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Self

from markupsafe import Markup
from starlette.datastructures import QueryParams

from wayhome.cases.authorities import Authority, Step
from wayhome.cases.derivation import Derivation, Since
from wayhome.cases.law import Law, Office, is_day
from wayhome.cases.rules import Rule, local
from wayhome.cases.telling import tell_all, tell_day
from wayhome.web.pages import Ask, Page


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed into the calculator, as it came; `wrong` names the field that cannot be."""

    rule: str = ""
    office: str = ""
    on: str = ""
    wrong: str = ""

    @classmethod
    def of(cls, law: Law, query: QueryParams) -> Self:
        """Read an address; of what is wrong only the name of the field is kept."""
        rule, office, on = (query.get(name, "")[:100] for name in ("rule", "office", "on"))
        if rule not in law.rules:
            return cls(wrong="rule")
        if office not in law.authorities.by_id:
            return cls(rule, wrong="office")
        return cls(rule, office, on) if is_day(on) else cls(rule, office, wrong="on")


def authorities(ask: Ask) -> Page:
    """Draw who answers for what, the rules with an example each, and the letters."""
    law = ask.site.face.law
    if law is None:
        return _without(ask)
    by_id = law.authorities.by_id
    return ask.draw(
        "authorities",
        ask.words.say("Authorities and deadlines"),
        law=law,
        said=lambda said: local(said, ask.lang),
        rules=[(rule, _example(ask, law, rule)) for rule in law.rules.values()],
        offices=[(one, _ways(ask, one), _above(ask, law, one)) for one in by_id.values()],
        troubles=[
            (kind, [by_id[to] for to in kind.to], [law.letters[one] for one in kind.letters])
            for kind in law.kinds.values()
        ],
        known_until=tell_day(law.calendar.covered_until, ask.lang),
        original=ask.site.face.languages[0],
    )


def deadline(ask: Ask, asked: Asked | None = None) -> Page:
    """Draw the calculator, and what was asked of it."""
    law = ask.site.face.law
    if law is None:
        return _without(ask)
    dates = _dates(law, asked) if asked and not asked.wrong else ()
    return ask.draw(
        "deadline",
        ask.words.say("Count a deadline"),
        law=law,
        said=lambda said: local(said, ask.lang),
        asked=asked or Asked(),
        day=tell_day(dates[-1].day, ask.lang) if dates else "",
        told=tell_all(dates, law, ask.lang) if dates else "",
        rule=law.rules.get(asked.rule) if asked else None,
        original=ask.site.face.languages[0],
    )


def _without(ask: Ask) -> Page:
    return ask.draw("authorities", ask.words.say("Authorities and deadlines"), law=None)


def _dates(law: Law, asked: Asked) -> tuple[Derivation, ...]:
    rule = law.rules[asked.rule]
    since = Since(rule.since, dt.date.fromisoformat(asked.on))
    return law.dates(rule, since, Office(law.authorities.get(asked.office)))


def _example(ask: Ask, law: Law, rule: Rule) -> str:
    """Show a rule at an office of which nobody has checked what it does at a day off."""
    office = next(iter(law.authorities.by_id.values()))
    since = Since(rule.since, dt.date.fromisoformat(rule.example))
    return tell_all(law.dates(rule, since, Office(office)), law, ask.lang)


def _ways(ask: Ask, office: Authority) -> Markup:
    _ = ask.words.say
    names = {
        "post": _("by post"),
        "in-person": _("in person, with a stamp on your copy"),
        "portal": _("through the state services portal"),
        "site": _("through its own site"),
        "email": _("by e-mail"),
    }
    return ask.words.both(names[way] for way in office.ways)


def _above(ask: Ask, law: Law, office: Authority) -> list[tuple[str, Markup]]:
    """Give where a complaint about an office may go, and why there."""
    _ = ask.words.say
    whys: dict[Step, Markup] = {
        "above": _("stands above it"),
        "oversees": _("watches that it keeps the law"),
        "court": _("court"),
    }
    return [
        (local(law.authorities.get(one.authority).name, ask.lang), whys[one.why])
        for one in law.authorities.above(office.id)
    ]
