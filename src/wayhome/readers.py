"""Readers: a site that is only read: of a node's folder, of records from anywhere, of a mirror."""

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from wayhome.journal.fold import Fold
from wayhome.lists import ListFolder
from wayhome.mirror import checking
from wayhome.mirror.checking import Flaw, Progress, Records
from wayhome.mirror.folder import Folder
from wayhome.mirror.manifest import Manifest
from wayhome.node import BOOK, NodeParts
from wayhome.records.record import Record
from wayhome.store.sqlite import SqliteStore
from wayhome.store.store import Entry
from wayhome.web.presented import Presented
from wayhome.web.site import Site

_AT_ONCE = 1_000  # records put down in one transaction
_KINDS = tuple(kind.number for kind in BOOK.in_order())


@contextlib.contextmanager
def site_of_folder(parts: NodeParts, clock: Callable[[], int]) -> Iterator[Site]:
    """Give what a node has made public, also while it runs; nothing of it is changed.

    Raises:
        FileNotFoundError: there is no node's folder.
        BadDatabase: its files are not this program's, or a newer one's.
    """
    path = parts.folder / "records.db"
    if not path.is_file():
        raise FileNotFoundError(f"{parts.folder} is not a node's folder")
    store = SqliteStore(path)
    try:
        lists = ListFolder(parts.folder / "lists").all()
        yield Site(
            store,
            Fold(store),
            clock,
            parts.home,
            parts.steps,
            _KINDS,
            lambda: lists,
            parts.face,
        )
    finally:
        store.close()


@contextlib.contextmanager
def site_of_records(
    said: Presented, records: Iterable[Record], lists: Mapping[str, bytes]
) -> Iterator[Site]:
    """Give the site that records make, which whoever hands them in has checked one by one."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "records.db")
        try:
            waiting = iter(records)
            for first in waiting:
                store.keep([_entry(one) for one in chain((first,), islice(waiting, _AT_ONCE - 1))])
            yield Site(
                store,
                Fold(store),
                lambda: 0,
                said.home,
                said.reach,
                _KINDS,
                lambda: lists,
                said.face,
            )
        finally:
            store.close()


@dataclass(frozen=True, slots=True)
class Checked:
    """A mirror that was checked: its list, the site that its records make, every flaw."""

    manifest: Manifest
    site: Site
    number: int  # of records that are good
    flaws: list[Flaw]


@contextlib.contextmanager
def checked_mirror(folder: Folder, progress: Progress) -> Iterator[Checked]:
    """Check all of a mirror: its list, every file, every record, every count, every page.

    Raises:
        MirrorFault: it is none, or its list cannot be believed.
    """
    manifest = checking.read_manifest(folder)
    flaws = list(checking.changed_files(folder, manifest, progress))
    records = Records(folder, manifest, BOOK)
    lists = checking.list_files(folder, manifest)
    said = checking.said_of_itself(folder)
    with site_of_records(said, records.checked(), lists) as site:
        flaws += records.flaws
        flaws += checking.wrong_counts(folder, records, site, progress)
        named = {one.path for one in flaws}
        unfounded = checking.unfounded_files(manifest, site, progress)
        flaws += [one for one in unfounded if one.path not in named]
        yield Checked(manifest, site, records.number, flaws)


def _entry(record: Record) -> Entry:
    kind = BOOK.of(record)
    return Entry(record, kind.count(record), kind.slot(record))
