"""Rules: what a law says of one date: from which fact, how many days, and what a day off does."""

from typing import Literal, TypeAlias, get_args

import msgspec

Fact: TypeAlias = Literal[
    "sent",
    "delivered",
    "registered",
    "forwarded",
    "extended",
    "answered",
    "refused",
    "returned",
    "learned",  # an answer, a refusal, or the day on which silence became one
    "gathering",  # the day of a meeting: what must be filed is counted back from it
]
Unit: TypeAlias = Literal["calendar-days", "working-days", "months"]
Start: TypeAlias = Literal["next-day", "same-day", "before"]
Roll: TypeAlias = Literal["none", "next", "previous"]

Grade: TypeAlias = Literal[
    "substance",
    "partial",
    "refusal",
    "form-reply",
    "stalling",
    "passed-on",
    "asks-more",
    "silence",
]

FACTS: tuple[Fact, ...] = get_args(Fact)
Said: TypeAlias = dict[str, str]  # the same thing by language


class Extension(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a term may be made longer: counted on from its end, `needs` in time or not at all."""

    law: Said
    count: int
    unit: Unit
    needs: Literal["notice", ""] = ""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """One rule of a campaign's `deadlines.toml`.

    `roll` is `authority` where the law is silent and offices differ: then the authority's entry
    decides. `ends` are the facts after which nobody waits any more, what the rule asks for first;
    it is empty where the term is our own. A `conditional` one binds an office only if something is
    so that we cannot know, and is never late. `example` is a day to show the
    sum with. `checked` is empty until a lawyer has looked, then it begins with the day.
    """

    id: str
    law: Said
    name: Said
    text: str
    since: Fact
    count: int
    unit: Unit
    start: Start
    roll: Literal["none", "next", "previous", "authority"]
    source: str
    example: str
    ends: tuple[Fact, ...] = ()
    extend: Extension | None = None
    conditional: bool = False
    note: Said = {}
    checked: str = ""


def local(said: Said, lang: str) -> str:
    """Give what stands there in a language, or in another one."""
    return said.get(lang) or next(iter(said.values()), "")
