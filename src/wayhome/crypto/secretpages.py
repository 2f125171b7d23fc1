"""Secret pages: 4,096 bytes each, one secret in each, so that one can be overwritten where it lies.

A page is bound to its number: one copied over another opens as nothing.
"""

import hmac
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from wayhome.crypto.receipts import WordLanguage, word_list

PAGE_BYTES: Final = 4_096
MASTER_BYTES: Final = 32
SECRET_BYTES: Final = PAGE_BYTES - 12 - 16 - 2  # of one page: less nonce, tag and length
PASSPHRASE_WORDS: Final = 6  # of 4,096: 72 bits
BLANK: Final = bytes(PAGE_BYTES)
_NONCE = 12


def new_master() -> bytes:
    """Make the key that all pages of a file are under."""
    return secrets.token_bytes(MASTER_BYTES)


def new_secret(size: int) -> bytes:
    """Make so many bytes that nobody can foresee."""
    return secrets.token_bytes(size)


def is_same(given: str, secret: str) -> bool:
    """Compare with a secret, in a time that tells nothing; an empty secret is nobody's."""
    return bool(secret) and hmac.compare_digest(given.encode(), secret.encode())


def new_passphrase(language: WordLanguage) -> str:
    """Make six words; a person's own choice would be guessed sooner."""
    return " ".join(secrets.choice(word_list(language)) for _ in range(PASSPHRASE_WORDS))


def seal_page(master: bytes, number: int, secret: bytes) -> bytes:
    """Give the page of a secret."""
    plain = (len(secret).to_bytes(2, "big") + secret).ljust(SECRET_BYTES + 2, b"\0")
    nonce = secrets.token_bytes(_NONCE)
    return nonce + ChaCha20Poly1305(master).encrypt(nonce, plain, number.to_bytes(4, "big"))


def open_page(master: bytes, number: int, page: bytes) -> bytes | None:
    """Open a page; None where it is another file's, another number's, or damaged."""
    cipher = ChaCha20Poly1305(master)
    try:
        plain = cipher.decrypt(page[:_NONCE], page[_NONCE:], number.to_bytes(4, "big"))
    except (InvalidTag, ValueError):
        return None
    return plain[2 : 2 + int.from_bytes(plain[:2], "big")]
