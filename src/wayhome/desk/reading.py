"""Reading: a record as an organiser reads it before she signs: all of it, and what it would change.

What the pages draw nicely stands beside the signs themselves: nothing is signed that was not shown.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from wayhome.cases.kinds import figures
from wayhome.cases.kinds.figures import Figures, days_of
from wayhome.channel.kinds import post
from wayhome.channel.kinds.post import Post
from wayhome.desk.known import DeskFault, Known
from wayhome.desk.proposals import Progress, progress
from wayhome.groups.history import Part, parts_of
from wayhome.groups.kinds import charter, link
from wayhome.groups.kinds.charter import Charter
from wayhome.groups.kinds.link import Link
from wayhome.groups.service import to_seal
from wayhome.pages.plain import plain
from wayhome.petition.kinds import acceptance, petition
from wayhome.petition.kinds.acceptance import Acceptance
from wayhome.petition.kinds.petition import Petition
from wayhome.records.record import Record

Said: TypeAlias = Charter | Link | Post | Petition | Acceptance | Figures
_READERS: dict[int, Callable[[Record], Said]] = {
    charter.NUMBER: Charter.of,
    link.NUMBER: Link.of,
    post.NUMBER: Post.of,
    petition.NUMBER: Petition.of,
    acceptance.NUMBER: Acceptance.of,
    figures.NUMBER: Figures.of,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One part of a charter: what stands there now, and what would stand there after."""

    part: Part
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def changes(self) -> bool:
        """Tell whether anything of it changes; the order of a list says nothing."""
        return set(self.before) != set(self.after)


@dataclass(frozen=True, slots=True)
class Reading:
    """A record, what it says, and how far it has come."""

    record: Record
    said: Said
    word: str  # for what it is: founding, amendment, link, unlink, manifesto, petition, ...
    title: str
    how: Progress

    @classmethod
    def of(cls, known: Known, record: Record) -> "Reading":
        """Read a record.

        Raises:
            DeskFault: it is nothing that organisers sign.
        """
        if not is_read(record):
            raise DeskFault("that is no record that organisers sign", "not-cosigned")
        said = _READERS[record.kind](record)
        return cls(record, said, _word(said), _title(known, said), progress(known, record))

    @property
    def tags(self) -> list[tuple[str, str]]:
        """Every tag as it is signed, every character visible; seals are counted elsewhere."""
        return [
            (one[0], "  ".join(plain(value) for value in one[1:]))
            for one in self.record.tags
            if one[0] != "sealed"
        ]


def is_read(record: Record) -> bool:
    """Tell whether a record is one that organisers read and sign."""
    return record.kind in _READERS


def rows_of(before: Charter | None, after: Charter) -> list[Row]:
    """Set a charter beside the one that it replaces, part by part."""
    earlier = parts_of(before) if before else {}
    return [Row(part, earlier.get(part, ()), now) for part, now in parts_of(after).items()]


def replaced_by(known: Known, said: Charter) -> list[Charter]:
    """Give the charters that a charter replaces, as far as they are known."""
    return [Charter.of(known.records[one]) for one in said.prev if one in known.records]


def unsealed_by(known: Known, said: Charter) -> list[Reading]:
    """Give what is official now and would no longer be under this charter, the newest first.

    Nobody takes a group's words back alone. Whoever writes an amendment can leave some of them out,
    and all who sign it unread would take them back with her.
    """
    if said.is_founding or not set(said.prev) <= set(known.standing.heads(said.group)):
        return []  # the first has no past; another has decided already what stays of it
    seals = to_seal(known.standing, said.group, known.records.values())
    lost = [known.records[one] for one in set(seals).difference(said.sealed)]
    lost.sort(key=lambda one: (-one.created_at, one.id))
    return [Reading.of(known, one) for one in lost if is_read(one)]


def versions_of(known: Known, record: Record) -> list[Reading]:
    """Give the same text in other languages: what it translates, and its translations."""
    if record.kind not in (post.NUMBER, petition.NUMBER):
        return []
    first = _first(record)
    found = [one for one in known.of_kind(post.NUMBER) if Post.of(one).translates == first]
    if first in known.records:
        found.insert(0, known.records[first])
    return [Reading.of(known, one) for one in found if one.id != record.id]


def hidden_in(record: Record) -> Iterator[str]:
    """Give the characters of a record that a page would not show, each by its number."""
    text = record.content + "".join(value for tag in record.tags for value in tag)
    yield from sorted({plain(one) for one in text if plain(one) != one})


def _first(record: Record) -> str:
    said = Post.of(record) if record.kind == post.NUMBER else None
    return (said.translates if said else None) or record.id


def _word(said: Said) -> str:
    match said:
        case Charter():
            return "founding" if said.is_founding else "amendment"
        case Link():
            return "unlink" if said.ends else "link"
        case Post():
            return said.form
        case Petition():
            return "poll" if said.is_poll else "petition"
        case Acceptance():
            return "acceptance"
        case Figures():
            return "figures"


def _title(known: Known, said: Said) -> str:
    match said:
        case Charter():
            return said.name
        case Link():
            ended = known.records.get(said.ends)
            return known.name(Link.of(ended).to if ended else said.to or said.ends)
        case Post() | Petition():
            return said.title
        case Acceptance():
            asked = known.records.get(said.petition)
            return Petition.of(asked).title if asked else said.petition
        case Figures():
            return " – ".join(days_of(said.quarter))
