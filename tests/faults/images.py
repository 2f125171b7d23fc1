"""Grounds: where a test's files lie, and every byte that whoever takes it away finds there."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

MISSING = "mkfs.ext4 is not here: install e2fsprogs"
SIZE = 32 * 1024 * 1024  # bytes of an image
SHORT = 8  # bytes: what is shorter stands somewhere in keys and sealed texts by chance
ENOUGH = 4  # of those: by chance, once in a hundred million runs; of two it was once in 100,000


def found_in(files: Mapping[str, bytes], needles: Iterable[bytes]) -> list[tuple[str, bytes]]:
    """Give which of these are in which files.

    A short one is there by chance once in some hundred runs: such ones count only where there are
    enough of them, as there are once somebody writes down what he should not.
    """
    found = [(name, one) for one in needles for name, raw in files.items() if one in raw]
    if len({one for _, one in found if len(one) < SHORT}) < ENOUGH:
        return [(name, one) for name, one in found if len(one) >= SHORT]
    return found


class Folder:
    """A folder: every file of it by its name. What was deleted is not seen."""

    def __init__(self, under: Path) -> None:
        self.under = under

    def raw(self) -> dict[str, bytes]:
        found = [path for path in self.under.rglob("*") if path.is_file()]
        return {str(path.relative_to(self.under)): path.read_bytes() for path in found}


class Image(Folder):
    """A disk of its own in a file: its raw bytes, with what was deleted and never written over."""

    def __init__(self, under: Path, file: Path) -> None:
        super().__init__(under)
        self._file = file

    def raw(self) -> dict[str, bytes]:
        subprocess.run(["sync", "--file-system", str(self.under)], check=True)
        # most of a new disk is nothing, and looking through nothing takes long
        written = filter(None, self._file.read_bytes().split(bytes(4_096)))
        return {**super().raw(), "image": bytes(64).join(written)}


@cache
def why_not() -> str:
    """Say why no image can be mounted on this machine; empty where one can."""
    if shutil.which("mkfs.ext4") is None:
        return MISSING
    with TemporaryDirectory() as at:
        try:
            with _mounted(Path(at)):
                return ""
        except OSError as error:
            return str(error)
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode(errors="replace").strip().splitlines()
            return said[-1] if said else str(error)


@contextmanager
def imaged(at: Path) -> Iterator[Folder]:
    """Make and mount an image; give a folder where that is not allowed, and say so at the end.

    The test is skipped then, after all that it could look at was looked at; where only a program
    lacks, which CI's machine is to have, it is red there.
    """
    if not why_not():
        with _mounted(at) as image:
            yield image
        return
    (at / "ground").mkdir()
    yield Folder(at / "ground")
    say = pytest.fail if os.environ.get("CI") and why_not() == MISSING else pytest.skip
    say(f"the files were searched, the raw disk was not: no image can be mounted ({why_not()})")


@contextmanager
def _mounted(at: Path) -> Iterator[Image]:
    file, under = at / "disk.img", at / "disk"
    under.mkdir()
    with file.open("wb") as made:
        made.truncate(SIZE)
    for command in (["mkfs.ext4", "-q", "-F"], ["mount", "-o", "loop"]):
        place = [str(file)] if command[0] == "mkfs.ext4" else [str(file), str(under)]
        subprocess.run([*command, *place], check=True, capture_output=True)
    try:
        yield Image(under, file)
    finally:
        subprocess.run(["umount", "--lazy", str(under)], check=True)
