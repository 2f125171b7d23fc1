"""EMSA-PSS: a message and a salt into the number that RSA works on (RFC 8017, 9.1.1; SHA-384)."""

from hashlib import sha384

HASH_BYTES = 48
TRAILER = b"\xbc"


def encode(message: bytes, salt: bytes, modulus_bits: int) -> bytes:
    """Encode ``message`` for a modulus of that many bits; the result has the modulus's length.

    Only the signer of a message encodes; that an encoding is right is checked by the library's
    own verification.
    """
    bits = modulus_bits - 1
    size = (bits + 7) // 8
    digest = sha384(bytes(8) + sha384(message).digest() + salt).digest()
    room = size - HASH_BYTES - len(TRAILER)
    block = bytes(room - len(salt) - 1) + b"\x01" + salt
    masked = bytearray(a ^ b for a, b in zip(block, _mask(digest, room), strict=True))
    masked[0] &= 0xFF >> (8 * size - bits)
    return bytes(masked) + digest + TRAILER


def _mask(seed: bytes, size: int) -> bytes:
    """MGF1 with SHA-384 (RFC 8017, B.2.1)."""
    blocks = -(-size // HASH_BYTES)
    return b"".join(sha384(seed + i.to_bytes(4, "big")).digest() for i in range(blocks))[:size]
