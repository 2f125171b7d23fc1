"""The machine under a folder: room on the disk, the file system, swap, core files."""

import resource
import shutil
from pathlib import Path

from markupsafe import Markup

from wayhome.doctor.finding import Finding, found
from wayhome.pages.words import Words

MEBIBYTE = 1 << 20
_ROOM_LEAST = 100 * MEBIBYTE  # under this a window's release may not fit any more
_ROOM_WANTED = 1024 * MEBIBYTE  # a million signatures are 1.3 GiB
_TRIED = ("ext4", "xfs")  # an overwritten key page was gone from the raw disk
_KEEPS_OLD = ("btrfs", "zfs", "bcachefs", "f2fs", "nilfs2")
_FAR = ("nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "fuse.sshfs", "fuse.glusterfs")
_MEMORY = ("tmpfs", "ramfs")
_MOUNTS = Path("/proc/self/mountinfo")
_SWAPS = Path("/proc/swaps")
_PATTERN = Path("/proc/sys/kernel/core_pattern")


def look_at_machine(folder: Path, words: Words) -> list[Finding]:
    """Look at all of it; what this system does not tell is said to be not looked at."""
    return [
        room(shutil.disk_usage(folder).free, _bytes_in(folder), words),
        file_system(folder.resolve(), _told(_MOUNTS), words),
        swap(_told(_SWAPS), words),
        core_files(resource.getrlimit(resource.RLIMIT_CORE)[0], _told(_PATTERN), words),
    ]


def room(free: int, used: int, words: Words) -> Finding:
    """Judge the room on the disk; a backup, or a database's upgrade, needs as much again."""
    sizes = {"free": words.number(free // MEBIBYTE), "used": words.number(used // MEBIBYTE)}
    so = words.say("%(free)s MiB are free; the folder has %(used)s MiB", **sizes)
    if free < _ROOM_LEAST:
        return found("disk", "bad", so, words.say("Make room: a full disk takes no signatures"))
    if free < max(_ROOM_WANTED, used):
        return found("disk", "warning", so, words.say("Make room before it is full"))
    return found("disk", "well", so)


def file_system(folder: Path, mounts: str, words: Words) -> Finding:
    """Judge what an erased key page leaves on a disk, and whether a commit is durable there."""
    name, say = "file system", words.say
    kind, options = _mounted(folder, mounts)
    if not kind:
        return found(name, "not looked at", say("this system does not say what it is"))
    if kind in _KEEPS_OLD or (kind == "ext4" and "data=journal" in options):
        kind = "ext4, data=journal" if kind == "ext4" else kind
        so = say("%(kind)s keeps old blocks: an erased key page may stay on the disk", kind=kind)
        return found(name, "warning", so, say("Use ext4 or xfs"))
    if kind in _FAR:
        so = say("%(kind)s is a disk elsewhere: commits may be lost and locks may fail", kind=kind)
        return found(name, "bad", so, say("Use a disk of this machine"))
    if kind in _MEMORY:
        so = say("%(kind)s is memory: gone when the machine stops", kind=kind)
        return found(name, "warning", so)
    if kind in _TRIED:
        return found(name, "well", Markup.escape(kind))
    so = say("%(kind)s was not tried: what it keeps of an erased key page is not known", kind=kind)
    return found(name, "warning", so)


def swap(swaps: str, words: Words) -> Finding:
    """Judge whether keys in memory may be written to a disk."""
    if not swaps:
        so = words.say("this system does not say whether it swaps")
        return found("swap", "not looked at", so)
    on = [line.split()[0] for line in swaps.splitlines()[1:] if line.strip()]
    if not on:
        return found("swap", "well", words.say("off"))
    so = words.say("%(disks)s is on: keys in memory may be written to it", disks=", ".join(on))
    todo = words.say("swapoff, or MemorySwapMax=0 as in deploy/")
    return found("swap", "warning", so, todo)


def core_files(limit: int, pattern: str, words: Words) -> Finding:
    """Judge whether a crash would write all memory, with its keys, to a file."""
    piped = pattern.strip().startswith("|")  # the kernel pipes whatever the limit says
    if limit == 0 and not piped:
        return found("core files", "well", words.say("off"))
    so = (
        words.say("a program keeps core files: a crash would write keys to the disk")
        if piped
        else words.say("core files are on: a crash would write keys to the disk")
    )
    return found("core files", "warning", so, words.say("LimitCORE=0 as in deploy/"))


def _mounted(folder: Path, mounts: str) -> tuple[str, str]:
    """Give type and options of the file system that a folder lies on."""
    best: tuple[int, str, str] = (-1, "", "")
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        at = left.split()[4].encode().decode("unicode_escape")  # spaces are written \040
        kind, _, options = right.split(maxsplit=2)
        if folder.is_relative_to(at) and len(at) >= best[0]:  # a later mount hides an earlier one
            best = (len(at), kind, options)
    return best[1], best[2]


def _bytes_in(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def _told(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError:  # not a Linux, or not allowed: said to be not looked at
        return ""
