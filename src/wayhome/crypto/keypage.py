"""A key page: a file of 4,096 bytes with two keys; what they sealed is gone when it is overwritten.

Deleting rows of a database erases nothing from a disk. So what must be erasable is encrypted, or
named by a keyed hash, under a page that is overwritten in place: never copied, renamed, truncated
or backed up.
"""

import hmac
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from wayhome.durable import sync

PAGE_BYTES = 4_096
KEY_BYTES = 32
NONCE_BYTES = 12
_MARK = b"wayhome key page\0"
_WIPED = b"wayhome erased \0\0"  # as long as the mark, so that an erased page is known as one


class BadPage(Exception):  # noqa: N818 - the disk's or the operator's fault
    """The file is not a key page, or was erased; what it sealed cannot be opened."""


class KeyPage:
    """An open page. It prints nothing of its keys."""

    def __init__(self, path: Path, hashing: bytes, sealing: bytes) -> None:
        self._path = path
        # copied for each hash: `hmac.digest` lets the interpreter's lock go, and must fetch it back
        self._hashing = hmac.new(hashing, digestmod="sha256") if hashing else None
        self._sealing: ChaCha20Poly1305 | None = ChaCha20Poly1305(sealing)

    @classmethod
    def make(cls, path: Path) -> "KeyPage":
        """Make a new page; durable once it returns.

        Raises:
            FileExistsError: there is a file of that name.
            OSError: the disk did not take it; there is no file.
        """
        keys = secrets.token_bytes(2 * KEY_BYTES)
        rest = secrets.token_bytes(PAGE_BYTES - len(_MARK) - len(keys))
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        descriptor = os.open(path, flags, 0o600)
        try:
            _fill(descriptor, _MARK + keys + rest)
        except OSError:
            path.unlink()  # or nobody could make it when there is room again
            raise
        finally:
            os.close(descriptor)
        sync(path.parent)
        return cls(path, keys[:KEY_BYTES], keys[KEY_BYTES:])

    @classmethod
    def open(cls, path: Path) -> "KeyPage":
        """Open a page.

        Raises:
            BadPage: it is missing, cut, erased, or something else.
            OSError: it cannot be read now; what it seals is not lost.
        """
        try:
            raw = path.read_bytes()
        except FileNotFoundError as error:
            raise BadPage(f"{path.name}: {error.strerror}") from error
        if len(raw) != PAGE_BYTES or not raw.startswith(_MARK):
            raise BadPage(f"{path.name} is not a key page, or was erased")
        keys = raw[len(_MARK) : len(_MARK) + 2 * KEY_BYTES]
        return cls(path, keys[:KEY_BYTES], keys[KEY_BYTES:])

    def hmac(self, label: bytes, said: bytes) -> bytes:
        """Give 32 bytes that stand for ``said``; nobody without the page can test a guess.

        Raises:
            BadPage: the page was erased; a hash under no key would stand for nothing.
        """
        if self._hashing is None:
            raise BadPage("erased")
        hashing = self._hashing.copy()
        hashing.update(label + b"\0" + said)
        return hashing.digest()

    def seal(self, plain: bytes, bound: bytes = b"") -> bytes:
        """Seal ``plain`` so that only this page opens it, and only with the same ``bound``.

        Raises:
            BadPage: the page was erased.
        """
        return self.seal_all([(plain, bound)])[0]

    def seal_all(self, texts: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        """Seal many, each bound to its own; see `seal`.

        Raises:
            BadPage: the page was erased.
        """
        cipher = self._cipher()
        # all nonces at once: the system's generator lets the interpreter's lock go, as above
        drawn = secrets.token_bytes(NONCE_BYTES * len(texts))
        nonces = [drawn[at : at + NONCE_BYTES] for at in range(0, len(drawn), NONCE_BYTES)]
        return [
            nonce + cipher.encrypt(nonce, plain, bound)
            for nonce, (plain, bound) in zip(nonces, texts, strict=True)
        ]

    def unseal(self, sealed: bytes, bound: bytes = b"") -> bytes:
        """Open what `seal` gave.

        Raises:
            BadPage: it was sealed by another page, or changed, or the page was erased.
        """
        try:
            return self._cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
        except (InvalidTag, ValueError) as error:
            raise BadPage("not sealed by this page, or changed") from error

    def erase(self) -> None:
        """Overwrite the page where it lies, see that it is so, and unlink it. Cannot be undone."""
        _erase(self._path)
        self._hashing = None
        self._sealing = None

    def _cipher(self) -> ChaCha20Poly1305:
        if self._sealing is None:
            raise BadPage("erased")
        return self._sealing


def erase_file(path: Path) -> None:
    """Overwrite a file of keys where it lies, see that it is so, and unlink it.

    Raises:
        OSError: the disk did not take it.
    """
    _erase(path)


def finish_erasures(folder: Path) -> int:
    """Unlink pages whose erasing a crash interrupted after they were overwritten."""
    found = 0
    for path in sorted(folder.glob("*.page")):
        with path.open("rb") as page:
            wiped = page.read(len(_WIPED)) == _WIPED
        if wiped:
            _erase(path)
            found += 1
    return found


def _fill(descriptor: int, page: bytes) -> None:
    if os.write(descriptor, page) != len(page):
        raise OSError("a key page was not written whole")
    os.fsync(descriptor)


def _erase(path: Path) -> None:
    # the mark is written with the noise in one go: a page is whole, or known as erased
    noise = _WIPED + secrets.token_bytes(PAGE_BYTES - len(_WIPED))
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.pwrite(descriptor, noise, 0)
        os.fsync(descriptor)
        if os.pread(descriptor, PAGE_BYTES, 0) != noise:
            raise OSError("a key page did not take its overwriting")
    finally:
        os.close(descriptor)
    path.unlink()
    sync(path.parent)
