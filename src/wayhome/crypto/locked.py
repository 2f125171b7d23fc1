"""A secret under a passphrase: scrypt and ChaCha20-Poly1305."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

SALT_BYTES = 16
NONCE_BYTES = 12
COST = 2**16  # 64 MiB and a fifth of a second: a laptop bears it, a guesser pays it every time
DESK_COST = 2**17  # twice that: a desk is opened a few times a day, and holds what families said


class WrongPassphrase(Exception):  # noqa: N818 - a slip of the hand
    """The passphrase does not open it, or the file was changed."""


def lock(secret: bytes, passphrase: str, cost: int = COST) -> bytes:
    """Seal ``secret`` so that only the passphrase opens it; ``cost`` is scrypt's N."""
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    return (
        salt + nonce + ChaCha20Poly1305(_key(passphrase, salt, cost)).encrypt(nonce, secret, None)
    )


def unlock(locked: bytes, passphrase: str, cost: int = COST) -> bytes:
    """Open what `lock` gave at the same cost.

    Raises:
        WrongPassphrase: it does not open.
    """
    salt, nonce = locked[:SALT_BYTES], locked[SALT_BYTES : SALT_BYTES + NONCE_BYTES]
    try:
        cipher = ChaCha20Poly1305(_key(passphrase, salt, cost))
        return cipher.decrypt(nonce, locked[SALT_BYTES + NONCE_BYTES :], None)
    except (InvalidTag, ValueError) as error:
        raise WrongPassphrase("the passphrase does not open the key") from error


def _key(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt, 32, cost, 8, 1).derive(passphrase.encode())
