"""Standing: what is official and who signed it. All of it decided when read.

official     signed by k in office under its charter, while that is in force or sealed it

A node has one for as long as it runs, and what is new is noted: `noting` gives the next one, which
knows more and shares the rest. That is the same as reading all facts once more, and costs as much
as there is new.
"""

from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from wayhome.groups.facts import (
    STANDING,
    CharterFact,
    CosignFact,
    LinkFact,
    SaidFact,
    Voice,
    read_rows,
)
from wayhome.groups.offices import Offices

__all__ = ["STANDING", "Standing"]


class Standing(Offices):
    """The view of all groups. It never looks at a time: `created_at` gives nobody authority."""

    def __init__(
        self, charters: dict[str, CharterFact] | None = None, links: Iterable[LinkFact] = ()
    ) -> None:
        super().__init__(charters, links)
        self._official: dict[str, bool] = {}  # asked again for every signature
        self._voices: dict[Voice, Voice] = {}

    @classmethod
    def of(cls, rows: Iterable[bytes]) -> Self:
        """Make the view of these rows, in whatever order and however often they come."""
        return cls().noting(rows)

    def noting(self, rows: Iterable[bytes]) -> Self:
        """Give the view of these rows too; this one stays as it is for whoever reads it."""
        news = self._news(rows)
        if self._bears_on_offices(news):
            charters = {**self.charters, **news.charters}
            view = type(self)(charters, (*self._linked.values(), *news.links.values()))
        else:
            view = copy(self)  # with all that was found out about offices
            vars(view).pop("_not_counted", None)
        said, cosigns = self._said.plus(news.said), self._cosigns.plus(news.cosigns)
        vars(view).update(_said=said, _cosigns=cosigns, _official={}, _voices=self._voices)
        return view

    def has_offices_of(self, other: "Standing") -> bool:
        """Tell whether nothing has come in between that bears on who speaks for whom.

        What was official then is official now.
        """
        return self._offices is other._offices  # noqa: SLF001 - its own kind; copies share it

    def not_counted(self, group: str) -> dict[str, frozenset[str]]:
        """Give the records that k in office signed and that count no more, by their charter.

        The charter was replaced and nothing sealed them, or nobody follows it.
        """
        return dict(self._not_counted.get(group, {}))

    def is_official(self, record_id: str) -> bool:
        """Tell whether k organisers in office under its charter signed a record, and it counts."""
        if record_id in self.charters:
            return self.is_in_force(record_id)
        found = self._official.get(record_id)
        if found is None:
            found = self._is_said(record_id)
            if record_id in self._said:  # what somebody made up takes no room
                self._official[record_id] = found
        return found

    def _news(self, rows: Iterable[bytes]) -> "_News":
        news, cosigns = _News(), defaultdict[str, set[Voice]](set)
        for row in read_rows(rows):
            match row:
                case CharterFact() if row.id not in self.charters:
                    news.charters[row.id] = row
                case LinkFact() if row.record not in self._linked:
                    news.links[row.record] = row
                case SaidFact() if row.record not in self._said:
                    news.said[row.record] = self._voice(row)
                case CosignFact():
                    cosigns[row.record].add(self._voice(row))
        for record, found in cosigns.items():
            known = self._cosigns.find(record) or ()
            if not found.issubset(known):
                news.cosigns[record] = tuple(found.union(known))
        return news

    def _voice(self, row: SaidFact | CosignFact) -> Voice:
        voice = Voice(row.group, row.charter, row.author)
        return self._voices.setdefault(voice, voice)

    def _bears_on_offices(self, news: "_News") -> bool:
        return (
            bool(news.charters or news.links)
            or any(one in self.charters or one in self._linked for one in news.cosigns)
            or any(one in self._linked for one in news.said)
        )

    @cached_property
    def _not_counted(self) -> dict[str, dict[str, frozenset[str]]]:
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for record in self._said:
            charter = self._speaks_under(record)
            if charter is not None and not self.is_official(record):
                found[charter.group][charter.id].add(record)
        return {
            group: {charter: frozenset(records) for charter, records in under.items()}
            for group, under in found.items()
        }


@dataclass(frozen=True, slots=True)
class _News:
    """What was not known; of each record that is cosigned anew, all of its cosigns."""

    charters: dict[str, CharterFact] = field(default_factory=dict)
    links: dict[str, LinkFact] = field(default_factory=dict)
    said: dict[str, Voice] = field(default_factory=dict)
    cosigns: dict[str, tuple[Voice, ...]] = field(default_factory=dict)
