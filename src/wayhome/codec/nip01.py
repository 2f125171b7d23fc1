"""The one byte string that an id covers, and the one line that a record is written as (NIP-01).

orjson escapes what NIP-01 says must be escaped and leaves the rest verbatim; the control characters
on which writers disagree never reach it, because `strict` refuses them.
"""

from collections.abc import Sequence
from hashlib import sha256

import orjson


def body(tags: Sequence[Sequence[str]], content: str) -> tuple[bytes, bytes]:
    """Give the two parts that the serialisation and the line share: tags and content as JSON."""
    return orjson.dumps(tags), orjson.dumps(content)


def serialise(pubkey: str, created_at: int, kind: int, parts: tuple[bytes, bytes]) -> bytes:
    """Give the bytes whose SHA-256 is the id."""
    return b'[0,"%b",%d,%d,%b,%b]' % (pubkey.encode(), created_at, kind, *parts)


def id_of(pubkey: str, created_at: int, kind: int, parts: tuple[bytes, bytes]) -> bytes:
    """Give the 32 bytes of the id."""
    return sha256(serialise(pubkey, created_at, kind, parts)).digest()


def line(head: tuple[str, str, int, int], parts: tuple[bytes, bytes], sig: str) -> bytes:
    """Give the canonical line; ``head`` is id, pubkey, created_at, kind."""
    record_id, pubkey, created_at, kind = head
    return (
        b'{"id":"%b","pubkey":"%b","created_at":%d,"kind":%d,"tags":%b,"content":%b,"sig":"%b"}'
        % (
            record_id.encode(),
            pubkey.encode(),
            created_at,
            kind,
            *parts,
            sig.encode(),
        )
    )


def is_like_a_line(raw: bytes) -> bool:
    """Tell whether bytes begin as a line does; no more is looked at."""
    return (
        raw[:7] == b'{"id":"'
        and raw[71:83] == b'","pubkey":"'
        and raw[147:162] == b'","created_at":'
    )
