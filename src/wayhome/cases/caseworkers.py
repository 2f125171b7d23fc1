"""Caseworkers: who reads a group's reports now, and since when each has had her recipient."""

from collections.abc import Sequence
from dataclasses import dataclass

from wayhome.groups.caseworker import Caseworker
from wayhome.groups.kinds.charter import Charter

DAY = 86_400
SEASON = 90  # days that a recipient serves; then whoever takes the machine reads less
OVERDUE = 120  # days: from here on the group has forgotten it


@dataclass(frozen=True, slots=True)
class InSeason:
    """A caseworker, and the day from which the charters in force have named this recipient.

    The day is the charter's own word for its date: it decides nothing, and is shown.
    """

    caseworker: Caseworker
    since: int

    def is_due(self, now: int) -> bool:
        """Tell whether a new season should begin."""
        return now - self.since >= SEASON * DAY

    def is_overdue(self, now: int) -> bool:
        """Tell whether it should have begun long ago."""
        return now - self.since >= OVERDUE * DAY


def in_season(line: Sequence[tuple[Charter, int]]) -> tuple[InSeason, ...]:
    """Give the caseworkers of the last of a line of charters, each with its date, oldest first."""
    if not line:
        return ()
    return tuple(InSeason(one, _since(one, line)) for one in line[-1][0].caseworkers)


def intake_of(charter: Charter) -> tuple[Caseworker, ...]:
    """Give those to whom new reports are sealed."""
    return tuple(one for one in charter.caseworkers if one.role == "intake")


def _since(caseworker: Caseworker, line: Sequence[tuple[Charter, int]]) -> int:
    since = line[-1][1]
    for charter, at in reversed(line):
        if not any(
            (one.key, one.recipient) == (caseworker.key, caseworker.recipient)
            for one in charter.caseworkers
        ):
            break
        since = at
    return since
