"""Seal: a text that only the holders of some identities can open, in age's format.

Everything sealed here looks alike: places that nobody needs go to recipients whose identity was
never kept, and the real ones stand at random places among them. Why age's own library for Python
does not do this: it adds a stanza of random length to each file (docs/decisions/1001).
"""

import hmac
import secrets
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wayhome.codec.age import Sort
from wayhome.codec.age_header import Stanza, write_header, write_mac, write_unpadded
from wayhome.crypto.recipients import (
    SEED_BYTES,
    BadKey,
    Recipient,
    curve_recipient,
    hybrid_recipient,
    public_key,
    read_recipient,
)

FILE_KEY_BYTES: Final = 16
NONCE_BYTES: Final = 16
CHUNK: Final = 64 * 1024  # bytes of text that age seals at a time, each with a tag of 16
TAG_BYTES: Final = 16
CURVE_LABEL: Final = b"age-encryption.org/v1/X25519"
HYBRID_LABEL: Final = b"age-encryption.org/mlkem768x25519"
HYBRID: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
ENCAPSULATED: Final[dict[Sort, int]] = {"x25519": 32, "hybrid": 1_120}
STANZA_NAMES: Final[dict[Sort, str]] = {"x25519": "X25519", "hybrid": "mlkem768x25519"}
_NO_NONCE = bytes(12)  # each key seals one text, so age counts from zero


def seal(plain: bytes, recipients: Sequence[Recipient], places: int | None = None) -> bytes:
    """Seal a text to its recipients and, up to so many places, to nobody.

    Raises:
        BadKey: a recipient is none, two kinds are mixed, or they are none or more than places.
    """
    read = [read_recipient(one) for one in recipients]
    kinds, keys = {kind for kind, _ in read}, [raw for _, raw in read]
    wanted = len(keys) if places is None else places
    if len(kinds) != 1 or len(set(keys)) != len(keys) or len(keys) > wanted:
        raise BadKey("recipients of one kind, each once, at most as many as there are places")
    (kind,) = kinds
    keys += [_nobody(kind) for _ in range(wanted - len(keys))]
    secrets.SystemRandom().shuffle(keys)
    file_key = secrets.token_bytes(FILE_KEY_BYTES)
    wrap = _wrap_curve if kind == "x25519" else _wrap_hybrid
    header = write_header([wrap(raw, file_key) for raw in keys])
    nonce = secrets.token_bytes(NONCE_BYTES)
    text = _sealed_text(derived(file_key, nonce, b"payload"), plain)
    return header + write_mac(header_mac(file_key, header)) + nonce + text


def derived(secret: bytes, salt: bytes | None, label: bytes) -> bytes:
    """Give 32 bytes of key: HKDF with SHA-256, as age derives all of its keys."""
    return HKDF(SHA256(), 32, salt, label).derive(secret)


def header_mac(file_key: bytes, header: bytes) -> bytes:
    """Give the MAC over a header: nobody without the file's key can change a recipient."""
    return hmac.digest(derived(file_key, None, b"header"), header, sha256)


def chunk_nonce(number: int, *, is_last: bool) -> bytes:
    """Give a chunk's nonce: its number, and whether it ends the text."""
    return number.to_bytes(11, "big") + bytes([is_last])


def _nobody(kind: Sort) -> bytes:
    return public_key(kind, secrets.token_bytes(SEED_BYTES))  # the identity is dropped here


def _wrap_curve(raw: bytes, file_key: bytes) -> Stanza:
    ephemeral = X25519PrivateKey.generate()
    share = ephemeral.public_key().public_bytes_raw()
    try:
        secret = ephemeral.exchange(curve_recipient(raw))
    except ValueError as error:  # a point of low order: everybody would know the secret
        raise BadKey("the recipient's point is of low order") from error
    key = derived(secret, share + raw, CURVE_LABEL)
    body = ChaCha20Poly1305(key).encrypt(_NO_NONCE, file_key, None)
    return Stanza((STANZA_NAMES["x25519"], write_unpadded(share)), body)


def _wrap_hybrid(raw: bytes, file_key: bytes) -> Stanza:
    wrapped = HYBRID.encrypt(file_key, hybrid_recipient(raw), HYBRID_LABEL)
    size = ENCAPSULATED["hybrid"]
    return Stanza((STANZA_NAMES["hybrid"], write_unpadded(wrapped[:size])), wrapped[size:])


def _sealed_text(key: bytes, plain: bytes) -> bytes:
    cipher = ChaCha20Poly1305(key)
    starts = range(0, max(len(plain), 1), CHUNK)
    return b"".join(
        cipher.encrypt(
            chunk_nonce(i, is_last=at + CHUNK >= len(plain)), plain[at : at + CHUNK], None
        )
        for i, at in enumerate(starts)
    )
