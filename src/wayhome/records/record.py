"""Record: one signed public statement, checked. There are two ways to get one: reading and signing.

A record is a Nostr event (NIP-01). Its canonical line is NIP-01's fields in NIP-01's order with
NIP-01's escapes and no spaces: files, mirrors and exports hold exactly that.
"""

from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from wayhome.codec import limits, nip01, strict
from wayhome.crypto.claims import Claim, verifies
from wayhome.records.refused import Refused

Tag: TypeAlias = tuple[str, ...]

# what must hold before there is a record: that a sig is its author's, or all that `read_line` asks
Question: TypeAlias = Claim | bytes

_HEXED = (64, 64, 128)  # digits of id, pubkey and sig


class _Written:
    """A place for the canonical line, which is asked for several times on a record's way."""

    __slots__ = ("_line",)
    _line: bytes


@dataclass(frozen=True, slots=True)
class Record(_Written):
    """A record whose id and sig were checked; its kind's rule was not asked yet."""

    id: str
    pubkey: str
    created_at: int
    kind: int
    tags: tuple[Tag, ...]
    content: str
    sig: str

    def __hash__(self) -> int:
        """Hash by the id, which covers all but the sig."""
        return hash(self.id)

    @property
    def line(self) -> bytes:
        """The canonical line, without a newline; written once."""
        try:
            return self._line
        except AttributeError:  # it was not read, but made of another
            head = (self.id, self.pubkey, self.created_at, self.kind)
            line = nip01.line(head, nip01.body(self.tags, self.content), self.sig)
            _set_line(self, line)
            return line


class _Shape(msgspec.Struct, forbid_unknown_fields=True, frozen=True, gc=False):
    id: str
    pubkey: str
    created_at: int
    kind: int
    tags: tuple[tuple[str, ...], ...]
    content: str
    sig: str


_DECODER = msgspec.json.Decoder(_Shape)


@dataclass(frozen=True, slots=True)
class Reading:
    """What is a record if the `question` holds, which somebody else may answer.

    `claimed` may be looked at meanwhile; nothing is answered and nothing is kept of it.
    """

    claimed: Record
    question: Question

    def end(self, *, holds: bool) -> Record:
        """Make the record, once the question was answered.

        Raises:
            Refused: `bad-form`, `bad-id`, `bad-sig`, in this order.
        """
        if holds:
            return self.claimed
        if isinstance(self.question, bytes):
            again = _begun(*_shaped(self.question))
            if again.claimed.line != self.question:  # no line, and maybe a record all the same
                return again.end(holds=verifies(again.question))
        raise Refused("bad-sig", "the sig is not the author's")


@dataclass(frozen=True, slots=True)
class _Begun(Reading):
    """A reading of which nothing is left to ask but the sig."""

    question: Claim


def glance(raw: bytes) -> Reading:
    """Look at bytes from anywhere; whether they are a record is left to ask.

    A quarter of reading, for whoever lets another process do the rest. Not checked yet of what is
    `claimed`: hex, characters, the id. Whoever looks at it may stumble over that.

    Raises:
        Refused: `too-large`, `bad-form`; of what is no line also `bad-id`.
    """
    if not nip01.is_like_a_line(raw):
        return _begun(*_shaped(raw))
    return Reading(_record(_decoded(raw), raw), raw)


def holds(question: Question) -> bool:
    """Tell whether a sig is its author's, or bytes are a record's canonical line."""
    if not isinstance(question, bytes):
        return verifies(question)
    try:
        read_line(question)
    except Exception:  # noqa: BLE001 - a refusal or our own error: it rises where it is read again
        return False
    return True


def read(raw: bytes) -> Record:
    """Make a record of bytes from anywhere.

    Not checked here: what the kind's rule asks.

    Raises:
        Refused: `too-large`, `bad-form`, `bad-id`, `bad-sig`, in this order.
    """
    reading = _begun(*_shaped(raw))
    return reading.end(holds=verifies(reading.question))


