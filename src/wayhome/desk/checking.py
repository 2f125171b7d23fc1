"""Checking: a text, or a file of records, against what groups have really signed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wayhome import outward
from wayhome.channel import genuine, savedform
from wayhome.channel.genuine import Answer
from wayhome.channel.kinds import post
from wayhome.channel.kinds.post import Post
from wayhome.codec import limits
from wayhome.desk.known import DeskFault, Known
from wayhome.petition.kinds import petition
from wayhome.petition.kinds.petition import Petition
from wayhome.records.record import Record, read_line
from wayhome.records.refused import Reason, Refused

_PAGE = re.compile(
    r"(?P<page>https?://[^\s?#]+/post/[0-9a-f]{64})(?:\.html|\.txt|\.json)?(?:#\S*)?"
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose word an official record is."""

    group: str
    charter: str
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
    """Say who stands behind an official record: how many of its organisers signed."""
    said = Post.of(record) if record.kind == post.NUMBER else Petition.of(record)
    signed = known.standing.signers(record.id) & known.standing.in_office(said.charter)
    named = known.standing.charters[said.charter].organisers
    return Speaker(said.group, said.charter, known.name(said.group), len(signed), len(named))


def corrections_of(record: Record, known: Known) -> list[Record]:
    """Give the official posts that correct a post."""
    if record.kind != post.NUMBER:
        return []
    first = Post.of(record)
    return [
        one
        for one in official_texts(known)
        if one.kind == post.NUMBER
        and Post.of(one).corrects == record.id
        and Post.of(one).may_correct(first)
    ]


def post_that_signs(digest: str, known: Known) -> Record | None:
    """Give the official post that signs the bytes of a form; None where there is none."""
    found = (one for one in official_texts(known) if savedform.signs(one.content, digest))
    return next(found, None)


def record_named(number: str, known: Known) -> Record | None:
    """Give the official text that an id, or its first digits, names; None where there is none."""
    found = [one for one in official_texts(known) if one.id.startswith(number)]
    return found[0] if len(found) == 1 else None


def proof_at(link: str) -> bytes:
    """Fetch the proof of the post whose page a link leads to, from the same site.

    Raises:
        DeskFault: the link does not lead to a post, or the site does not answer.
    """
    found = _PAGE.fullmatch(link)
    if not found:
        raise DeskFault(
            f"{link[:200]} is not the page of a text: such an address ends in /post/ and 64 digits."
            " Save the page's proof as a file, or copy its text, and check that"
        )
    try:
        return outward.read(f"{found['page']}.json", limits.PROOF_BYTES)
    except outward.NoAnswer as fault:
        more = ": no proof lies there" if fault.status else ""
        raise DeskFault(f"{fault}{more}") from fault


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
