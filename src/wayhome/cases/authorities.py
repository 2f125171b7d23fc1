"""Authorities: who must answer, in which ways they can be written to, and who stands above them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import msgspec

from wayhome.cases.rules import Said

Way: TypeAlias = Literal["post", "in-person", "portal", "site", "email"]
Step: TypeAlias = Literal["above", "oversees", "court"]


class Authority(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body that must answer. One that has many offices is one entry; the address is each's own.

    `above` hears complaints about it, `court` too; it `oversees` others. `roll` is what its offices
    do when a last day is off, empty where nobody knows.
    """

    id: str
    name: Said
    answers_for: Said
    ways: tuple[Way, ...]
    source: str
    address: str = ""
    roll: Literal["none", "next", "previous", ""] = ""
    above: str = ""
    oversees: tuple[str, ...] = ()
    court: str = ""
    is_court: bool = False
    checked: str = ""


@dataclass(frozen=True, slots=True)
class NextOffice:
    """Where a complaint about an authority may go, and why there."""

    authority: str
    why: Step


@dataclass(frozen=True, slots=True)
class Authorities:
    """All authorities of a campaign, by id."""

    by_id: Mapping[str, Authority]

    def get(self, authority_id: str) -> Authority:
        """Give an authority that is known to be there."""
        return self.by_id[authority_id]

    def above(self, about: str) -> tuple[NextOffice, ...]:
        """Give everybody a complaint about an authority may go to: never that office itself."""
        one = self.by_id[about]
        found = [NextOffice(one.above, "above")] if one.above else []
        found += [
            NextOffice(other.id, "oversees")
            for other in self.by_id.values()
            if about in other.oversees
        ]
        found += [NextOffice(one.court, "court")] if one.court else []
        offices = {step.authority: step for step in reversed(found) if step.authority != about}
        return tuple(reversed(offices.values()))

    def may_hear(self, complaint_to: str, about: str) -> bool:
        """Tell whether a complaint may go there: anywhere but to the office complained of."""
        return complaint_to != about
