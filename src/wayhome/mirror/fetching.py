"""Fetching: a mirror from another web space, file by file; only what is not here already."""

from collections.abc import Callable
from itertools import chain

import httpx

from wayhome import outward
from wayhome.codec import limits
from wayhome.mirror.folder import JOURNAL, Folder, MirrorFault
from wayhome.mirror.manifest import NAME, BadManifest, Manifest

Progress = Callable[[int, int], None]  # done, of how many files


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


def fetch_mirror(address: str, raw: bytes, folder: Folder, progress: Progress) -> list[str]:
    """Fetch what the manifest ``raw`` lists; give the paths of what did not come as listed.

    What came otherwise is in its place all the same: `checking` names it there.

    Raises:
        MirrorFault: the address no longer answers, or the folder holds something else.
    """
    manifest = Manifest.read(raw)
    folder.root.mkdir(parents=True, exist_ok=True)
    old = folder.manifest()
    if old is None and not folder.is_unfinished and any(folder.root.iterdir()):
        raise MirrorFault(f"{folder.root} is not empty and no mirror; nothing in it was touched")
    folder.write(JOURNAL, (f"{manifest.set}\n".encode(),))
    other: list[str] = []
    try:
        with outward.calling(address) as http:
            for done, (path, total) in enumerate(manifest.files.items()):
                progress(done, len(manifest.files))
                if folder.sum(path) != total and not _fetch(http, address, path, total, folder):
                    other.append(path)
    except outward.NoAnswer as fault:
        raise MirrorFault(str(fault)) from fault
    for path in set(old.files if old else ()) - set(manifest.files):
        folder.remove(path)
    folder.write(NAME, (raw,), durably=True)
    folder.remove(JOURNAL)
    return other


def _fetch(http: httpx.Client, address: str, path: str, total: str, folder: Folder) -> bool:
    try:
        pieces = outward.pieces(http, f"{address}/{path}", limits.MIRROR_FILE)
        first = next(pieces, b"")  # what is not there leaves nothing here
        return folder.write(path, chain((first,), pieces)) == total
    except outward.NoAnswer as fault:
        if fault.status in {httpx.codes.OK, 0}:
            raise
        return False
