"""The outside of an age file: for how many recipients it is sealed, and how much is inside.

Nothing is opened here, and nothing is proved: a header that only looks like one passes. What counts
is that no other bytes do. One spelling only, as C2SP's age format asks: a header of one sort of
stanza, each with its one length, then the mac, a nonce and the payload.
"""

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Sort: TypeAlias = Literal["x25519", "hybrid"]

_KEY = rb"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]"  # 32 bytes in base64 without padding
_ENCAPSULATED = rb"[A-Za-z0-9+/]{1493}[AQgw]"  # 1,120 bytes: ML-KEM-768 and X25519
_BEGIN = b"age-encryption.org/v1\n"
_STANZAS: dict[Sort, re.Pattern[bytes]] = {
    "x25519": re.compile(rb"-> X25519 %b\n%b\n" % (_KEY, _KEY)),
    "hybrid": re.compile(rb"-> mlkem768x25519 %b\n%b\n" % (_ENCAPSULATED, _KEY)),
}
_MAC = re.compile(rb"--- %b\n" % _KEY)
_NONCE = 16
_CHUNK = 64 * 1024
_TAG = 16  # bytes that each sealed chunk is longer

STANZA = {"x25519": 98, "hybrid": 1_557}  # bytes that one recipient costs
AROUND = len(_BEGIN) + 48 + _NONCE + _TAG  # bytes around the stanzas and a payload of one chunk


@dataclass(frozen=True, slots=True)
class Outside:
    """What can be told of an age file without a key; `inside` is the size of what is sealed."""

    sort: Sort
    recipients: int
    inside: int


def read(file: bytes) -> Outside | None:
    """Look at an age file from outside; None where it is none of the one spelling."""
    if not file.startswith(_BEGIN):
        return None
    sort: Sort = "x25519" if file.startswith(b"-> X25519 ", len(_BEGIN)) else "hybrid"
    at, recipients = len(_BEGIN), 0
    while (stanza := _STANZAS[sort].match(file, at)) is not None:
        at, recipients = stanza.end(), recipients + 1
    mac = _MAC.match(file, at)
    inside = _inside(len(file) - mac.end() - _NONCE) if mac and recipients else None
    return None if inside is None else Outside(sort, recipients, inside)


def size_of(sort: Sort, recipients: int, inside: int) -> int:
    """Give the size of the file that seals so much to so many."""
    chunks = max(1, -(-inside // _CHUNK))
    return AROUND - _TAG + STANZA[sort] * recipients + inside + _TAG * chunks


def _inside(payload: int) -> int | None:
    """Give the size of what a payload of so many bytes holds; only an empty one is all tag."""
    chunks = -(-payload // (_CHUNK + _TAG))
    inside = payload - _TAG * chunks
    least = 0 if chunks == 1 else (chunks - 1) * _CHUNK + 1
    return inside if chunks and inside >= least else None
