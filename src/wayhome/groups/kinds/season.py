"""season: the hybrid recipients of a group's caseworkers, which are too long for a charter's tag.

A charter names each of them by its SHA-256, and that alone says who is meant: it does not matter
who wrote a season, nor how many signed it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from wayhome.codec import bech32, limits
from wayhome.groups.caseworker import HYBRID, named_by
from wayhome.groups.kinds import charter
from wayhome.groups.kinds.charter import Charter
from wayhome.groups.speech import refuse_stranger, too_many
from wayhome.records.filter import Filter
from wayhome.records.kind import Fact, Ground, Kind, Moment
from wayhome.records.record import Record, Tag
from wayhome.records.refused import Refused
from wayhome.records.tags import read_id

NUMBER = 3964
PART = 900  # characters of a recipient in one item of a tag; an item has 1,024 bytes
_PARTS = 3  # of its 1,957 characters
_BYTES = 1_216  # ML-KEM-768 and X25519
_MOST = 2 * limits.RECIPIENTS_HYBRID  # who reads, and who keeps names


@dataclass(frozen=True, slots=True)
class Recipients:
    """What a season says: recipients, whole."""

    group: str
    charter: str
    recipients: tuple[str, ...]

    @classmethod
    def of(cls, record: Record) -> Self:
        """Read a season; `bad-tags`, `bad-content`, `bad-recipient`."""
        match record.tags:
            case (("g", group), ("charter", under), *rest) if 1 <= len(rest) <= _MOST:
                found = cls(read_id(group), read_id(under), tuple(_joined(tag) for tag in rest))
            case _:
                raise Refused("bad-tags", "g, charter, then one to sixteen recipients")
        if record.content:
            raise Refused("bad-content", "a season has no content")
        if len(set(found.recipients)) != len(found.recipients):
            raise Refused("bad-tags", "a recipient stands twice")
        if not all(map(_is_hybrid, found.recipients)):
            raise Refused("bad-recipient", "age1pq1 and 1,216 bytes in Bech32")
        return found


def tags_of(group: str, under: str, recipients: Sequence[str]) -> tuple[Tag, ...]:
    """Give the tags of a season."""
    cut = (
        ("recipient", *(one[at : at + PART] for at in range(0, len(one), PART)))
        for one in recipients
    )
    return (("g", group), ("charter", under), *cut)


def keys_in(records: Iterable[Record]) -> dict[str, str]:
    """Give the recipients of seasons by what a charter calls them."""
    found = (one for record in records for one in Recipients.of(record).recipients)
    return {named_by(one): one for one in found}


def with_keys(said: Charter, keys: dict[str, str]) -> Charter:
    """Give a charter with the recipients themselves, as far as they are among these."""
    return replace(said, caseworkers=tuple(one.with_keys(keys) for one in said.caseworkers))


def is_whole(said: Charter) -> bool:
    """Tell whether every recipient of a charter is there to be sealed to."""
    named = (text for one in said.caseworkers for text in (one.recipient, one.custodian) if text)
    return all(one.startswith("age1") for one in named)


def _joined(tag: Tag) -> str:
    match tag:
        case ("recipient", *parts) if [len(one) == PART for one in parts] == [True, True, False]:
            return "".join(parts)
    raise Refused("bad-tags", f"a recipient in {_PARTS} parts of {PART} characters, the last less")


def _is_hybrid(text: str) -> bool:
    raw = bech32.read(HYBRID[:-1], text)
    return raw is not None and len(raw) == _BYTES


def rule(record: Record) -> None:
    """It is well made when it holds hybrid recipients, each once, and says nothing else."""
    Recipients.of(record)


def needs(record: Record) -> tuple[Filter, ...]:
    """To judge a season we must hold the group's charters, and what seasons there are."""
    said = Recipients.of(record)
    return (
        Filter(ids=(said.group, said.charter), kinds=(charter.NUMBER,)),
        Filter(kinds=(charter.NUMBER, NUMBER), tags=(("g", said.group),)),
    )


def admit(record: Record, held: Sequence[Record], ground: Ground, moment: Moment) -> None:  # noqa: ARG001 - the shape of `admit`
    """An organiser of a group within reach brings it; else anybody could fill the disk.

    Of one key so many are kept before charters in force name what is in them; beyond that only what
    one names and nobody has brought yet.
    """
    said = Recipients.of(record)
    refuse_stranger(record, said.group, said.charter, ground)
    if not ground.is_official(said.charter):
        raise Refused("unknown-charter", "that charter is not in force here yet")
    seasons = [one for one in held if one.kind == NUMBER]
    theirs = [one for one in seasons if one.pubkey == record.pubkey]
    if len(theirs) < limits.SEASONS:
        return
    named = _named(held, ground)
    if len(theirs) - len(named.intersection(keys_in(theirs))) < limits.SEASONS:
        return
    if named.difference(keys_in(seasons)).isdisjoint(keys_in((record,))):
        raise too_many()


def _named(held: Sequence[Record], ground: Ground) -> set[str]:
    """Give what charters in force call the group's recipients."""
    charters = (one for one in held if one.kind == charter.NUMBER and ground.is_official(one.id))
    workers = (worker for one in charters for worker in Charter.of(one).caseworkers)
    return {text for one in workers for text in (one.recipient, one.custodian) if text}


def count(record: Record) -> tuple[Fact, ...]:  # noqa: ARG001 - the shape of `count`
    """It changes no view: a charter names what it holds, or nothing does."""
    return ()


KIND = Kind(NUMBER, "season", 2, rule, admit, count, needs)
