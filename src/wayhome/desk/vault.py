"""Vault: a caseworker's secrets in one file, a page each; an erased page is overwritten in place.

Databases leave deleted rows on the disk. Here nothing moves: the file is a header of 4,096 bytes,
with the master key under the passphrase, and pages of 4,096. No page is copied, renamed or logged.
"""

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import msgspec

from wayhome.crypto import locked, secretpages
from wayhome.crypto.secretpages import BLANK, PAGE_BYTES
from wayhome.desk.known import DeskFault

NAME = "desk.key"
_MARK = b"wayhome vault 1\n"


class Writer(msgspec.Struct, frozen=True, tag="writer"):
    """Signs the bodies that a caseworker writes; her charter names its public half."""

    secret: str
    group: str = ""


class Season(msgspec.Struct, frozen=True, tag="season"):
    """Opens first reports, or, of a custodian, who the families are; `since` is its first day."""

    identity: str
    since: str
    is_custodian: bool = False


class CaseSecret(msgspec.Struct, frozen=True, tag="case"):
    """Opens one case; the second is under its desk slots."""

    case: str
    identity: str
    desk: str


class Stone(msgspec.Struct, frozen=True, tag="stone"):
    """A case was erased on a day; no more is known of it."""

    case: str
    day: str


Secret: TypeAlias = Writer | Season | CaseSecret | Stone
_READ: msgspec.json.Decoder[Secret] = msgspec.json.Decoder(Secret)


@dataclass(slots=True)
class Vault:
    """An open vault. It prints nothing of what it holds."""

    _file: int = field(repr=False)
    _master: bytes = field(repr=False)
    _pages: dict[int, Secret] = field(repr=False)

    @classmethod
    def make(cls, folder: Path, passphrase: str) -> "Vault":
        """Make a vault in a folder that has none; durable once it returns.

        Raises:
            DeskFault: there is one, or the disk did not take it.
        """
        master = secretpages.new_master()
        header = (_MARK + locked.lock(master, passphrase)).ljust(PAGE_BYTES, b"\0")
        path = folder / NAME
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise DeskFault(f"{path}: {error.strerror}; a vault is never written over") from error
        _alone(file, path)
        _write(file, 0, header)
        _sync(folder)
        return cls(file, master, {})

    @classmethod
    def open(cls, folder: Path, passphrase: str) -> "Vault":
        """Open a vault.

        Raises:
            DeskFault: there is none, another program has it open, or the passphrase is another.
        """
        path = folder / NAME
        try:
            file = os.open(path, os.O_RDWR)
        except OSError as error:
            raise DeskFault(f"{path}: {error.strerror}; make one: wayhome desk new") from error
        try:
            _alone(file, path)
            master = _master(os.pread(file, PAGE_BYTES, 0), passphrase)
            return cls(file, master, dict(_pages(file, master)))
        except DeskFault:
            os.close(file)
            raise

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """All secrets, in the order of their pages."""
        return tuple(self._pages[one] for one in sorted(self._pages))

    @property
    def writer(self) -> Writer:
        """Who writes.

        Raises:
            DeskFault: the page is gone.
        """
        for one in self.secrets:
            if isinstance(one, Writer):
                return one
        raise DeskFault("the vault has no writer key; its page is damaged")

    def put(self, secret: Secret) -> None:
        """Write a secret to the first free page; durable once it returns.

        Raises:
            DeskFault: the disk did not take it.
        """
        number = next(one for one in range(1, len(self._pages) + 2) if one not in self._pages)
        raw = msgspec.json.encode(secret)
        if len(raw) > secretpages.SECRET_BYTES:
            raise AssertionError("a secret is longer than its page")
        _write(self._file, number, secretpages.seal_page(self._master, number, raw))
        self._pages[number] = secret

    def erase(self, secret: Secret) -> None:
        """Overwrite every page with a secret, and see that it is so. Cannot be undone.

        Raises:
            DeskFault: the disk did not take it.
        """
        for number in [one for one, kept in self._pages.items() if kept == secret]:
            _write(self._file, number, BLANK)
            del self._pages[number]

    def close(self) -> None:
        """Forget all of it."""
        os.close(self._file)
        self._pages, self._master = {}, b""


def is_vault(folder: Path) -> bool:
    """Tell whether a folder has a vault, and not another file of that name."""
    try:
        with (folder / NAME).open("rb") as file:
            return file.read(len(_MARK)) == _MARK
    except OSError:
        return False


def _alone(file: int, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise DeskFault(f"{path} is open in another program; close that first") from error


def _master(header: bytes, passphrase: str) -> bytes:
    if not header.startswith(_MARK):
        raise DeskFault("this is not a desk's vault, or its header was erased")
    sealed = locked.SALT_BYTES + locked.NONCE_BYTES + secretpages.MASTER_BYTES + 16
    words = " ".join(passphrase.lower().split())
    try:
        return locked.unlock(header[len(_MARK) :][:sealed], words)
    except locked.WrongPassphrase as error:
        raise DeskFault("the passphrase does not open the desk") from error


def _pages(file: int, master: bytes) -> Iterator[tuple[int, Secret]]:
    for number in range(1, os.fstat(file).st_size // PAGE_BYTES):
        page = os.pread(file, PAGE_BYTES, number * PAGE_BYTES)
        raw = None if page == BLANK else secretpages.open_page(master, number, page)
        if raw is not None:
            yield number, _READ.decode(raw)


def _write(file: int, number: int, page: bytes) -> None:
    at = number * PAGE_BYTES
    try:
        done = os.pwrite(file, page, at)
        os.fsync(file)
    except OSError as error:
        raise DeskFault(f"the disk did not take it: {error.strerror}") from error
    if done != PAGE_BYTES or os.pread(file, PAGE_BYTES, at) != page:
        raise DeskFault("the disk did not take a page of the vault whole")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
