"""The folder of a node or a desk: who may read it, its keys, its records."""

import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from markupsafe import Markup

from wayhome.crypto.keypage import BadPage, KeyPage
from wayhome.doctor.finding import Finding, found
from wayhome.pages.words import Words
from wayhome.store.beside import FactsOf, examine, examine_attachments, examine_pages
from wayhome.store.migrate import BadDatabase

_NAMED = 20  # damaged records or attachments that are named; the rest is counted
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_KEY_DIGITS = 64


def is_running(folder: Path) -> bool:
    """Tell whether a node, or a stamping desk, runs on a folder."""
    return any(_is_locked(folder / name) for name in ("lock", "book.lock"))


def look_at_folder(folder: Path, words: Words) -> list[Finding]:
    """Look at permissions and keys."""
    return [permissions(folder, words), *keys(folder, words)]


def permissions(folder: Path, words: Words) -> Finding:
    """Judge who else on this machine may read or change what is here."""
    name, say = "permissions", words.say
    open_to_others = [path for path in _private(folder) if path.lstat().st_mode & _OTHERS]
    strange = [path for path in (folder, *folder.rglob("*")) if path.lstat().st_uid != _owner()]
    if strange:
        files = _short(strange, folder, words)
        so = say("of another user than the one who asks: %(files)s", files=files)
        return found(name, "bad", so, say("chown, or ask as the user who runs it"))
    if open_to_others:
        so = say("others may read %(files)s", files=_short(open_to_others, folder, words))
        return found(name, "bad", so, say("chmod 700 the folder, 600 the keys"))
    return found(name, "well", say("for its owner alone"))


def keys(folder: Path, words: Words) -> Iterator[Finding]:
    """Judge every file of keys; nothing of a key is said."""
    say, key = words.say, folder / "node.key"
    if (folder / "records.db").exists() and not key.exists():
        so = say("node.key is missing: a new one is made at the start, and charters must name it")
        yield found("keys", "bad", so)
    bad = [path for path in _pages(folder) if not _is_page(path)]
    bad += [key] if key.exists() and not _is_key(key) else []
    if bad:
        files = _short(bad, folder, words)
        so = say("%(files)s cannot be read as keys: what they sealed is lost", files=files)
        yield found("keys", "bad", so)
    elif key.exists() or any(_pages(folder)):
        number = len(_pages(folder)) + key.exists()
        so = words.say_many(
            "%(num)s file, as it should be", "%(num)s files, as they should", number
        )
        yield found("keys", "well", so)


def look_at_records(
    folder: Path, facts_of: FactsOf, told: Callable[[], None], words: Words
) -> list[Finding]:
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
        return [found("records", "bad", Markup.escape(fault))]
    number = words.number(count)
    if not damaged:
        return [found("records", "well", words.say("%(num)s, each verified", num=number))]
    names = list(dict.fromkeys(f"{one.where} {one.record_id}".strip() for one in damaged))
    so = words.say(
        "of %(num)s records %(bad)s are damaged: %(names)s",
        num=number,
        bad=words.number(len(names)),
        names=_some(names, words),
    )
    todo = words.say(
        "They are not given out. wayhome export takes out what is whole, wayhome import brings it"
        " into a new folder, and peers have the rest"
    )
    return [found("records", "bad", so, todo)]


def look_at_held(folder: Path, words: Words) -> Iterator[Finding]:
    """Look at the pages of the file of what is held; what is sealed in it stays so."""
    path = folder / "held.db"
    if not path.exists():
        return
    try:
        damaged = len(list(examine_pages(path, "held")))
    except BadDatabase as fault:
        yield _cannot_start("held", fault, words)
        return
    if damaged:
        yield _in_places("held", path, damaged, words)
    else:
        so = words.say("%(file)s is whole; what lies in it is sealed", file=path.name)
        yield found("held", "well", so)


def look_at_attachments(folder: Path, told: Callable[[], None], words: Words) -> Iterator[Finding]:
    """Hash every chunk of every attachment, and name those with one that is not as it came."""
    path = folder / "blobs.db"
    if not path.exists():
        return
    count = 0

    def tell() -> None:
        nonlocal count
        count += 1
        told()

    name = "attachments"
    try:
        damaged = list(examine_attachments(path, tell))
    except BadDatabase as fault:
        yield _cannot_start(name, fault, words)
        return
    spoilt = list(dict.fromkeys(one.record_id for one in damaged if one.record_id))
    if any(one.where == "file" for one in damaged):
        yield _in_places(name, path, len(damaged), words)
    elif spoilt:
        so = words.say(
            "of %(num)s chunks %(bad)s are damaged, in: %(names)s",
            num=words.number(count),
            bad=words.number(len(damaged)),
            names=_some(spoilt, words),
        )
        todo = words.say(
            "They are not given out. The node takes each from a peer once more when it is asked for"
        )
        yield found(name, "bad", so, todo)
    else:
        so = words.say("chunks: %(num)s, each as it came", num=words.number(count))
        yield found(name, "well", so)


def _cannot_start(name: str, fault: BadDatabase, words: Words) -> Finding:
    return found(name, "bad", Markup.escape(fault), _again(words))


def _in_places(name: str, path: Path, number: int, words: Words) -> Finding:
    so = words.say("%(file)s is damaged; places: %(num)s", file=path.name, num=number)
    return found(name, "bad", so, _again(words))


def _again(words: Words) -> Markup:
    return words.say(
        "Stop the node and move the file away: a new one is made, and peers may have the rest"
    )


def _some(names: list[str], words: Words) -> str:
    """Name the first of many."""
    return _listed(names[:_NAMED], len(names), words)


def _listed(names: list[str], number: int, words: Words) -> str:
    more = number - len(names)
    rest = words.say("and %(num)s more", num=words.number(more)).unescape()
    return ", ".join(names) + (f" {rest}" if more else "")


def _private(folder: Path) -> list[Path]:
    return [folder, *_pages(folder), *(path for path in folder.rglob("*.key") if path.is_file())]


def _pages(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.page"))


def _is_page(path: Path) -> bool:
    try:
        KeyPage.open(path)
    except (BadPage, OSError):
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


def _short(paths: list[Path], folder: Path, words: Words) -> str:
    names = [str(path.relative_to(folder.parent)) for path in paths[:3]]
    return _listed(names, len(paths), words)
