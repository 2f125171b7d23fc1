"""Power cut: what a disk may hold after one, worked out from what a program asked of it.

strace writes down every change a program makes to the files of a folder. What was written and
synced is on the disk; of what was written and not yet synced nothing, all or any part may be,
in any order, cut at sectors; a file that was removed may be back until its folder was synced.
"""

import random
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

_SECTOR = 512
_CALL = re.compile(
    r'(?:\d+ +)?(\w+)\((?:(\d+)<(.*?)>|"(.*?)")(?:, "(.*?)")?(?:, (\d+))?(?:, (\d+))?\) += \d+'
)
_CALLS = {
    "pwrite64": "write",
    "ftruncate": "cut",
    "unlink": "gone",
    "fsync": "sync",
    "fdatasync": "sync",
}


@dataclass(frozen=True)
class Change:
    """One thing that was asked of the disk: write, cut, sync, gone, or folder (was synced)."""

    what: str
    name: str
    at: int = 0
    written: bytes = b""


@dataclass
class Recording:
    """All changes in order, and each line the program printed with how many came before it."""

    changes: list[Change] = field(default_factory=list)
    printed: list[tuple[int, str]] = field(default_factory=list)


def record(command: list[str], home: Path, trace: Path) -> Recording:
    """Run a program whose files are in ``home``; it prints one line at a time."""
    calls = ",".join(("write", *_CALLS))
    strace = ["strace", "-f", "-y", "-xx", "-s", "999999", "-o", str(trace), "-e", f"trace={calls}"]
    subprocess.run([*strace, *command], check=True, stdout=subprocess.DEVNULL)
    found = Recording()
    with trace.open(encoding="ascii") as lines:
        for match in map(_CALL.match, lines):
            if match:
                _note(found, match, str(home))
    return found


def disk_after(changes: list[Change], rng: random.Random) -> dict[str, bytes]:
    """Give the files as they may be when the power goes after these changes."""
    disk = _Disk()
    for change in changes:
        disk.take(change)
    for name, loose in disk.loose.items():
        kept = rng.choice([[], loose, rng.sample(loose, rng.randint(0, len(loose)))])
        if kept and name not in disk.ghosts:
            body = disk.safe.setdefault(name, bytearray())
            for change in kept:
                _play(body, _torn(change, rng))
    back = {name: body for name, body in disk.ghosts.items() if rng.randint(0, 1)}
    return {name: bytes(body) for name, body in (back | disk.safe).items()}


class _Disk:
    def __init__(self) -> None:
        self.safe: dict[str, bytearray] = {}
        self.loose: dict[str, list[Change]] = {}
        self.ghosts: dict[str, bytearray] = {}

    def take(self, change: Change) -> None:
        name = change.name
        if change.what == "sync":
            body = self.safe.setdefault(name, bytearray())
            for written in self.loose.pop(name, []):
                _play(body, written)
            self.ghosts.pop(name, None)
        elif change.what == "folder":
            self.ghosts.clear()
        elif change.what == "gone":
            self.loose.pop(name, None)
            if name in self.safe:
                self.ghosts[name] = self.safe.pop(name)
        else:
            self.loose.setdefault(name, []).append(change)


def _play(body: bytearray, change: Change) -> None:
    if change.what == "cut":
        del body[change.at :]
    else:
        body.extend(bytes(max(0, change.at - len(body))))
        body[change.at : change.at + len(change.written)] = change.written


def _torn(change: Change, rng: random.Random) -> Change:
    if rng.randrange(5) or change.what == "cut":
        return change
    sectors = rng.randint(0, len(change.written) // _SECTOR)
    return Change(change.what, change.name, change.at, change.written[: sectors * _SECTOR])


def _note(found: Recording, match: re.Match[str], home: str) -> None:
    call, descriptor, of, path, written, first, second = match.groups()
    name = _plain(of or path).decode()
    if call == "write":
        if descriptor == "1":
            text = _plain(written).decode()
            found.printed += [(len(found.changes), line) for line in text.split("\n") if line]
    elif name == home:
        found.changes.append(Change("folder", name))
    elif name.startswith(home) and not name.endswith("-shm"):
        at = int(second or first or 0)
        found.changes.append(Change(_CALLS[call], Path(name).name, at, _plain(written)))


def _plain(text: str | None) -> bytes:
    return bytes.fromhex((text or "").replace("\\x", ""))
