"""Disks that are full or broken, and the way back."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from faults.processes import Process

MOUNT = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs"]


class PageLimit:
    """A limit to the pages of the databases; for whoever may not mount a disk."""

    under: Path | None = None

    def fill(self, process: Process) -> None:
        process.signal(signal.SIGUSR1)

    def give_room(self, process: Process) -> None:
        process.signal(signal.SIGUSR2)


class SmallDisk:
    """A disk of its own, filled to the last byte by a file beside."""

    def __init__(self, under: Path) -> None:
        self.under = under
        self._ballast = under / "ballast"

    def fill(self, _: Process) -> None:
        with self._ballast.open("wb", buffering=0) as ballast:
            for size in (1 << 16, 1):
                with pytest.raises(OSError, match="No space left"):  # noqa: PT012 - until then
                    while True:
                        os.write(ballast.fileno(), bytes(size))

    def give_room(self, _: Process) -> None:
        self._ballast.unlink()


@cache
def is_mountable() -> bool:
    """Tell whether this user may mount a disk on this machine."""
    with TemporaryDirectory() as at:
        done = subprocess.run([*MOUNT, at], check=False, capture_output=True)
        if done.returncode == 0:
            subprocess.run(["umount", at], check=True)
        return done.returncode == 0


@contextmanager
def mounted(at: Path) -> Iterator[SmallDisk]:
    """Mount a small disk; skips the test where that is not allowed."""
    if not is_mountable():
        pytest.skip("no disk can be mounted here")
    at.mkdir()
    subprocess.run([*MOUNT, str(at)], check=True)
    try:
        yield SmallDisk(at)
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=True)
