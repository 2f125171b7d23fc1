"""Moments: how far a petition has come by the clock, in steps; between them no page changes."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from wayhome.codec import limits
from wayhome.petition.kinds.petition import Petition
from wayhome.web.site import Site

Phase: TypeAlias = Literal["before", "open", "sending", "settling", "over"]


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a petition stands: its phase, and the end of the last window that is public."""

    phase: Phase
    until: int


def moment(asked: Petition, now: int) -> Moment:
    """Tell where a petition stands; what its records say of its state is another question."""
    windows = min(max(0, now - asked.open), asked.close - asked.open) // asked.window
    return Moment(_phase(asked, now), asked.open + windows * asked.window)


def moment_of(site: Site, now: int) -> tuple[object, ...]:
    """Tell where all petitions stand and whether peers answer: with the set it decides pages."""
    return (site.is_alone(), *(moment(asked, now) for _, asked in site.petitions()))


def _phase(asked: Petition, now: int) -> Phase:
    if now < asked.open:
        return "before"
    if now < asked.close:
        return "open"
    if now < asked.close + limits.SEND_AFTER_CLOSE and not asked.is_poll:
        return "sending"
    return "settling" if now < asked.close + limits.LISTS_AFTER_CLOSE else "over"
