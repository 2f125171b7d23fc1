"""Moved: running deadlines are derived again when a calendar or a rule has changed.

What was kept stays in the case; a day that differs becomes a new deadline that says what it was
and why it moved. One that has ended is never touched.
"""

import datetime as dt
from dataclasses import dataclass

from wayhome.cases.derivation import Derivation, Step
from wayhome.cases.law import Law, Office
from wayhome.cases.telling import TONGUES, tell_day, tell_why


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline as it is now, and the day that it replaces."""

    made: Derivation
    was: dt.date
    because: tuple[Step, ...]  # days off that the old sum did not know
    is_new_rule: bool
    is_extended: bool = False  # the old sum was not


def derived_again(kept: Derivation, law: Law, office: Office) -> Moved | None:
    """Derive a running deadline again; None where its day is still the same.

    A rule that a pack no longer has leaves its deadlines as they are.
    """
    rule = law.rules.get(kept.rule)
    if rule is None:
        return None
    made = law.dates(rule, kept.since, office, is_extended=kept.is_extended)[-1]
    return moved_between(kept, made)


def moved_between(kept: Derivation, made: Derivation) -> Moved | None:
    """Compare a deadline that was kept with the same one as it is now; None for the same day."""
    if made.day == kept.day:
        return None
    known = {(step.day, step.word) for step in kept.steps if step.did == "off"}
    because = tuple(
        step for step in made.steps if step.did == "off" and (step.day, step.word) not in known
    )
    return Moved(
        made,
        kept.day,
        because,
        is_new_rule=made.rules != kept.rules,
        is_extended=made.is_extended and not kept.is_extended,
    )


def tell_moved(moved: Moved, law: Law, lang: str) -> str:
    """Say from where to where a deadline moved, and why."""
    tongue = TONGUES[lang]
    said = tongue.moved_from.format(
        was=tell_day(moved.was, lang), day=tell_day(moved.made.day, lang)
    )
    if moved.is_extended:
        return said + tongue.longer + "."
    if moved.because:
        whys = [tell_why(step, law, lang) for step in moved.because]
        return said + tongue.because.format(whys=tongue.listed(whys)) + "."
    return said + (tongue.new_rule if moved.is_new_rule else tongue.new_calendar) + "."
