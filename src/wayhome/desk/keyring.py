"""Keyring: an organiser's secret key, in a file of its own, under a passphrase."""

import os
from pathlib import Path

from wayhome.crypto import keys, locked
from wayhome.crypto.keys import SecretKey

_OPEN, _LOCKED = b"wayhome key 1 open ", b"wayhome key 1 locked "


class KeyringFault(Exception):  # noqa: N818 - told to the person in words
    """A key file cannot be made or opened; the message never holds anything of the key."""


def make_key(path: Path, passphrase: str) -> str:
    """Make a key file; give the public key. An empty passphrase leaves the key unsealed.

    Raises:
        KeyringFault: there is a file of that name: a key is never written over.
    """
    secret = keys.new_secret_key()
    body = _LOCKED + locked.lock(secret, passphrase).hex().encode() if passphrase else b""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise KeyringFault(f"{path.name}: {error.strerror}; a key is never written over") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write((body or _OPEN + secret.hex().encode()) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return keys.public_key(secret)


def is_locked(path: Path) -> bool:
    """Tell whether a key file asks for a passphrase.

    Raises:
        KeyringFault: it cannot be read.
    """
    return _read(path).startswith(_LOCKED)


def open_key(path: Path, passphrase: str) -> SecretKey:
    """Open a key file.

    Raises:
        KeyringFault: not a key file, readable by others, or another passphrase.
    """
    raw = _read(path).strip()
    if path.stat().st_mode & 0o077:
        raise KeyringFault(f"{path.name} can be read by others; run: chmod 600 {path.name}")
    try:
        if raw.startswith(_LOCKED):
            sealed = bytes.fromhex(raw.removeprefix(_LOCKED).decode("ascii"))
            return SecretKey(locked.unlock(sealed, passphrase))
        if raw.startswith(_OPEN):
            return keys.read_secret_key(raw.removeprefix(_OPEN).decode("ascii"))
    except (locked.WrongPassphrase, ValueError) as error:
        raise KeyringFault(f"{path.name}: the passphrase does not open it") from error
    raise KeyringFault(f"{path.name} is not a key file")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyringFault(f"{path.name}: {error.strerror}") from error
