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
from functools import cached_property, partial
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
from wayhome.groups.proposals import Proposals, Room

__all__ = ["STANDING", "Standing"]


class Standing(Offices):
    """The view of all groups. It never looks at a time: `created_at` gives nobody authority."""

    def __init__(self) -> None:
        super().__init__()
        self._official: dict[str, bool] = {}  # asked again for every signature
        self._voices: dict[Voice, Voice] = {}
        self._writes: dict[tuple[str, tuple[str, ...]], Room | None] = {}  # asked for every post
        self._proposals = Proposals()

    @classmethod
    def of(cls, rows: Iterable[bytes]) -> Self:
        """Make the view of these rows, in whatever order and however often they come."""
        return cls().noting(rows)

    def noting(self, rows: Iterable[bytes]) -> Self:
        """Give the view of these rows too; this one stays as it is for whoever reads it."""
        view = copy(self)  # with all that was found out
        view._note(self._news(rows))  # noqa: SLF001 - its own kind
        return view

    def may_propose(self, record_id: str, group: str, author: str, under: tuple[str, ...]) -> bool:
        """Tell whether a key's word is taken: k have signed it, or there is room for a proposal.

        ``under`` are the charters whose organisers sign it; they are known here.
        """
        room = self._room(author, group, under)
        if room is None or room.takes(record_id, self._is_signed, self._proposals.come):
            return True
        signed = self._signed(record_id, author, group, {record_id, *under})
        return all(self._is_let(one, group, signed) for one in under)

    def may_cosign(self, record_id: str, group: str, author: str, under: str) -> bool:
        """Tell whether a key's cosign is taken: what it signs is here, or there is room."""
        if under in self._speaks_for(record_id, group):
            return True
        room = self._proposals.cosigns(group, self._own(group, author))
        return room.takes(record_id, partial(self._is_here, group), self._proposals.come)

    def flooded(self) -> tuple[str, ...]:
        """Give the groups of which a key has written as much as is kept, ascending."""
        words, cosigns = self._proposals.all_words(), self._proposals.all_cosigns()
        full = {group for group, room in words if room.is_full(self._is_signed)}
        full |= {group for group, room in cosigns if room.is_full(partial(self._is_here, group))}
        return tuple(sorted(full))

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

    def _note(self, news: "_News") -> None:
        self._said, self._cosigns = self._said.plus(news.said), self._cosigns.plus(news.cosigns)
        self._official = {}
        vars(self).pop("_not_counted", None)
        if self._bears_on_offices(news):
            self._grow(news.charters, news.links, news.cosigns)
            self._writes = {}
        self._note_proposals(news)

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

    def _note_proposals(self, news: "_News") -> None:
        room = speaks = None
        for record, voice in news.said.items():
            if voice is not speaks:  # mostly many of one key come together
                room, speaks = self._room(voice.author, voice.group, (voice.charter,)), voice
            if room is not None:
                room.ids.add(record)
        for charter in news.charters.values():
            room = self._room(charter.author, charter.group, charter.prev)
            if charter.prev and room is not None:
                room.ids.add(charter.id)
        for record, voices in news.cosigns.items():
            for one in voices:
                room = self._proposals.cosigns(one.group, self._own(one.group, one.author))
                room.ids.add(record)
        self._proposals.come += len(news.said) + len(news.charters) + len(news.cosigns)

    def _own(self, group: str, author: str) -> str:
        """Give the key if a charter in force named it; all others share one room."""
        return author if self.has_named(group, author) else ""

    def _room(self, author: str, group: str, under: tuple[str, ...]) -> Room | None:
        """Give the room for words of a key; None where it alone is k, as of one person's voice."""
        key = (author, under)
        try:
            return self._writes[key]
        except KeyError:
            alone = frozenset((author,))
            room = None
            if not under or not all(self._is_let(one, group, alone) for one in under):
                room = self._proposals.words(group, self._own(group, author))
            self._writes[key] = room
            return room

    def _is_signed(self, record_id: str) -> bool:
        """Tell whether k in office signed it under a charter that was ever in force."""
        if record_id in self.charters:
            return self.is_in_force(record_id)
        charter = self._speaks_under(record_id)
        return charter is not None and self.is_in_force(charter.id)

    def _is_let(self, charter: str, group: str, signed: frozenset[str]) -> bool:
        """Tell whether k in office under a charter of the group, once in force, are among these."""
        said = self.charters.get(charter)
        if said is None or said.group != group or not self.is_in_force(charter):
            return False
        return len(signed & self.in_office(charter)) >= said.k

    def _is_here(self, group: str, record_id: str) -> bool:
        return bool(self._speaks_for(record_id, group))

    def _speaks_for(self, record_id: str, group: str) -> tuple[str, ...]:
        """Give the charters under which a record of that group is signed, if it is here."""
        charter = self.charters.get(record_id)
        if charter is not None:
            return (record_id, *charter.prev) if charter.group == group else ()
        said = self._said.find(record_id)
        return (said.charter,) if said is not None and said.group == group else ()

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
