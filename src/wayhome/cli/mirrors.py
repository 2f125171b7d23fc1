"""Mirrors: what `wayhome check` says of one, here or at an address."""

import os
import tempfile
import time
from pathlib import Path

import click
from rich.console import Console
from rich.status import Status

from wayhome.cli.moments import in_words
from wayhome.desk.nodes import is_address, read_places
from wayhome.mirror import checking
from wayhome.mirror.checking import Flaw
from wayhome.mirror.fetching import Bounds, fetch_mirror, manifest_at
from wayhome.mirror.folder import Folder, MirrorFault
from wayhome.mirror.manifest import NAME, Manifest
from wayhome.pages.plain import in_a_line, plain
from wayhome.readers import checked_mirror
from wayhome.web.site import Site

WHOLE, FLAWED, UNDECIDED = 0, 1, 2
_DAY = 86_400
_BOUNDS = Bounds()


def is_mirror(what: str) -> bool:
    """Tell whether a folder or an address has the list of files that a mirror has."""
    if is_address(what):
        return manifest_at(what.rstrip("/")) is not None
    return (Path(what) / NAME).exists()


def check(what: str, places: tuple[str, ...], bounds: Bounds = _BOUNDS) -> int:
    """Check a mirror, here or at an address; the exit code. What was fetched for it goes again."""
    if not is_address(what):
        return check_folder(Path(what), places)
    address = what.rstrip("/")
    raw = manifest_at(address)
    if raw is None:
        raise MirrorFault(f"{address} is no mirror any more")
    with tempfile.TemporaryDirectory() as folder, _looking() as shown:
        fetch_mirror(
            address,
            raw,
            Folder(Path(folder)),
            lambda done, of: shown.update(f"fetching file {done} of {of}"),
            bounds,
        )
        shown.stop()
        return check_folder(Path(folder), places)


def check_folder(path: Path, places: tuple[str, ...]) -> int:
    """Check a mirror, print what is wrong with it, and say of when it is; the exit code."""
    with _looking() as shown, checked_mirror(Folder(path), shown.update) as checked:
        lacking = _lacking(checked.site, places)
        about = f"{checked.number} records; {_node_in_words(checked.site, checked.manifest)}"
    return _say(checked.flaws, lacking, checked.manifest, about)


def _say(flaws: list[Flaw], lacking: list[str], manifest: Manifest, about: str) -> int:
    for one in flaws:
        click.echo(f"{_named(one.path)}: {one.what}")
    for name in lacking:
        click.echo(f"not in this copy: {name}")
    age = max(0, int(time.time()) - manifest.at) // _DAY
    click.echo(f"{len(manifest.files)} files, {about}")
    if manifest.at:
        click.echo(f"its newest record is of {in_words(manifest.at)}, {age} days ago")
    if flaws:
        click.echo(f"{len({one.path for one in flaws})} files are flawed")
        return FLAWED
    if not checking.is_drawn_alike(manifest):
        click.echo(
            f"records and files are right; the pages were drawn by wayhome {manifest.program}, and"
            " only that version can say whether they follow from the records"
        )
        return UNDECIDED
    click.echo("whole: every file, every record, every count and every page is right")
    return FLAWED if lacking else WHOLE


def _lacking(site: Site, places: tuple[str, ...]) -> list[str]:
    """Name what organisers wrote, that a second source has and the copy has not."""
    if not places:
        return []
    known = read_places(places)
    return [
        f"kind {record.kind}, {record.id}"
        for record in known.records.values()
        if site.reader.get(record.id) is None
    ]


def _node_in_words(site: Site, manifest: Manifest) -> str:
    for group in site.standing.groups():
        said = site.group(group)
        if said and any(node.key == manifest.node for node in said.nodes):
            return f"written by a node of {plain(said.name)} ({group[:16]})"
    return f"written by the key {manifest.node[:16]}, which no group names as its node's"


def _named(name: str) -> str:
    """Write a name that somebody gave a file so that it can say nothing in our place."""
    return in_a_line(os.fsencode(name).decode("utf-8", "replace"))


def _looking() -> Status:
    return Status("reading", console=Console(stderr=True))
