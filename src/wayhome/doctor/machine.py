"""The machine under a folder: room on the disk, the file system, swap, core files."""

import resource
import shutil
from pathlib import Path

from wayhome.doctor.finding import Finding

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


def look_at_machine(folder: Path) -> list[Finding]:
    """Look at all of it; what this system does not tell is said to be not looked at."""
    return [
        room(shutil.disk_usage(folder).free, _bytes_in(folder)),
        file_system(folder.resolve(), _told(_MOUNTS)),
        swap(_told(_SWAPS)),
        core_files(resource.getrlimit(resource.RLIMIT_CORE)[0], _told(_PATTERN)),
    ]


def room(free: int, used: int) -> Finding:
    """Judge the room on the disk; a backup, or a database's upgrade, needs as much again."""
    words = f"{free // MEBIBYTE} MiB are free; the folder has {used // MEBIBYTE} MiB"
    if free < _ROOM_LEAST:
        return Finding("disk", "bad", f"{words}. Make room: a full disk takes no signatures")
    if free < max(_ROOM_WANTED, used):
        return Finding("disk", "warning", f"{words}. Make room before it is full")
    return Finding("disk", "well", words)


def file_system(folder: Path, mounts: str) -> Finding:
    """Judge what an erased key page leaves on a disk, and whether a commit is durable there."""
    kind, options = _mounted(folder, mounts)
    if not kind:
        return Finding("file system", "not looked at", "this system does not say what it is")
    if kind in _KEEPS_OLD or (kind == "ext4" and "data=journal" in options):
        name = "ext4 with data=journal" if kind == "ext4" else kind
        words = f"{name} keeps old blocks: an erased key page may stay on the disk. Use ext4 or xfs"
        return Finding("file system", "warning", words)
    if kind in _FAR:
        words = f"{kind} is a disk elsewhere: commits may be lost and locks may not hold there"
        return Finding("file system", "bad", f"{words}. Use a disk of this machine")
    if kind in _MEMORY:
        return Finding("file system", "warning", f"{kind} is memory: gone when the machine stops")
    if kind in _TRIED:
        return Finding("file system", "well", kind)
    words = f"{kind} was not tried: what it keeps of an erased key page is not known"
    return Finding("file system", "warning", words)


def swap(swaps: str) -> Finding:
    """Judge whether keys in memory may be written to a disk."""
    if not swaps:
        return Finding("swap", "not looked at", "this system does not say whether it swaps")
    on = [line.split()[0] for line in swaps.splitlines()[1:] if line.strip()]
    if not on:
        return Finding("swap", "well", "off")
    words = "on: keys in memory may be written to it. swapoff, or MemorySwapMax=0 as in deploy/"
    return Finding("swap", "warning", f"{', '.join(on)} is {words}")


def core_files(limit: int, pattern: str) -> Finding:
    """Judge whether a crash would write all memory, with its keys, to a file."""
    piped = pattern.strip().startswith("|")  # the kernel pipes whatever the limit says
    if limit == 0 and not piped:
        return Finding("core files", "well", "off")
    what = "go to a program that keeps them" if piped else "are on"
    words = f"core files {what}: a crash would write keys to the disk. LimitCORE=0 as in deploy/"
    return Finding("core files", "warning", words)


def _mounted(folder: Path, mounts: str) -> tuple[str, str]:
    """Give type and options of the file system that a folder lies on."""
    found: tuple[int, str, str] = (-1, "", "")
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        at = left.split()[4].encode().decode("unicode_escape")  # spaces are written \040
        kind, _, options = right.split(maxsplit=2)
        if folder.is_relative_to(at) and len(at) >= found[0]:  # a later mount hides an earlier one
            found = (len(at), kind, options)
    return found[1], found[2]


def _bytes_in(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def _told(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError:  # not a Linux, or not allowed: said to be not looked at
        return ""
