"""The two kinds of keys that texts are sealed to: X25519, and X25519 together with ML-KEM-768.

A recipient (`age1...`, `age1pq1...`) is public; its identity opens what was sealed to it. The
hybrid kind also holds against one who keeps today's envelopes for a machine of tomorrow.
https://c2sp.org/age; draft-ietf-hpke-pq.
"""

import secrets
from hashlib import shake_256
from typing import NewType

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
)

from wayhome.codec import bech32
from wayhome.codec.age import Sort

Recipient = NewType("Recipient", str)  # lower case
Identity = NewType("Identity", str)  # upper case; never printed, never logged

SEED_BYTES = 32
_LATTICE_SEED = 64  # of the 96 bytes that a hybrid seed grows into; the rest is the curve's
_LATTICE_KEY = 1_184
_PREFIXES: dict[Sort, tuple[str, str]] = {
    "x25519": ("age", "age-secret-key-"),
    "hybrid": ("age1pq", "age-secret-key-pq-"),
}
_KEY_BYTES: dict[Sort, int] = {"x25519": 32, "hybrid": _LATTICE_KEY + 32}


class BadKey(Exception):  # noqa: N818 - whoever wrote it is at fault
    """It is no recipient, or no identity, of a kind that we know."""


def new_identity(kind: Sort) -> Identity:
    """Make an identity from the system's generator."""
    return identity_of(kind, secrets.token_bytes(SEED_BYTES))


def identity_of(kind: Sort, seed: bytes) -> Identity:
    """Give the identity that 32 bytes are; the same ones always give the same."""
    return Identity(bech32.write(_PREFIXES[kind][1], seed).upper())


def recipient_of(identity: Identity) -> Recipient:
    """Give the public half of an identity.

    Raises:
        BadKey: it is none.
    """
    kind, seed = read_identity(identity)
    return Recipient(bech32.write(_PREFIXES[kind][0], public_key(kind, seed)))


def public_key(kind: Sort, seed: bytes) -> bytes:
    """Give the bytes of the public half of an identity's 32 bytes."""
    if kind == "x25519":
        return curve_identity(seed).public_key().public_bytes_raw()
    lattice, curve = _hybrid_parts(seed)
    return lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()


def kind_of(recipient: str) -> Sort | None:
    """Tell of which kind a recipient is; None when it is none."""
    try:
        return read_recipient(recipient)[0]
    except BadKey:
        return None


def is_identity(text: str) -> bool:
    """Tell whether a text is an identity."""
    try:
        read_identity(text)
    except BadKey:
        return False
    return True


def read_recipient(text: str) -> tuple[Sort, bytes]:
    """Read a recipient: its kind, and its key's bytes.

    Raises:
        BadKey: it is none, or is spelled in another way.
    """
    for kind, (prefix, _) in _PREFIXES.items():
        raw = bech32.read(prefix, text)
        if raw is not None and len(raw) == _KEY_BYTES[kind]:
            return kind, raw
    raise BadKey("a recipient is age1... or age1pq1..., all of it")


def read_identity(text: str) -> tuple[Sort, bytes]:
    """Read an identity: its kind, and its 32 bytes.

    Raises:
        BadKey: it is none, or is spelled in another way.
    """
    for kind, (_, prefix) in _PREFIXES.items():
        raw = bech32.read(prefix, text.lower())
        if raw is not None and len(raw) == SEED_BYTES and text.isupper():
            return kind, raw
    raise BadKey("an identity is AGE-SECRET-KEY-1... or AGE-SECRET-KEY-PQ-1..., all of it")


def curve_recipient(raw: bytes) -> X25519PublicKey:
    """Give the key of an X25519 recipient."""
    return X25519PublicKey.from_public_bytes(raw)


def curve_identity(seed: bytes) -> X25519PrivateKey:
    """Give the key of an X25519 identity."""
    return X25519PrivateKey.from_private_bytes(seed)


def hybrid_recipient(raw: bytes) -> MLKEM768X25519PublicKey:
    """Give the key of a hybrid recipient.

    Raises:
        BadKey: its lattice half is not one that ML-KEM allows.
    """
    try:
        lattice = MLKEM768PublicKey.from_public_bytes(raw[:_LATTICE_KEY])
    except ValueError as error:
        raise BadKey("the recipient's lattice key is not canonical") from error
    return MLKEM768X25519PublicKey(lattice, curve_recipient(raw[_LATTICE_KEY:]))


def hybrid_identity(seed: bytes) -> MLKEM768X25519PrivateKey:
    """Give the key of a hybrid identity."""
    return MLKEM768X25519PrivateKey(*_hybrid_parts(seed))


def _hybrid_parts(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    grown = shake_256(seed).digest(_LATTICE_SEED + 32)
    lattice = MLKEM768PrivateKey.from_seed_bytes(grown[:_LATTICE_SEED])
    return lattice, curve_identity(grown[_LATTICE_SEED:])
