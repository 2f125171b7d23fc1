"""Grades: what an answer is worth, what that does to its deadline, and what can be done next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from wayhome.cases.law import Law
from wayhome.cases.rules import Grade

Effect: TypeAlias = Literal["stops", "runs", "passes", "late"]
Offer: TypeAlias = Literal["outcome", "wait", "same-letter", "reply-to-them", "letter"]

GRADES: tuple[str, ...] = get_args(Grade)
# what a grade does to the term that was running: words without the matter move nothing
EFFECTS: Mapping[Grade, Effect] = {
    "substance": "stops",
    "partial": "stops",
    "refusal": "stops",
    "form-reply": "stops",
    "stalling": "runs",
    "passed-on": "passes",
    "asks-more": "runs",
    "silence": "late",
}
_WITHOUT_LETTER: Mapping[Grade, Offer] = {
    "substance": "outcome",
    "stalling": "wait",
    "passed-on": "same-letter",
    "asks-more": "reply-to-them",
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing that can be done next; a letter names its template and the office it goes to."""

    offer: Offer
    template: str = ""
    to: str = ""


def next_steps(grade: Grade, about: str, law: Law) -> tuple[NextStep, ...]:
    """Give what can be done after an answer of an office, or after its silence.

    No letter goes to the office that it is about, and nothing is sent by itself.
    """
    if grade in _WITHOUT_LETTER:
        return (NextStep(_WITHOUT_LETTER[grade]),)
    return tuple(_letters(grade, about, law))


def _letters(grade: Grade, about: str, law: Law) -> Iterator[NextStep]:
    offices = [one.authority for one in law.authorities.above(about)]
    for template in law.letters.values():
        if grade in template.after:
            for office in offices:
                if not law.authorities.get(office).is_court:
                    yield NextStep("letter", template.id, office)
    # a court takes no letter of ours; that one can go there, and by when, is said
    yield from (
        NextStep("letter", "", office) for office in offices if law.authorities.get(office).is_court
    )
