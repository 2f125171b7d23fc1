"""Fetching: a mirror from another web space, file by file; only what is not here already."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain

import httpx

from wayhome import outward
from wayhome.codec import limits
from wayhome.mirror.folder import JOURNAL, Folder, MirrorFault
from wayhome.mirror.manifest import NAME, BadManifest, Manifest

Progress = Callable[[int, int], None]  # done, of how many files


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a mirror may have in all, and what it leaves of the disk: its list tells no sizes."""

    files: int = limits.MIRROR_FILES
    size: int = limits.MIRROR_BYTES
    left: int = limits.MIRROR_LEFT


_BOUNDS = Bounds()


def manifest_at(address: str) -> bytes | None:
    """Give the manifest of an address, None where no mirror is, or nobody answers.

    Raises:
        MirrorFault: it has a manifest that is none.
    """
    try:
        raw = outward.read(f"{address}/{NAME}", limits.MANIFEST)
        Manifest.read(raw)
    except outward.NoAnswer:
        return None
    except BadManifest as error:
        raise MirrorFault(f"{address}/{NAME}: {error}") from error
    return raw


def fetch_mirror(
    address: str, raw: bytes, folder: Folder, progress: Progress, bounds: Bounds = _BOUNDS
) -> list[str]:
    """Fetch what the manifest ``raw`` lists; give the paths of what did not come as listed.

    What came otherwise is in its place all the same: `checking` names it there.

    Raises:
        MirrorFault: the address no longer answers, the folder holds something else, or the mirror
            is over its bounds.
    """
    manifest = Manifest.read(raw)
    if len(manifest.files) > bounds.files:
        raise MirrorFault(f"{address} lists more than {bounds.files} files; nothing was fetched")
    old = folder.begin()
    folder.write(JOURNAL, (f"{manifest.set}\n".encode(),))
    other: list[str] = []
    room = outward.Room(address, folder.root, bounds.size, bounds.left)
    load = _Load(address, folder, room)
    try:
        with outward.calling(address) as http:
            for done, (path, total) in enumerate(manifest.files.items()):
                progress(done, len(manifest.files))
                if folder.sum(path) == total:
                    room.add(folder.place(path).stat().st_size)
                elif not load.fetch(http, path, total):
                    other.append(path)
    except outward.NoAnswer as fault:
        raise MirrorFault(str(fault)) from fault
    for path in set(old.files if old else ()) - set(manifest.files):
        folder.remove(path)
    folder.write(NAME, (raw,), durably=True)
    folder.remove(JOURNAL)
    return other


class _Load:
    """What comes from an address, counted as it comes."""

    def __init__(self, address: str, folder: Folder, room: outward.Room) -> None:
        self._address = address
        self._folder = folder
        self._room = room

    def fetch(self, http: httpx.Client, path: str, total: str) -> bool:
        """Fetch a file into its place; tell whether it came as listed."""
        try:
            pieces = self._room.counted(
                outward.pieces(http, f"{self._address}/{path}", limits.MIRROR_FILE)
            )
            first = next(pieces, b"")  # what is not there leaves nothing here
            return self._folder.write(path, chain((first,), pieces)) == total
        except outward.NoAnswer as fault:
            if fault.status in {httpx.codes.OK, 0}:
                raise
            return False
