"""The folder of a node or a desk: who may read it, its keys, its records."""

import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from wayhome.crypto.keypage import BadPage, KeyPage
from wayhome.doctor.finding import Finding
from wayhome.store.beside import FactsOf, examine, examine_pages
from wayhome.store.migrate import BadDatabase

_NAMED = 20  # damaged records that are named; the rest is counted
_SEALED = {"held": "held", "blobs": "attachments"}  # series of files, and what lies in them
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_KEY_DIGITS = 64


def is_running(folder: Path) -> bool:
    """Tell whether a node, or a stamping desk, runs on a folder."""
    return any(_is_locked(folder / name) for name in ("lock", "book.lock"))


def look_at_folder(folder: Path) -> list[Finding]:
    """Look at permissions and keys."""
    return [permissions(folder), *keys(folder)]


def permissions(folder: Path) -> Finding:
    """Judge who else on this machine may read or change what is here."""
    open_to_others = [path for path in _private(folder) if path.lstat().st_mode & _OTHERS]
    strange = [path for path in (folder, *folder.rglob("*")) if path.lstat().st_uid != _owner()]
    if strange:
        words = f"{_short(strange, folder)} belong to another user than the one who asks"
        return Finding("permissions", "bad", f"{words}. chown, or ask as the user who runs it")
    if open_to_others:
        words = f"others may read {_short(open_to_others, folder)}"
        return Finding("permissions", "bad", f"{words}. chmod 700 the folder, 600 the keys")
    return Finding("permissions", "well", "for its owner alone")


def keys(folder: Path) -> Iterator[Finding]:
    """Judge every file of keys; nothing of a key is said."""
    key = folder / "node.key"
    if (folder / "records.db").exists() and not key.exists():
        words = "node.key is missing: a new one is made at the start, and charters must name it"
        yield Finding("keys", "bad", words)
    bad = [path for path in _pages(folder) if not _is_page(path)]
    bad += [key] if key.exists() and not _is_key(key) else []
    if bad:
        words = f"{_short(bad, folder)} cannot be read as keys: what they sealed is lost"
        yield Finding("keys", "bad", words)
    elif key.exists() or any(_pages(folder)):
        yield Finding("keys", "well", f"{len(_pages(folder)) + key.exists()} files, as they should")


def look_at_records(folder: Path, facts_of: FactsOf, told: Callable[[], None]) -> list[Finding]:
    """Read every record, verify id and sig, compare tags and facts; name all that is damaged."""
    path = folder / "records.db"
    if not path.exists():
        return []
    count = 0

    def tell() -> None:
        nonlocal count
        count += 1
        told()

    try:
        damaged = list(examine(path, facts_of, tell))
    except BadDatabase as fault:
        return [Finding("records", "bad", str(fault))]
    if not damaged:
        return [Finding("records", "well", f"{count}, each verified")]
    names = list(dict.fromkeys(f"{one.where} {one.record_id}".strip() for one in damaged))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    words = (
        f"of {count} records {len(names)} are damaged: {', '.join(names[:_NAMED])}{more}."
        " They are not given out. wayhome export takes out what is whole, wayhome import brings it"
        " into a new folder, and peers have the rest"
    )
    return [Finding("records", "bad", words)]


def look_at_sealed(folder: Path) -> Iterator[Finding]:
    """Look at the pages of what lies sealed beside the records; what is sealed stays so."""
    for series, name in _SEALED.items():
        path = folder / f"{series}.db"
        if path.exists():
            yield _sealed(path, series, name)


def _sealed(path: Path, series: str, name: str) -> Finding:
    again = "Stop the node and move the file away: a new one is made, and peers may have the rest"
    try:
        damaged = len(list(examine_pages(path, series)))
    except BadDatabase as fault:
        return Finding(name, "bad", f"{fault}. {again}")
    if damaged:
        return Finding(name, "bad", f"{path.name} is damaged in {damaged} places. {again}")
    return Finding(name, "well", f"{path.name} is whole; what lies in it is sealed")


def _private(folder: Path) -> list[Path]:
    return [folder, *_pages(folder), *(path for path in folder.rglob("*.key") if path.is_file())]


def _pages(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.page"))


def _is_page(path: Path) -> bool:
    try:
        KeyPage.open(path)
    except BadPage:
        return False
    return True


def _is_key(path: Path) -> bool:
    try:
        said = path.read_text("ascii")
        return len(said) == _KEY_DIGITS and bool(bytes.fromhex(said))
    except (OSError, ValueError):
        return False


def _is_locked(path: Path) -> bool:
    try:
        lock = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(lock)
    return False


def _owner() -> int:
    return os.geteuid()


def _short(paths: list[Path], folder: Path) -> str:
    names = [str(path.relative_to(folder.parent)) for path in paths[:3]]
    return ", ".join(names) + (f" and {len(paths) - 3} more" if len(paths) > len(names) else "")
