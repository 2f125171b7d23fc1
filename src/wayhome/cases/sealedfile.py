"""Sealed file: envelopes in a file with their attachments, so that both travel by any road.

A line each: first the envelopes, then the chunks of every attachment in their order. Whoever hands
the file in reads nothing of either.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

import msgspec

from wayhome.cases.blobs import Blob, blob_id
from wayhome.cases.kinds import sealed
from wayhome.cases.kinds.sealed import Envelope
from wayhome.codec import strict
from wayhome.records.record import Record, read_line
from wayhome.records.refused import Refused

ENVELOPES = 4  # a report, who the family is, and room for later words
_CHUNK = b'{"blob":'


@dataclass(frozen=True, slots=True)
class Attachment:
    """A sealed file as it travels; the key that opens it is in an envelope."""

    id: str
    chunks: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def of(cls, blob: Blob) -> Self:
        """Leave the key of a blob out."""
        return cls(blob.id, blob.chunks)

    @property
    def hashes(self) -> bytes:
        """The list of its chunks."""
        return b"".join(sha256(one).digest() for one in self.chunks)


@dataclass(frozen=True, slots=True)
class SealedFile:
    """What is in the file."""

    envelopes: tuple[Record, ...]
    attachments: tuple[Attachment, ...] = ()

    def lines(self) -> Iterator[bytes]:
        """Write it."""
        for one in self.envelopes:
            yield one.line + b"\n"
        for each in self.attachments:
            for number, chunk in enumerate(each.chunks):
                line = _Line(each.id, number, b64encode(chunk).decode())
                yield msgspec.json.encode(line) + b"\n"

    @classmethod
    def read(cls, raw: bytes) -> Self:
        """Read a file.

        Raises:
            Refused: `bad-form`, `unknown-blob`, `chunk-mismatch`, or what ails an envelope.
        """
        envelopes, chunks = list[Record](), dict[str, list[bytes]]()
        for line in raw.splitlines():
            if line.startswith(_CHUNK):
                _add(chunks, line)
            elif not chunks:
                envelopes.append(_envelope(line))
            else:
                raise Refused("bad-form", "envelopes come first in a sealed file")
        if not 0 < len(envelopes) <= ENVELOPES:
            raise Refused("bad-form", f"a sealed file has 1 to {ENVELOPES} envelopes")
        found = tuple(Attachment(one, tuple(parts)) for one, parts in chunks.items())
        _refuse_others(envelopes, found)
        return cls(tuple(envelopes), found)


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    blob: str
    chunk: int
    bytes: str


_DECODER = msgspec.json.Decoder(_Line)


def _add(chunks: dict[str, list[bytes]], line: bytes) -> None:
    try:
        said = strict.decode(_DECODER, line)
        body = b64decode(said.bytes, validate=True)
    except (strict.BadForm, ValueError):  # ValueError: it is no base64
        raise Refused("bad-form", "a line of the sealed file is no chunk") from None
    parts = chunks.setdefault(said.blob, [])
    if said.chunk != len(parts) or b64encode(body).decode() != said.bytes:
        raise Refused("bad-form", "the chunks of an attachment come in their order, spelt one way")
    parts.append(body)


def _envelope(line: bytes) -> Record:
    record = read_line(line)
    if record.kind != sealed.NUMBER:
        raise Refused("bad-form", "not an envelope")
    sealed.rule(record)
    return record


def _refuse_others(envelopes: Iterable[Record], found: Iterable[Attachment]) -> None:
    named = {blob.id for one in envelopes for blob in Envelope.of(one).blobs}
    for one in found:
        if one.id not in named:
            raise Refused("unknown-blob", "an attachment that no envelope of the file names")
        if blob_id(one.hashes) != one.id:
            raise Refused("chunk-mismatch", "an attachment is not whole, or another")
