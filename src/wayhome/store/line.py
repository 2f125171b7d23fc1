"""Line: what can be told of a canonical line without reading it into a record.

A quote inside a JSON string is always escaped, so the pieces looked for here, which hold bare
quotes, stand nowhere but where NIP-01's fields and tags begin.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

import orjson

from wayhome.records.filter import Filter

_CLAIMED = re.compile(
    rb'\{"id":"([0-9a-f]{64})","pubkey":"[^"]*","created_at":\d+,"kind":(\d{1,5}),'
)
_ID = slice(7, 71)
_AUTHOR = slice(83, 147)
_AFTER_AUTHOR = 162
_SIG = 138  # bytes from `,"sig":"` to the end

_KIND_DIGITS = 5
AGE_BYTES = 8
_ID_BYTES = 32
KEY_BYTES = AGE_BYTES + _ID_BYTES
LATEST = 2**64 - 1  # what no created_at comes near


def age_of(created_at: int) -> bytes:
    """Give what sorts dates, the newest first."""
    return (LATEST - created_at).to_bytes(AGE_BYTES, "big")


def key_of(created_at: int, record_id: str) -> bytes:
    """Give what sorts a record: newest first, then by id, as NIP-01 asks."""
    return age_of(created_at) + bytes.fromhex(record_id)


def key_of_line(line: bytes) -> bytes:
    """Give the key of a canonical line."""
    end = line.index(b",", _AFTER_AUTHOR)
    return key_of(int(line[_AFTER_AUTHOR:end]), line[_ID].decode())


def ids_in(keys: Iterable[bytes]) -> list[bytes]:
    """Give the ids of keys that are joined, ascending."""
    return sorted(
        some[end - _ID_BYTES : end]
        for some in keys
        for end in range(KEY_BYTES, len(some) + 1, KEY_BYTES)
    )


def proved_place(line: bytes) -> tuple[int, str] | None:
    """Give kind and id of a line if the id is the hash of what it covers; else None."""
    kind = line.find(b',"kind":', _AFTER_AUTHOR)
    tags = line.find(b',"tags":', kind)
    content = line.find(b',"content":', tags)
    if (
        content < 0
        or line[:7] != b'{"id":"'
        or line[71:83] != b'","pubkey":"'
        or line[147:_AFTER_AUTHOR] != b'","created_at":'
        or line[-_SIG : -_SIG + 8] != b',"sig":"'
        or line[-2:] != b'"}'
    ):
        return None
    number = line[kind + 8 : tags]
    if not number.isdigit() or len(number) > _KIND_DIGITS:  # a forger's: an id can be made for it
        return None
    body = b'[0,"%b",%b,%b,%b,%b]' % (
        line[_AUTHOR],
        line[_AFTER_AUTHOR:kind],
        number,
        line[tags + 8 : content],
        line[content + 11 : -_SIG],
    )
    found = sha256(body).hexdigest()
    return (int(number), found) if found.encode() == line[_ID] else None


def claimed_place(line: bytes) -> tuple[int, str] | None:
    """Give the kind and id that a canonical line claims; None when it cannot be one."""
    claimed = _CLAIMED.match(line)
    return (int(claimed[2]), claimed[1].decode()) if claimed else None


@dataclass(frozen=True, slots=True)
class Match:
    """A filter's conditions as pieces of a line; kinds are asked for elsewhere."""

    ids: frozenset[bytes] | None
    authors: frozenset[bytes] | None
    tags: tuple[tuple[bytes, ...], ...]

    @classmethod
    def of(cls, wanted: Filter) -> Self:
        """Make it."""
        names = sorted({name for name, _ in wanted.tags})
        return cls(
            None if wanted.ids is None else frozenset(one.encode() for one in wanted.ids),
            None if wanted.authors is None else frozenset(one.encode() for one in wanted.authors),
            tuple(
                tuple(orjson.dumps(pair)[:-1] for pair in wanted.tags if pair[0] == name)
                for name in names
            ),
        )

    def matches(self, line: bytes) -> bool:
        """Tell whether a line of one of the wanted kinds is wanted."""
        return (
            (self.ids is None or line[_ID] in self.ids)
            and (self.authors is None or line[_AUTHOR] in self.authors)
            and all(any(piece in line for piece in pieces) for pieces in self.tags)
        )
