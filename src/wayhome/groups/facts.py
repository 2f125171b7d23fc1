"""Facts: what the view of standing is made of, one row for each record that bears on it."""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import msgspec

from wayhome.records.kind import Fact

STANDING = "standing"


class _Row(msgspec.Struct, frozen=True, array_like=True, tag=True, gc=False):
    def fact(self) -> Fact:
        """Give the row as a fact of the one view of standing."""
        return Fact(STANDING, "", _ENCODER.encode(self))


class CharterFact(_Row, frozen=True, array_like=True, tag="charter"):
    """A charter, as far as it decides who speaks."""

    id: str
    group: str
    author: str
    k: int
    organisers: tuple[str, ...]
    prev: tuple[str, ...]
    sealed: tuple[str, ...]
    node_keys: tuple[str, ...]


class CosignFact(_Row, frozen=True, array_like=True, tag="cosign"):
    """One more organiser signed a record, as a word of that group under that charter."""

    record: str
    group: str
    charter: str
    author: str


class SaidFact(_Row, frozen=True, array_like=True, tag="said"):
    """A record speaks for a group under a charter; whether it may is decided when read."""

    record: str
    group: str
    charter: str
    author: str


class Voice(msgspec.Struct, frozen=True, gc=False):
    """Who speaks as whose organiser: what is left of many words and cosigns beside what they name.

    There are few of them, however much is said, so each is kept once.
    """

    group: str
    charter: str
    author: str


class LinkFact(_Row, frozen=True, array_like=True, tag="link"):
    """A link from `group` to `to`, having seen `witness`; or the end of the link `ends`."""

    record: str
    group: str
    to: str
    witness: str
    ends: str


Row: TypeAlias = CharterFact | CosignFact | SaidFact | LinkFact
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(CharterFact | CosignFact | SaidFact | LinkFact)


def read_rows(rows: Iterable[bytes]) -> Iterator[Row]:
    """Read rows that this module wrote."""
    return (_DECODER.decode(row) for row in rows)
