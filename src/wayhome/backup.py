"""Backup: what a node needs to live on elsewhere, and none of the keys that must be erasable.

It holds records, list files, settings, the node's key, and what was echoed. Never in it: what is
held, key pages, a stamping desk. So a restored node stamps nothing and opens nothing; and it writes
no closing list of a petition that was open before, for the lost node may have written one
(docs/decisions/0880).
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

import msgspec

from wayhome.config import Config, ConfigFault, read_config
from wayhome.durable import sync
from wayhome.lists import RESTORED
from wayhome.store.beside import FactsOf, copy_records, examine
from wayhome.store.migrate import BadDatabase
from wayhome.store.store import StorageFault

MANIFEST = "backup.json"
RECORDS = "records.db"
KEY = "node.key"
SETTINGS = "node.toml"
LISTS = "lists"
ECHO = "echo"  # which texts other places have already; else they would be said there once more
_DESK = ("book.db", "stamp.page", "desk.page")
_HEX = frozenset("0123456789abcdef")
_NAMES = {LISTS: 64, ECHO: 16}  # of the files of a folder: so many digits


class BackupFault(Exception):  # noqa: N818 - the operator's or the disk's fault, told in words
    """The backup cannot be made or restored; the message says why."""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup holds: the SHA-256 of every file by its path."""

    sums: dict[str, str]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back."""

    place: Path
    records: int


def back_up(
    config: Path, folder: Path, facts_of: FactsOf, told: Callable[[], None] = lambda: None
) -> int:
    """Write a backup of the node of ``config``, running or not; give the number of records.

    All that the node answered as kept, before this was called, is in it, and every record in it was
    verified. Durable once it returns.

    Raises:
        BackupFault: the folder is there already, there is no node, or records are damaged.
        BadDatabase, ConfigFault, StorageFault: as they say.
    """
    settings = read_config(config)
    place = Path(settings.data)
    if folder.exists():
        raise BackupFault(f"{folder} is there already; a backup is never written over another")
    if not (place / RECORDS).is_file():
        raise BackupFault(f"{place} has no records of a node{_about_desks(place)}")
    part = _new_folder(folder)
    try:
        copy_records(place / RECORDS, part / RECORDS)
        count = _examined(part / RECORDS, facts_of, told)
        _copy(config, part / SETTINGS)
        _copy(place / KEY, part / KEY)
        for name in _NAMES:
            (part / name).mkdir(mode=0o700)
            for path in _named_files(place / name):
                _copy(path, part / name / path.name)
        sums = {path.relative_to(part).as_posix(): _sum(path) for path in _files(part)}
        _write(part / MANIFEST, msgspec.json.format(msgspec.json.encode(Manifest(sums))) + b"\n")
        _become(part, folder)
    except OSError as error:
        raise BackupFault(f"the backup was not written: {error.strerror}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return count


def restore(
    folder: Path,
    config: Path,
    now: int,
    facts_of: FactsOf,
    told: Callable[[], None] = lambda: None,
) -> Restored:
    """Put a backup back, into the folder that its settings name, which must be new or empty.

    Every file is compared with its sum and every record verified before anything is there.

    Raises:
        BackupFault: it is not a backup, not whole, or there is a node already.
        ConfigFault: its settings cannot be read.
    """
    sums = _manifest(folder)
    settings = _settings(folder, config)
    place = Path(settings.data)
    if place.exists() and any(place.iterdir()):
        raise BackupFault(f"{place} is not empty; a backup is never restored over a node")
    part = _new_folder(place)
    try:
        for name in sums:
            if name != SETTINGS:
                _copy(folder / name, part / name)
        count = _examined(part / RECORDS, facts_of, told)
        _write(part / RESTORED, b"%d\n" % now)
        if place.exists():
            place.rmdir()
        if not config.exists():
            _copy(folder / SETTINGS, config)
        _become(part, place)
    except OSError as error:
        raise BackupFault(f"the backup was not restored: {error.strerror}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Restored(place, count)


def _manifest(folder: Path) -> Mapping[str, str]:
    """Read what a backup says it holds, and see that it holds exactly that."""
    try:
        said = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise BackupFault(
            f"{folder} is not a backup of `wayhome backup`{_about_desks(folder)}; a copied data"
            " folder is not restored: it may hold keys that were erased since"
        ) from error
    strange = sorted(name for name in said.sums if not _is_name(name))
    found = {path.relative_to(folder).as_posix() for path in _files(folder)} - {MANIFEST}
    strange += sorted(found.difference(said.sums))
    if strange:
        raise BackupFault(f"{folder} holds what is in no backup: {', '.join(strange)}")
    missing = {RECORDS, KEY, SETTINGS}.difference(said.sums) | set(said.sums).difference(found)
    if missing:
        raise BackupFault(f"{folder} is not whole; it lacks {', '.join(sorted(missing))}")
    changed = [name for name, total in said.sums.items() if _sum(folder / name) != total]
    if changed:
        raise BackupFault(f"{folder} was changed after it was written: {', '.join(changed)}")
    return said.sums


def _settings(folder: Path, config: Path) -> Config:
    if config.exists() and config.read_bytes() != (folder / SETTINGS).read_bytes():
        raise BackupFault(f"{config} is there already, and is other than the backup's")
    try:
        return read_config(folder / SETTINGS)
    except ConfigFault as fault:
        raise BackupFault(f"the backup's settings: {fault}") from fault


def _examined(path: Path, facts_of: FactsOf, told: Callable[[], None]) -> int:
    count = 0

    def tell() -> None:
        nonlocal count
        count += 1
        told()

    try:
        damaged = [one.record_id or one.where for one in examine(path, facts_of, tell)]
    except (BadDatabase, StorageFault) as fault:
        raise BackupFault(f"the records: {fault}") from fault
    if damaged:
        raise BackupFault(
            f"records are damaged: {', '.join(damaged)}. `wayhome export` takes out what is whole,"
            " `wayhome import` brings it into a new folder, and peers have the rest"
        )
    return count


def _is_name(name: str) -> bool:
    """Tell whether a backup may hold a file of that name; no other name reaches a disk."""
    folder, _, file = name.rpartition("/")
    if folder:
        return len(file) == _NAMES.get(folder) and _HEX.issuperset(file)
    return name in (RECORDS, KEY, SETTINGS)


def _about_desks(folder: Path) -> str:
    if any((folder / name).exists() for name in _DESK):
        return " but a stamping desk, which is never copied: it would stamp used codes again"
    return ""


def _new_folder(folder: Path) -> Path:
    """Make the folder in which something is written before it gets its name."""
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)  # of an attempt that was broken off
    part.mkdir(parents=True, mode=0o700)
    return part


def _become(part: Path, folder: Path) -> None:
    for one in (*(path for path in part.iterdir() if path.is_dir()), part):
        sync(one)
    part.rename(folder)
    sync(folder.parent)


def _named_files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.glob("*")) if _is_name(f"{folder.name}/{path.name}"))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if not path.is_dir() or path.is_symlink())


def _copy(source: Path, to: Path) -> None:
    to.parent.mkdir(exist_ok=True, mode=0o700)
    with source.open("rb") as file:
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as copy:
            shutil.copyfileobj(file, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
