"""Checking: is a mirror whole, and does all of it follow from the records in it?

Four questions, each answered by names: the list and its sig; every file against the list; every
record alone, and every petition counted anew; every page drawn anew from the records.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from wayhome.codec import limits
from wayhome.mirror.folder import JOURNAL, Folder, MirrorFault
from wayhome.mirror.manifest import NAME, BadManifest, Manifest
from wayhome.mirror.writing import program
from wayhome.petition.listfile import ID_BYTES
from wayhome.petition.recount import recount
from wayhome.records.kind import KindBook
from wayhome.records.record import Record, read_line
from wayhome.records.refused import Refused
from wayhome.web import presented
from wayhome.web.mirror import as_copy, leaves
from wayhome.web.presented import BadPresented, Presented
from wayhome.web.site import Site

Progress = Callable[[str], None]  # told what is looked at
SAID = presented.NAME  # what a mirror says of itself
_RECORDS, _LISTS = "records/", "lists/"
_LIST_BYTES = ID_BYTES * limits.LIST_IDS
_NAMED = 1_000  # flawed lines of one file that are named
_PLAIN = (_RECORDS, _LISTS, "petition/")  # drawn by nobody


@dataclass(frozen=True, slots=True)
class Flaw:
    """One file that is not what it should be, and what is wrong with it."""

    path: str
    what: str


def read_manifest(folder: Folder) -> Manifest:
    """Read a mirror's list.

    Raises:
        MirrorFault: there is none, or its sig is not right: then nothing can be said of the rest.
    """
    try:
        return Manifest.read(folder.read(NAME))
    except FileNotFoundError as error:
        raise MirrorFault(f"{folder.root} has no {NAME}: it is no mirror") from error
    except BadManifest as error:
        raise MirrorFault(f"{NAME}: {error}") from error


def changed_files(folder: Folder, manifest: Manifest, progress: Progress) -> Iterator[Flaw]:
    """Name every file that is changed, missing, or not in the list."""
    for path, total in manifest.files.items():
        progress(path)
        try:
            found = folder.sum(path)
        except MirrorFault as fault:
            yield Flaw(path, str(fault))
            continue
        if found is None:
            yield Flaw(path, "missing")
        elif found != total:
            yield Flaw(path, "changed: its hash is not the one in the manifest")
    if folder.is_unfinished:
        yield Flaw(JOURNAL, "somebody is writing this copy, or was broken off: mirror it again")
    for path in sorted(folder.all()):
        if path not in manifest.files and path not in {NAME, JOURNAL}:
            yield Flaw(path, "not in the manifest: nobody answers for it")


class Records:
    """The records of a mirror, each checked alone as it is read; what is wrong is in `flaws`."""

    def __init__(self, folder: Folder, manifest: Manifest, book: KindBook) -> None:
        self.flaws: list[Flaw] = []
        self.number = 0
        self._folder = folder
        self._book = book
        self._paths = [path for path in manifest.files if path.startswith(_RECORDS)]

    def checked(self) -> Iterator[Record]:
        """Stream all that are good: id, sig and rule."""
        for path in self._paths:
            flawed = 0
            for number, line in enumerate(self._lines(path), 1):
                try:
                    record = read_line(line)
                    self._book.of(record).rule(record)
                except Refused as refused:
                    flawed += 1
                    self.flaws.append(Flaw(path, f"line {number}: {refused.reason}"))
                    if flawed == _NAMED:
                        self.flaws.append(Flaw(path, "so many flawed lines: the rest is not read"))
                        break
                    continue
                self.number += 1
                yield record

    def lines(self) -> Iterator[bytes]:
        """Stream all lines, as they are."""
        for path in self._paths:
            yield from self._lines(path)

    def _lines(self, path: str) -> Iterator[bytes]:
        # what cannot be read is named as missing already
        with suppress(OSError, MirrorFault):
            yield from self._folder.lines(path)


class _Lists(Mapping[str, bytes]):
    """List files by their sum, each read when it is asked for: together they may be gigabytes."""

    def __init__(self, folder: Folder, sums: Collection[str]) -> None:
        self._folder = folder
        self._sums = frozenset(sums)

    def __getitem__(self, name: str) -> bytes:
        if name not in self._sums:
            raise KeyError(name)
        return self._folder.read(f"{_LISTS}{name}", _LIST_BYTES)

    def __iter__(self) -> Iterator[str]:
        return iter(self._sums)

    def __len__(self) -> int:
        return len(self._sums)


def list_files(folder: Folder, manifest: Manifest) -> Mapping[str, bytes]:
    """Give the list files of a mirror that are what their names say."""
    sums = [path.removeprefix(_LISTS) for path in manifest.files if path.startswith(_LISTS)]
    return _Lists(folder, [one for one in sums if folder.sum(f"{_LISTS}{one}") == one])


def said_of_itself(folder: Folder) -> Presented:
    """Read how a mirror's node presents itself.

    Raises:
        MirrorFault: it does not say it.
    """
    try:
        return presented.read_presented(folder.read(presented.NAME, limits.PRESENTED))
    except (OSError, BadPresented) as error:
        raise MirrorFault(f"{presented.NAME}: {error}") from error


def unfounded_files(manifest: Manifest, site: Site, progress: Progress) -> Iterator[Flaw]:
    """Name every listed file that does not follow from the records.

    ``site`` is made of them alone. What another version of the program drew is left out.
    """
    drawn = set()
    is_alike = is_drawn_alike(manifest)
    for leaf in leaves(as_copy(site, manifest.at)):
        progress(leaf.path)
        drawn.add(leaf.path)
        if not (is_alike or leaf.path.startswith(_PLAIN)):
            continue
        if leaf.path not in manifest.files:
            yield Flaw(leaf.path, "missing: the records call for it")
            continue
        total = sha256()
        for chunk in leaf.chunks():
            total.update(chunk)
        if total.hexdigest() != manifest.files[leaf.path]:
            yield Flaw(leaf.path, "does not follow from the records in this copy")
    for path in sorted(set(manifest.files) - drawn if is_alike else ()):
        yield Flaw(path, "nothing in the records calls for it")


def wrong_counts(
    folder: Folder, records: Records, site: Site, progress: Progress
) -> Iterator[Flaw]:
    """Count every petition anew, every stamp verified, and name the counts that differ."""
    listed = set(folder.all())
    for record, _ in site.petitions():
        path = f"petition/{record.id}/tally.json"
        progress(path)
        try:
            anew = recount(record.id, records.lines, site.list_files())
        except Refused as refused:
            yield Flaw(path, str(refused))
            continue
        if path in listed and folder.sum(path) != sha256(anew.json).hexdigest():
            yield Flaw(path, f"its count is not that of the records, which is {anew.counted}")


def is_drawn_alike(manifest: Manifest) -> bool:
    """Tell whether this program draws pages as the one that wrote the mirror did."""
    return manifest.program == program()
