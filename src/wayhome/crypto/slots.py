"""Slots: 16 bytes on an envelope that tell nobody which other envelopes belong to it.

A slot is a hash under a secret of two sides, over who writes and the how-manieth it is. So both
know where to look next, and a node cannot tell a first report from the fifth message of a case.
"""

import hmac
from hashlib import sha256
from typing import Final, Literal, TypeAlias

SLOT_BYTES: Final = 16

Way: TypeAlias = Literal["f", "r"]  # from the family; a reply to it


def family_slot(box: bytes, way: Way, number: int) -> str:
    """Give the slot of a family's message or of a reply, from 0, under the box secret."""
    return _slot(box, way.encode("ascii"), number)


def desk_slot(secret: bytes, writer: str, number: int) -> str:
    """Give the slot of what a caseworker writes for the desk, under a secret no family knows."""
    return _slot(secret, b"d" + bytes.fromhex(writer), number)


def _slot(secret: bytes, said: bytes, number: int) -> str:
    return hmac.digest(secret, said + number.to_bytes(4, "big"), sha256)[:SLOT_BYTES].hex()
