"""Folder: a mirror's files on this disk; the one place where a name becomes a path."""

import os
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from wayhome.codec import limits
from wayhome.journal.lines import lines_in
from wayhome.mirror.manifest import NAME, BadManifest, Manifest, is_path

_PIECE = 1 << 20
_PART = ".part"  # of a file that is being written
JOURNAL = "manifest.part"  # what is done of a mirror that is being written


class MirrorFault(Exception):  # noqa: N818 - told to the person in words
    """A folder cannot be written or read as a mirror; the message says why."""


class Folder:
    """One mirror. Nothing outside it is ever read or written, whatever names and links say."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def is_unfinished(self) -> bool:
        """Tell whether somebody is writing it, or was broken off."""
        return (self.root / JOURNAL).exists()

    def manifest(self) -> Manifest | None:
        """Give its list of files, None where it has no good one."""
        try:
            return Manifest.read(self.read(NAME))
        except (FileNotFoundError, BadManifest):
            return None

    def begin(self) -> Manifest | None:
        """Make the folder where there is none, and give its list of files.

        Raises:
            MirrorFault: something else is in it.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        listed = self.manifest()
        if listed is None and not self.is_unfinished and any(self.root.iterdir()):
            raise MirrorFault(f"{self.root} is not empty and no mirror; nothing in it was touched")
        return listed

    def place(self, path: str) -> Path:
        """Give where a file of the mirror lies.

        Raises:
            MirrorFault: the name is no file's of a mirror, or a link stands in its way.
        """
        if not (is_path(path) or path in {NAME, JOURNAL}):
            raise MirrorFault(f"{path[:200]!r} is no name of a mirror's file")
        found = self.root
        for part in path.split("/"):
            found /= part
            if found.is_symlink():
                raise MirrorFault(f"{path} is a link, or lies behind one")
        return found

    def read(self, path: str, most: int = limits.MIRROR_FILE) -> bytes:
        """Give a whole file.

        Raises:
            MirrorFault: it has more bytes than any of its sort.
        """
        place = self.place(path)
        if place.stat().st_size > most:
            raise MirrorFault(f"{path} has more than {most} bytes: larger than any of its sort")
        return place.read_bytes()

    def lines(self, path: str) -> Iterator[bytes]:
        """Stream the lines of a file; one that is too long for a record comes in pieces."""
        with self.place(path).open("rb") as file:
            yield from lines_in(file)

    def pieces(self, path: str) -> Iterator[bytes]:
        """Stream a file."""
        with self.place(path).open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece

    def sum(self, path: str) -> str | None:
        """Give the SHA-256 of a file, None where there is none."""
        total = sha256()
        try:
            for piece in self.pieces(path):
                total.update(piece)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        return total.hexdigest()

    def write(self, path: str, chunks: Iterable[bytes], *, durably: bool = False) -> str:
        """Put a file in its place, whole or not at all; give its SHA-256."""
        place = self.place(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(place.name + _PART)
        part.unlink(missing_ok=True)
        total = sha256()
        with part.open("xb") as file:
            for chunk in chunks:
                total.update(chunk)
                file.write(chunk)
            if durably:
                file.flush()
                os.fsync(file.fileno())
        part.replace(place)
        return total.hexdigest()

    def remove(self, path: str) -> None:
        """Take a file away, and the folders that it leaves empty."""
        place = self.place(path)
        place.unlink(missing_ok=True)
        for folder in place.parents:
            if folder == self.root or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()

    def sweep(self) -> None:
        """Take away what a killed writer left half done."""
        for path in [one for one in self.all() if one.endswith(_PART)]:
            if path != JOURNAL:
                (self.root / path).unlink(missing_ok=True)

    def all(self) -> Iterator[str]:
        """Give the path of everything that lies in it; a link is not followed."""
        for folder, _, names in os.walk(self.root):
            for name in names:
                yield (Path(folder) / name).relative_to(self.root).as_posix()
        # a link to a folder is listed among folders, and is none of ours
        for folder, folders, _ in os.walk(self.root):
            for name in folders:
                if (Path(folder) / name).is_symlink():
                    yield (Path(folder) / name).relative_to(self.root).as_posix()
