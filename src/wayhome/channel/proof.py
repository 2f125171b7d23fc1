"""Proof: one file from which anybody can tell, offline, who signed a post: `post.json`.

It holds the post, its cosigns, the charters of its group and their cosigns. It can leave out what
came later, so it proves who signed, and under which charter, and never that nothing was corrected
or amended since.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import msgspec

from wayhome.channel.kinds import KINDS as CHANNEL
from wayhome.channel.kinds import post
from wayhome.channel.kinds.post import Post
from wayhome.codec import limits, strict
from wayhome.groups.kinds import KINDS as GROUPS
from wayhome.groups.kinds import charter, cosign
from wayhome.groups.kinds.charter import Charter
from wayhome.groups.kinds.cosign import Cosign
from wayhome.groups.standing import STANDING, Standing
from wayhome.records.kind import KindBook
from wayhome.records.record import Record, read
from wayhome.records.refused import Refused

_BOOK = KindBook(GROUPS, CHANNEL)
_BEGINS = re.compile(rb'\s*\{\s*"(?:proof|records)"\s*:')
_KINDS = (charter.NUMBER, cosign.NUMBER, post.NUMBER)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a file proves of a post. `is_official`: as far as this file goes."""

    record: Record
    post: Post
    group: str
    name: str  # as the charter says it under which the post was written
    signed: int
    organisers: int
    k: int
    is_official: bool
    is_replaced: bool  # the file has a later charter
    is_split: bool
    readers: tuple[str, ...]  # by that charter: the keys of those who read families' reports


class _File(msgspec.Struct, forbid_unknown_fields=True):
    proof: str
    records: tuple[msgspec.Raw, ...]


_DECODER = msgspec.json.Decoder(_File)


def write_proof(record: Record, records: Iterable[Record]) -> bytes:
    """Give the file: the record's id, then all records, ascending by kind and id."""
    found = {one.id: one for one in (record, *records)}
    lines = (one.line for one in sorted(found.values(), key=lambda one: (one.kind, one.id)))
    return b'{"proof":"%b","records":[%b]}' % (record.id.encode(), b",\n".join(lines))


def belongs(record: Record, group: str, named: Collection[str]) -> bool:
    """Tell whether a cosign is of this group, and of one of these: a post or its charters."""
    said = Cosign.of(record)
    return said.group == group and said.record in named


def is_proof(raw: bytes) -> bool:
    """Tell whether a file means to be a proof; whether it is one, `read_proof` tells."""
    return _BEGINS.match(raw) is not None


def read_proof(raw: bytes) -> Proof:
    """Read a file and judge it by itself, believing nobody.

    Raises:
        Refused: `too-large`, `bad-form`, or what is wrong with one of its records.
    """
    if len(raw) > limits.PROOF_BYTES:
        raise Refused("too-large", f"a proof has at most {limits.PROOF_BYTES} bytes")
    try:
        file = strict.decode(_DECODER, raw)
    except strict.BadForm as error:
        raise Refused("bad-form", str(error)) from None
    records = {one.id: one for one in (_checked(bytes(each)) for each in file.records)}
    record = records.get(file.proof)
    if record is None or record.kind != post.NUMBER:
        raise Refused("bad-form", "the post that it is to prove is not in it")
    return _judged(record, records)


def _checked(raw: bytes) -> Record:
    record = read(raw)
    if record.kind not in _KINDS:
        raise Refused("bad-form", "a proof holds charters, cosigns and a post")
    _BOOK.of(record).rule(record)
    return record


def _judged(record: Record, records: dict[str, Record]) -> Proof:
    rows = (fact for one in records.values() for fact in _BOOK.of(one).count(one))
    standing = Standing.of(fact.row for fact in rows if fact.view == STANDING)
    said = Post.of(record)
    under = records.get(said.charter)
    if under is None or under.kind != charter.NUMBER:
        raise Refused("unknown-charter", "the charter that the post names is not in the file")
    heads = standing.heads(said.group)
    office = standing.in_office(said.charter)
    law = Charter.of(under)
    return Proof(
        record,
        said,
        said.group,
        law.name,
        len(standing.signers(record.id) & office),
        len(law.organisers),
        law.k,
        standing.is_official(record.id),
        said.charter not in heads,
        len(heads) > 1,
        tuple(one.key for one in law.caseworkers if one.role == "intake"),
    )
