"""Stored sum: a derivation as it is written into a case, and read again."""

import datetime as dt
from typing import TypeAlias

from wayhome.cases import said
from wayhome.cases.derivation import Derivation, Did, Since, Step
from wayhome.cases.rules import FACTS, Fact
from wayhome.cases.said import Sum
from wayhome.records.refused import Refused

# a word, and what belongs to it: `_line` and `_step` have each of them
StepLine: TypeAlias = tuple[str | int, ...]


def stored(made: Derivation) -> Sum:
    """Give the form in which a derivation is kept."""
    since = made.since
    return Sum(
        rule=made.rule,
        since=said.Since(since.fact, since.on, since.no, since.is_latest),
        steps=tuple(_line(step) for step in made.steps),
        day=made.day,
        calendar=made.calendar,
        rules=made.rules,
        checked=made.is_checked,
        provisional=made.is_provisional,
    )


def read_stored(form: Sum) -> Derivation:
    """Give the derivation that was kept.

    Raises:
        Refused: bad-form, the fact or a step is none that we know.
    """
    return Derivation(
        rule=form.rule,
        since=Since(_fact(form.since.fact), form.since.on, form.since.no, form.since.latest),
        steps=tuple(_step(line) for line in form.steps),
        day=form.day,
        calendar=form.calendar,
        rules=form.rules,
        is_checked=form.checked,
        is_provisional=form.provisional,
    )


def _line(step: Step) -> StepLine:
    day = step.day.isoformat()
    match step.did:
        case "start":
            return (step.did, day)
        case "count" | "extend":
            return (step.did, step.number, step.word, day)
        case "off":
            moved = (step.instead_of.isoformat(),) if step.instead_of else ()
            return (step.did, day, step.word, *moved)
        case "roll":
            return (step.did, step.word, day)


def _step(line: StepLine) -> Step:
    match line:
        case ["start", str(day)]:
            return Step("start", _day(day))
        case [("count" | "extend") as did, int(number), str(unit), str(day)]:
            return Step(_did(did), _day(day), number, unit)
        case ["off", str(day), str(why)]:
            return Step("off", _day(day), 0, why)
        case ["off", str(day), str(why), str(instead_of)]:
            return Step("off", _day(day), 0, why, _day(instead_of))
        case ["roll", str(way), str(day)]:
            return Step("roll", _day(day), 0, way)
    raise Refused("bad-form", "a step of a derivation is start, count, extend, off or roll")


def _fact(word: str) -> Fact:
    found = next((fact for fact in FACTS if fact == word), None)
    if found is None:
        raise Refused("bad-form", f"a date is counted from one of {', '.join(FACTS)}")
    return found


def _did(word: object) -> Did:
    return "extend" if word == "extend" else "count"


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Refused("bad-form", "a step of a derivation names a day that is none") from None
