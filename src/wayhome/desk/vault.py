"""Vault: a caseworker's secrets in one file, a page each; an erased page is overwritten in place.

Databases leave deleted rows on the disk. Here nothing moves by itself: the file is a header of
4,096 bytes, with the master key under the passphrase, and pages of 4,096. No page is renamed or
logged. A flash disk may keep what was overwritten: so with each season the pages go under a new
master key (`renew`), and an old page is nothing without an old header and the passphrase.
"""

import fcntl
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from typing import TypeAlias

import msgspec

from wayhome.crypto import locked, secretpages
from wayhome.crypto.asides import master_key
from wayhome.crypto.secretpages import BLANK, PAGE_BYTES
from wayhome.desk.known import DeskFault
from wayhome.durable import sync

NAME = "desk.key"
_MARK = b"wayhome vault 2\n"
_FIRST = b"wayhome vault 1\n"  # opened as ever; the next season makes it one of ours
_SECTOR = 512  # bytes that a disk writes whole or not at all; a header's words are in its first
_NONE = bytes(secretpages.MASTER_BYTES)


class Writer(msgspec.Struct, frozen=True, tag="writer"):
    """Signs the bodies that a caseworker writes; her charter names its public half."""

    secret: str
    group: str = ""


class Season(msgspec.Struct, frozen=True, tag="season"):
    """Opens first reports, or, of a custodian, who the families are.

    `since` is its first day, `no` its number; those of the first program have none.
    """

    identity: str
    since: str
    is_custodian: bool = False
    no: int = 0


class CaseSecret(msgspec.Struct, frozen=True, tag="case"):
    """Opens one case; the second is under its desk slots."""

    case: str
    identity: str
    desk: str


class Stone(msgspec.Struct, frozen=True, tag="stone"):
    """A case was erased on a day; no more is known of it."""

    case: str
    day: str


class Met(msgspec.Struct, frozen=True, tag="met"):
    """The newest charter that was ever seen in force: how many led to it, and since when, here.

    No secret; but nobody without the passphrase can make the desk forget it.
    """

    charter: str
    length: int
    since: int