def read_line(raw: bytes, *, sig_is_known: bool = False) -> Record:
    """Make a record of one line of a file, which must be the canonical line to the byte.

    With ``sig_is_known`` the sig is left out: for our own store, which checked it on the way in.

    Raises:
        Refused: as `read`; a line unlike its own rewriting is `bad-form`.
    """
    reading = _begun(*_shaped(raw, canonical=True))
    return reading.end(holds=sig_is_known or verifies(reading.question))


def _decoded(raw: bytes) -> _Shape:
    """Decode what has the size and the fields of a record."""
    if len(raw) > limits.RECORD_BYTES:
        raise Refused("too-large", f"a record has at most {limits.RECORD_BYTES} bytes")
    try:
        shape = strict.decode(_DECODER, raw)
        _refuse_odd_sizes(shape)
    except strict.BadForm as error:
        raise Refused("bad-form", str(error)) from None
    return shape


def _shaped(raw: bytes, *, canonical: bool = False) -> tuple[Record, tuple[bytes, bytes]]:
    shape = _decoded(raw)
    try:
        _refuse_odd(shape, raw)
        parts = nip01.body(shape.tags, shape.content)
        head = (shape.id, shape.pubkey, shape.created_at, shape.kind)
        line = nip01.line(head, parts, shape.sig)
        if line != raw:
            if canonical:
                raise strict.BadForm("the line is not its own rewriting")
            strict.refuse_doubles(raw)
    except strict.BadForm as error:
        raise Refused("bad-form", str(error)) from None
    return _record(shape, line), parts


def _record(shape: _Shape, line: bytes) -> Record:
    fields = (
        shape.id,
        shape.pubkey,
        shape.created_at,
        shape.kind,
        shape.tags,
        shape.content,
        shape.sig,
    )
    record = Record(*fields)
    _set_line(record, line)
    return record


def _set_line(record: Record, line: bytes) -> None:
    object.__setattr__(record, "_line", line)  # frozen, and this follows from the rest


def _refuse_odd_sizes(shape: _Shape) -> None:
    if (len(shape.id), len(shape.pubkey), len(shape.sig)) != _HEXED:
        raise strict.BadForm("id, pubkey and sig are lower-case hex of 32, 32 and 64 bytes")
    if not (0 <= shape.created_at <= limits.NUMBER_MAX and 0 <= shape.kind <= limits.KIND_MAX):
        raise strict.BadForm("created_at or kind is out of range")
    if len(shape.tags) > limits.RECORD_TAGS:
        raise strict.BadForm(f"at most {limits.RECORD_TAGS} tags")


def _refuse_odd(shape: _Shape, raw: bytes) -> None:
    if not _is_hex(shape.id + shape.pubkey + shape.sig):
        raise strict.BadForm("id, pubkey and sig are lower-case hex of 32, 32 and 64 bytes")
    for tag in shape.tags:
        if not (tag and tag[0] and len(tag) <= limits.TAG_ITEMS):
            raise strict.BadForm("a tag is empty, has no name, or too many items")
    if not strict.has_plain_texts(raw):
        strict.refuse_controls("".join([item for tag in shape.tags for item in tag]), lines=False)
        strict.refuse_controls(shape.content, lines=True)


def _is_hex(text: str) -> bool:
    """Tell whether it is lower-case hex; a pattern takes four times as long to say so."""
    try:
        return bytes.fromhex(text).hex() == text
    except ValueError:
        return False


def _begun(record: Record, parts: tuple[bytes, bytes]) -> _Begun:
    digest = nip01.id_of(record.pubkey, record.created_at, record.kind, parts)
    if digest.hex() != record.id:
        raise Refused("bad-id", "the id is not the hash of the record")
    return _Begun(record, (bytes.fromhex(record.pubkey), digest, bytes.fromhex(record.sig)))
