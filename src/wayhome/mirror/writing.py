"""Writing: a site into a folder; only what changed, and on from where it was broken off.

Files are not synced one by one: a power cut may spoil some, and the next run finds and mends them,
because it reads every file that it does not write.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files

from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.mirror.folder import JOURNAL, Folder
from wayhome.mirror.manifest import NAME, Manifest, is_path
from wayhome.web.mirror import Leaf, as_copy, leaves, moment_of_set
from wayhome.web.site import Site

Progress = Callable[[int, int], None]  # done, of how many files
_ID = slice(7, 71)  # where a line has its record's id


@dataclass(frozen=True, slots=True)
class Written:
    """What one run did."""

    manifest: Manifest
    written: int
    removed: int


def write_mirror(site: Site, folder: Folder, secret: SecretKey, progress: Progress) -> Written:
    """Bring a folder to what a site holds; the manifest is replaced last.

    Raises:
        MirrorFault: the folder holds something else, or a link stands in the way.
        OSError: the disk did not take it; run again, and it goes on from there.
    """
    at = moment_of_set(site)
    all_leaves = list(leaves(as_copy(site, at)))
    name = _name_of_set(all_leaves, at)
    node = keys.public_key(secret)
    with closing(_Work(folder, name, node)) as work:
        for done, leaf in enumerate(all_leaves):
            progress(done, len(all_leaves))
            work.bring(leaf)
        manifest = Manifest(node, at, program(), name, work.done)
        removed = work.finish(manifest.signed(secret))
    progress(len(all_leaves), len(all_leaves))
    return Written(manifest, work.written, removed)


@cache
def program() -> str:
    """Name the program as far as it decides how pages look: its version, templates and words."""
    total = sha256()
    for package, folder in (("wayhome.web", "templates"), ("wayhome.pages", "locale")):
        for file in sorted((files(package) / folder).iterdir(), key=lambda one: one.name):
            total.update(file.name.encode() + b"\0" + sha256(file.read_bytes()).digest())
    return f"{version('wayhome')}+{total.hexdigest()[:16]}"


class _Work:
    """One run over one folder."""

    def __init__(self, folder: Folder, name: str, node: str) -> None:
        self.done: dict[str, str] = {}
        self.written = 0
        self._folder = folder
        self._name = name
        old = folder.begin()
        self._old = dict(old.files) if old else {}
        begun = self._begun()
        # what somebody else listed is not signed unread: it may be a copy that was fetched
        own = self._old if old is not None and old.node == node else {}
        self._known = own | begun
        # drawn from this very set: whatever is whole on the disk need not be drawn again
        self._is_drawn = begun if old is None or old.set != name else self._known
        folder.sweep()
        self._journal = folder.place(JOURNAL).open("a" if begun else "w", encoding="ascii")
        if not begun:
            self._journal.write(f"{name}\n")
            self._journal.flush()

    def bring(self, leaf: Leaf) -> None:
        """Bring one file to what it should be, unless it is that already."""
        there = self._folder.sum(leaf.path)
        is_whole = there is not None and there == self._known.get(leaf.path)
        if is_whole and (leaf.path in self._is_drawn or self._holds(leaf)):
            self._note(leaf.path, there or "")
            return
        if leaf.ids is None:
            body = b"".join(leaf.chunks())
            if sha256(body).hexdigest() == there:
                self._note(leaf.path, there)
                return
            total = self._folder.write(leaf.path, (body,))
        else:
            total = self._folder.write(leaf.path, leaf.chunks())
        self.written += 1
        self._note(leaf.path, total)

    def finish(self, manifest: bytes) -> int:
        """Take away what is no longer part of it, and put the manifest in its place."""
        gone = [path for path in self._old | self._known if path not in self.done]
        for path in gone:
            self._folder.remove(path)
        self._folder.write(NAME, (manifest,), durably=True)
        self._folder.remove(JOURNAL)
        return len(gone)

    def close(self) -> None:
        """Give back the file of what is done."""
        self._journal.close()

    def _begun(self) -> dict[str, str]:
        """Give what a run for this same set had finished when it was broken off."""
        try:
            first, *rows = self._folder.read(JOURNAL).decode("ascii", "replace").splitlines()
        except (FileNotFoundError, ValueError):
            return {}
        if first != self._name:
            return {}
        pairs = (row.split("  ", 1) for row in rows if "  " in row)
        return {path: total for total, path in pairs if is_path(path)}

    def _holds(self, leaf: Leaf) -> bool:
        if leaf.ids is None:
            return False
        return _ids_in(self._folder.read(leaf.path)) == leaf.ids.hex().encode()

    def _note(self, path: str, total: str) -> None:
        self.done[path] = total
        self._journal.write(f"{total}  {path}\n")
        self._journal.flush()


def _ids_in(lines: bytes) -> bytes:
    """Give the ids of records that lie a line each; to cut out the lines would copy them all."""
    found, at, end = [], 0, len(lines)
    while at < end:
        found.append(lines[at + _ID.start : at + _ID.stop])
        at = lines.find(b"\n", at) + 1 or end
    return b"".join(found)


def _name_of_set(all_leaves: Sequence[Leaf], at: int) -> str:
    """Name all that decides the files: the records' ids, the node's own words, the program."""
    total = sha256(f"{program()}\n{at}\n".encode())
    for leaf in all_leaves:
        total.update(leaf.path.encode() + b"\0")
        if leaf.ids is not None:
            total.update(sha256(leaf.ids).digest())
        elif leaf.path == "site.json":
            total.update(b"".join(leaf.chunks()))
    return total.hexdigest()