Secret: TypeAlias = Writer | Season | CaseSecret | Stone | Met
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
        path = folder / NAME
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise DeskFault(f"{path}: {error.strerror}; a vault is never written over") from error
        _alone(file, path)
        _write(file, 0, _header(master, _NONE, passphrase))
        _durable(file)
        sync(folder)
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
            master, before = _masters(os.pread(file, PAGE_BYTES, 0), passphrase)
            vault = cls(file, master, dict(_pages(file, master)))
            if before != _NONE:  # a crash cut its renewal
                vault._move(before, passphrase)
        except DeskFault:
            os.close(file)
            raise
        return vault

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """All secrets, each once, in the order of their pages."""
        return tuple(dict.fromkeys(self._pages[one] for one in sorted(self._pages)))

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

    @property
    def met(self) -> Met | None:
        """The newest charter that was seen; None at the first start."""
        found = (one for one in self.secrets if isinstance(one, Met))
        return max(found, key=lambda one: (one.length, one.since), default=None)

    def meet(self, charter: str, length: int, now: int) -> Met:
        """Remember a charter as the newest; durable once it returns.

        Raises:
            DeskFault: the disk did not take it.
        """
        before, met = self.met, Met(charter, length, now)
        if before is not None and before.charter == charter:
            return before
        self.put(met)
        for one in self.secrets:
            if isinstance(one, Met) and one != met:
                self.erase(one)
        return met

    def put(self, secret: Secret) -> None:
        """Write a secret to the first free page; durable once it returns.

        Raises:
            DeskFault: the disk did not take it.
        """
        self._put(secret)

    def _put(self, secret: Secret, taken: Collection[int] = ()) -> None:
        number = next(one for one in count(1) if one not in self._pages and one not in taken)
        self._write(number, secret)
        _durable(self._file)

    def _write(self, number: int, secret: Secret) -> None:
        raw = msgspec.json.encode(secret)
        if len(raw) > secretpages.SECRET_BYTES:
            raise AssertionError("a secret is longer than its page")
        _write(self._file, number, secretpages.seal_page(self._master, number, raw))
        self._pages[number] = secret

    def put_all(self, secrets: Iterable[Secret]) -> None:
        """Write secrets that are not here yet to free pages; durable once it returns.

        Raises:
            DeskFault: the disk did not take it.
        """
        known = set(self._pages.values())
        new = [one for one in dict.fromkeys(secrets) if one not in known]
        free = (one for one in count(1) if one not in self._pages)
        for number, secret in zip(list(islice(free, len(new))), new, strict=True):
            self._write(number, secret)
        if new:
            _durable(self._file)

    @property
    def aside(self) -> bytes:
        """The key around what was opened and lies beside the vault."""
        return master_key(self._master)

    def erase(self, secret: Secret) -> None:
        """Overwrite every page with a secret, and see that it is so. Cannot be undone.

        Raises:
            DeskFault: the disk did not take it.
        """
        for number in [one for one, kept in self._pages.items() if kept == secret]:
            _write(self._file, number, BLANK)
            _durable(self._file)
            del self._pages[number]

    def destroy(self, secrets: Collection[Secret], passphrase: str) -> None:
        """Erase secrets for good, and put all others under a new master key.

        Raises:
            DeskFault: the passphrase is another, and nothing was erased; or as `renew`.
        """
        _masters(os.pread(self._file, PAGE_BYTES, 0), passphrase)
        for one in secrets:
            self.erase(one)
        self.renew(passphrase)

    def renew(self, passphrase: str) -> None:
        """Put every page under a new master key; a crash on the way loses none, and goes on later.

        Raises:
            DeskFault: the passphrase is another, or the disk did not take it.
        """
        before, _ = _masters(os.pread(self._file, PAGE_BYTES, 0), passphrase)
        self._master = secretpages.new_master()
        _write(self._file, 0, _header(self._master, before, passphrase)[:_SECTOR])
        _durable(self._file)
        self._pages.clear()
        self._move(before, passphrase)

    def _move(self, before: bytes, passphrase: str) -> None:
        """Write what is under the master key before anew, elsewhere; then forget that key."""
        left = dict(_pages(self._file, before))
        for number, secret in left.items():
            if secret not in self._pages.values():
                self._put(secret, left)
            _write(self._file, number, BLANK)
            _durable(self._file)
            left = {one: kept for one, kept in left.items() if one != number}
        _write(self._file, 0, _header(self._master, _NONE, passphrase)[:_SECTOR])
        _durable(self._file)

    def close(self) -> None:
        """Forget all of it."""
        os.close(self._file)
        self._pages, self._master = {}, b""


def is_vault(folder: Path) -> bool:
    """Tell whether a folder has a vault, and not another file of that name."""
    try:
        with (folder / NAME).open("rb") as file:
            return file.read(len(_MARK)) in (_MARK, _FIRST)
    except OSError:
        return False


def _alone(file: int, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise DeskFault(
            "%(path)s is open in another program; close that first", path=path
        ) from error


def _header(master: bytes, before: bytes, passphrase: str) -> bytes:
    """Write a header; ``before`` is a master key that some pages may still be under."""
    kept = locked.lock(master + before, _typed(passphrase), locked.DESK_COST)
    return (_MARK + kept).ljust(PAGE_BYTES, b"\0")


def _masters(header: bytes, passphrase: str) -> tuple[bytes, bytes]:
    """Read the master key, and the one before where not all pages have left it."""
    mark = header[: len(_MARK)]
    if mark not in (_MARK, _FIRST):
        raise DeskFault("this is not a desk's vault, or its header was erased")
    keys, cost = (2, locked.DESK_COST) if mark == _MARK else (1, locked.COST)
    size = locked.SALT_BYTES + locked.NONCE_BYTES + keys * secretpages.MASTER_BYTES + 16
    try:
        found = locked.unlock(header[len(_MARK) :][:size], _typed(passphrase), cost)
    except locked.WrongPassphrase as error:
        raise DeskFault("the passphrase does not open the desk") from error
    return found[: len(_NONE)], found[len(_NONE) :] or _NONE


def _typed(passphrase: str) -> str:
    return " ".join(passphrase.lower().split())


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
    except OSError as error:
        raise DeskFault("the disk did not take it: %(why)s", why=error.strerror) from error
    if done != len(page) or os.pread(file, len(page), at) != page:
        raise DeskFault("the disk did not take a page of the vault whole")


def _durable(file: int) -> None:
    try:
        os.fsync(file)
    except OSError as error:
        raise DeskFault("the disk did not take it: %(why)s", why=error.strerror) from error
