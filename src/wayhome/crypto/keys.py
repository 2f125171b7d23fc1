"""BIP-340: new secret keys, sigs, and whether a sig verifies. libsecp256k1, by coincurve."""

import secrets
from typing import NewType

from coincurve import PrivateKey, PublicKeyXOnly

SecretKey = NewType("SecretKey", bytes)  # 32 bytes; never printed, never logged


def new_secret_key() -> SecretKey:
    """Make a secret key from the system's generator."""
    return SecretKey(PrivateKey().secret)


def read_secret_key(text: str) -> SecretKey:
    """Read the 64 hex digits of a secret key.

    Raises:
        ValueError: it is none. Its words may hold the digits: say others.
    """
    if len(text) != 64:  # noqa: PLR2004 - 32 bytes in hex; the library takes fewer
        raise ValueError("not 64 digits")
    return SecretKey(PrivateKey(bytes.fromhex(text)).secret)


def public_key(secret_key: SecretKey) -> str:
    """Give the x-only public key, 64 lower-case hex digits."""
    return PublicKeyXOnly.from_secret(secret_key).format().hex()


def sign(secret_key: SecretKey, digest: bytes) -> bytes:
    """Sign 32 bytes; the 64 bytes of the sig. BIP-340 with fresh auxiliary randomness."""
    return PrivateKey(secret_key).sign_schnorr(digest, secrets.token_bytes(32))


def sign_alike(secret_key: SecretKey, digest: bytes) -> bytes:
    """Sign 32 bytes so that the same bytes give the same sig, as BIP-340 allows."""
    return PrivateKey(secret_key).sign_schnorr(digest, bytes(32))


def is_public_key(text: str) -> bool:
    """Tell whether 64 lower-case hex digits name a point of the curve."""
    try:
        PublicKeyXOnly(bytes.fromhex(text))
    except ValueError:
        return False
    return len(text) == 64 and text == text.lower()  # noqa: PLR2004 - 32 bytes in hex


def verifies(public: bytes, digest: bytes, sig: bytes) -> bool:
    """Tell whether ``sig`` (64 bytes) is the key's (32 bytes) over ``digest`` (32 bytes)."""
    try:
        return PublicKeyXOnly(public).verify(sig, digest)
    except ValueError:  # the 32 bytes are no point of the curve
        return False
