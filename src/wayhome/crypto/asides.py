"""Asides: what an identity has opened, sealed anew under a key that follows from that identity.

So it opens with the same secret as the file that it came from, and quicker: nothing is gained by
whoever has it, and it is gone for ever when the identity is.
"""

import secrets
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from wayhome.crypto.recipients import Identity
from wayhome.crypto.seal import derived

NAME_BYTES: Final = 16
_NONCE = 12
_KEY, _NAME = b"wayhome/aside/1", b"wayhome/aside-name/1"


def aside_key(identity: Identity) -> tuple[bytes, bytes]:
    """Give the name of an identity's key, which tells nothing of it, and the key."""
    key = derived(identity.encode("ascii"), None, _KEY)
    return sha256(_NAME + key).digest()[:NAME_BYTES], key


def master_key(master: bytes) -> bytes:
    """Give the key around all asides of a vault."""
    return derived(master, None, _KEY)


def put_aside(key: bytes, plain: bytes, bound: bytes) -> bytes:
    """Seal a text that opens only with what it was bound to."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, plain, bound)


def open_aside(key: bytes, sealed: bytes, bound: bytes) -> bytes | None:
    """Open it; None where it was changed, cut, or is another's."""
    try:
        return ChaCha20Poly1305(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)
    except (InvalidTag, ValueError):
        return None
