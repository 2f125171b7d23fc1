"""Checking: a text, or a file of records, against what groups have really signed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wayhome.channel import genuine
from wayhome.channel.genuine import Answer
from wayhome.channel.kinds import post
from wayhome.channel.kinds.post import Post
from wayhome.desk.known import Known
from wayhome.petition.kinds import petition
from wayhome.petition.kinds.petition import Petition
from wayhome.records.record import Record, read_line
from wayhome.records.refused import Reason, Refused


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose word an official record is."""

    group: str
    name: str
    signed: int
    organisers: int


@dataclass(frozen=True, slots=True)
class Flaw:
    """A line of a file that is not the record it should be; the first line is 1."""

    line: int
    reason: Reason


def check_text(text: str, known: Known) -> Answer:
    """Say whether a text is official, nearly so, or nobody's among what is known."""
    return genuine.judge(text, (_text_of(record) for record in official_texts(known)))


def official_texts(known: Known) -> Iterator[Record]:
    """Give every official post, petition and poll."""
    for number in (post.NUMBER, petition.NUMBER):
        yield from (one for one in known.of_kind(number) if known.standing.is_official(one.id))


def speaker_of(record: Record, known: Known) -> Speaker:
    """Say who stands behind an official record: how many of the organisers in office signed."""
    said = Post.of(record) if record.kind == post.NUMBER else Petition.of(record)
    in_office = known.standing.in_office(said.charter)
    signed = known.standing.signers(record.id) & in_office
    return Speaker(said.group, known.name(said.group), len(signed), len(in_office))


def title_of(record: Record) -> str:
    """Give the title of a post, petition or poll."""
    said = Post.of(record) if record.kind == post.NUMBER else Petition.of(record)
    return said.title


def flaws(lines: Iterable[bytes]) -> Iterator[Flaw]:
    """Name every line that is not a record whose id and sig are right."""
    for number, line in enumerate(lines, 1):
        try:
            read_line(line)
        except Refused as refused:
            yield Flaw(number, refused.reason)


def _text_of(record: Record) -> genuine.Known:
    return genuine.Known(record.id, title_of(record), record.content)
