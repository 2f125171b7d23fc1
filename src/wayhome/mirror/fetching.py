"""Fetching: a mirror from another web space, file by file; only what is not here already."""

from collections.abc import Callable, Iterator

import httpx

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
        with _client() as http, http.stream("GET", f"{address}/{NAME}") as answer:
            if answer.status_code != httpx.codes.OK:
                return None
            raw = _limited(answer, limits.MANIFEST)
        Manifest.read(raw)
    except (httpx.HTTPError, httpx.InvalidURL):
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
        with _client() as http:
            for done, (path, total) in enumerate(manifest.files.items()):
                progress(done, len(manifest.files))
                if folder.sum(path) != total and not _fetch(http, address, path, total, folder):
                    other.append(path)
    except httpx.HTTPError as error:
        raise MirrorFault(f"{address} does not answer ({type(error).__name__})") from error
    for path in set(old.files if old else ()) - set(manifest.files):
        folder.remove(path)
    folder.write(NAME, (raw,), durably=True)
    folder.remove(JOURNAL)
    return other


def _fetch(http: httpx.Client, address: str, path: str, total: str, folder: Folder) -> bool:
    with http.stream("GET", f"{address}/{path}") as answer:
        if answer.status_code != httpx.codes.OK:
            return False
        return folder.write(path, _pieces(answer, limits.MIRROR_FILE)) == total


def _client() -> httpx.Client:
    return httpx.Client(timeout=60.0, trust_env=False)


def _pieces(answer: httpx.Response, most: int) -> Iterator[bytes]:
    size = 0
    for piece in answer.iter_bytes():
        size += len(piece)
        if size > most:
            raise MirrorFault("it sends more than any file of a mirror has")
        yield piece


def _limited(answer: httpx.Response, most: int) -> bytes:
    return b"".join(_pieces(answer, most))
