"""Seasons: a caseworker's identities by the time they served, and when one is to be destroyed.

A season serves while the charter in force names a recipient of it. It ends with the amendment that
names another; thirty days later its identities are destroyed, and what only they open is gone.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal, TypeAlias

from wayhome.cases.caseworkers import DAY, OVERDUE, SEASON
from wayhome.crypto.recipients import Identity, recipient_of
from wayhome.desk.known import DeskFault
from wayhome.desk.post import Group
from wayhome.desk.vault import Season, Secret
from wayhome.groups.caseworker import Caseworker, named_by

KEPT = 30  # days after its end: what was sealed under the charter before may still be on its way
SOON = 14  # days before a season's end on which the board begins to speak of it

Standing: TypeAlias = Literal["waits", "serves", "ended"]
Word: TypeAlias = Literal["ends", "due", "overdue", "unnamed", "destroy", "colleague"]


@dataclass(frozen=True, slots=True)
class Term:
    """One season of hers. `day` is since when it waits or serves, or the day of its end."""

    since: str
    no: int
    pages: tuple[Season, ...] = field(repr=False)
    standing: Standing
    day: dt.date

    @property
    def identities(self) -> frozenset[str]:
        """What opens what was sealed in it."""
        return frozenset(one.identity for one in self.pages)

    @property
    def begins(self) -> dt.date:
        """The day on which its identities were made."""
        return dt.date.fromisoformat(self.since)

    def days(self, today: dt.date) -> int:
        """Give how many days it has waited, served or been over."""
        return (today - self.day).days

    def is_due(self, today: dt.date) -> bool:
        """Tell whether its identities are to be destroyed by now."""
        return self.standing == "ended" and self.days(today) >= KEPT


@dataclass(frozen=True, slots=True)
class Reminder:
    """What a caseworker is to do about keys; `days` are left, or have passed."""

    word: Word
    days: int
    who: str = ""
    since: str = ""

    @property
    def begins(self) -> dt.date | None:
        """The day on which the season that it is about began."""
        return dt.date.fromisoformat(self.since) if self.since else None

    @property
    def is_urgent(self) -> bool:
        """Tell whether it should have been done long ago."""
        return self.word in ("overdue", "colleague")


def newest(secrets: Iterable[Secret], *, is_custodian: bool) -> Season | None:
    """Give the identity of the newest season; its page may stand anywhere."""
    found = (one for one in _seasons(secrets) if one.is_custodian is is_custodian)
    return max(found, key=_order, default=None)


def terms_of(secrets: Iterable[Secret], group: Group, me: str) -> list[Term]:
    """Give her seasons, oldest first, as the group's charters name them."""
    own = sorted(_seasons(secrets), key=_order)
    parts = [(key, tuple(found)) for key, found in groupby(own, _order)]
    begins = [dt.date.fromisoformat(since) for (_, since), _ in parts]
    return [
        Term(since, no, pages, *_standing(pages, group, me, begins[i : i + 2]))
        for i, ((no, since), pages) in enumerate(parts)
    ]


def reminders(terms: list[Term], group: Group, me: str, today: dt.date) -> list[Reminder]:
    """Give what she is to be reminded of on a day, the most urgent first."""
    found = [
        Reminder("destroy", one.days(today) - KEPT, since=one.since)
        for one in terms
        if one.is_due(today)
    ]
    waits = [one for one in terms if one.standing == "waits"]
    if waits:
        found.append(Reminder("unnamed", waits[-1].days(today)))
    for one in terms:
        served = one.days(today)
        if one.standing == "serves" and not waits and served >= SEASON - SOON:
            word: Word = "overdue" if served >= OVERDUE else "due" if served >= SEASON else "ends"
            found.append(Reminder(word, abs(SEASON - served)))
    found += [
        Reminder("colleague", (today - day).days, who=one.key)
        for one, day in _since(group)
        if one.key != me and (today - day).days >= OVERDUE
    ]
    return sorted(found, key=lambda one: not one.is_urgent)


def tell_term(term: Term, today: dt.date) -> str:
    """Say where a season stands, for a terminal."""
    told = {
        "waits": "waits to be named in the charter: wayhome desk words",
        "serves": f"serves, for {term.days(today)} days",
        "ended": f"ended on {term.day.isoformat()}",
    }[term.standing]
    return f"began on {term.since}, {told}" + ("; destroy it now" if term.is_due(today) else "")


def refuse_ending(term: Term, today: dt.date, *, even_so: bool) -> None:
    """Refuse to destroy a season that serves, or, unless ``even_so``, one that has just ended.

    Raises:
        DeskFault: with what to do instead.
    """
    if term.standing == "serves":
        raise DeskFault(
            "this season serves: families seal to it. Begin another (wayhome desk season) and have"
            " the organisers name it first"
        )
    if term.standing == "waits":
        raise DeskFault(
            "this season is your newest, and waits to be named: wayhome desk words prints what the"
            " organisers need"
        )
    if not term.is_due(today) and not even_so:
        day = (term.day + dt.timedelta(KEPT)).isoformat()
        raise DeskFault(
            "this season ended on %(ended)s. What was sealed before is on its way for 30 days:"
            " destroy it from %(day)s on, or say that you want it even so",
            ended=term.day.isoformat(),
            day=day,
        )


def _since(group: Group) -> list[tuple[Caseworker, dt.date]]:
    return [(one.caseworker, _day(one.since)) for one in group.in_season]


def _standing(
    pages: tuple[Season, ...], group: Group, me: str, begins: list[dt.date]
) -> tuple[Standing, dt.date]:
    """Say whether the charter names one of them, and since when, or when it ceased to."""
    keys = [recipient_of(Identity(one.identity)) for one in pages]
    own = {*keys, *map(named_by, keys)}  # of an older charter, the keys may not be there any more
    named = [
        any(one.key == me and own & {one.recipient, one.custodian} for one in charter.caseworkers)
        for charter, _ in group.line
    ]
    if not any(named):  # it never served: over as soon as there is a later one
        return ("ended", begins[1]) if len(begins) > 1 else ("waits", begins[0])
    last = max(i for i, is_named in enumerate(named) if is_named)
    if last + 1 < len(named):
        return "ended", _day(group.line[last + 1][1])
    first = last
    while first and named[first - 1]:
        first -= 1
    return "serves", _day(group.line[first][1])


def _seasons(secrets: Iterable[Secret]) -> Iterable[Season]:
    return (one for one in secrets if isinstance(one, Season))


def _order(season: Season) -> tuple[int, str]:
    return season.no, season.since


def _day(moment: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(moment // DAY)
