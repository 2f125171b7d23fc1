"""Proof of work: a puzzle on a whole record, so that a flood of envelopes costs something.

It covers all that the record says but the answer itself: else one answer would do for any number
of envelopes that say the same to other slots.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256

from wayhome.codec import nip01
from wayhome.records.record import Tag

NAME = "work"
_LABEL = b"wayhome/work/1"
_NONCE = 8  # bytes


def digest_of(pubkey: str, created_at: int, kind: int, tags: Sequence[Tag], content: str) -> bytes:
    """Give what the work is done on: the id that the record would have without its work tag."""
    rest = [tag for tag in tags if tag[0] != NAME]
    return nip01.id_of(pubkey, created_at, kind, nip01.body(rest, content))


def bits_of(digest: bytes, nonce: bytes) -> int:
    """Tell with how many zero bits the hash of the label, a digest and a nonce begins."""
    found = int.from_bytes(sha256(_LABEL + digest + nonce).digest(), "big")
    return 256 - found.bit_length()


def nonces(digest: bytes, bits: int) -> Iterator[bytes | None]:
    """Look for a nonce, 4,096 of them a turn: None while there is none, so that one can stop."""
    start = _LABEL + digest
    most = ((1 << (256 - bits)) - 1).to_bytes(32, "big")  # compared as bytes: a third faster
    for turn in range(1 << 52):
        for number in range(turn << 12, (turn + 1) << 12):
            nonce = number.to_bytes(_NONCE, "big")
            if sha256(start + nonce).digest() <= most:
                yield nonce
                return
        yield None


def do(digest: bytes, bits: int) -> bytes:
    """Give the first nonce that has so many bits."""
    return next(found for found in nonces(digest, bits) if found is not None)
