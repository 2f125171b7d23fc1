"""mirror: a whole site as plain files."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import uvloop
from rich.console import Console
from rich.progress import Progress

from wayhome import outward
from wayhome.cli.faces import face_of_settings
from wayhome.codec import limits
from wayhome.config import read_config
from wayhome.mirror.fetching import fetch_mirror, manifest_at
from wayhome.mirror.folder import Folder, MirrorFault
from wayhome.mirror.writing import Written, write_mirror
from wayhome.node import BOOK, Node, NodeParts
from wayhome.nodekey import node_key
from wayhome.peers.service import Asked
from wayhome.readers import site_of_folder
from wayhome.records.filter import Filter
from wayhome.web.presented import NAME, BadPresented, Presented, read_presented
from wayhome.web.site import Site

_TIMES = 4  # a node that runs may take a record in the middle; then what changed is written again


@click.command("mirror")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--from",
    "source",
    default="",
    metavar="PLACE",
    help="A node's or a mirror's address, or a node's data folder. Default: that of --config.",
)
@click.option("--config", type=click.Path(path_type=Path), default="node.toml", show_default=True)
def command(folder: Path, source: str, config: Path) -> None:
    """Write a whole site to FOLDER as plain files, for any web space or a memory stick.

    Pages in every language, feeds, records and a signed list of all files with their hashes. The
    same set of records gives the same bytes. Run it again and it writes only what changed; kill it
    and the next run goes on. The node may be running.

    From a node's address all records are fetched and checked first, into FOLDER.node beside it; the
    copy is then this machine's own word. From another mirror's address it is copied as it is.
    """
    to = Folder(folder)
    with _progress() as told:
        if not source.startswith(("http://", "https://")):
            written = _write_local(to, source, config, told)
        elif (raw := manifest_at(source.rstrip("/"))) is not None:
            other = fetch_mirror(source.rstrip("/"), raw, to, told)
            if other:
                raise MirrorFault(
                    f"{len(other)} files did not come as they are listed, {other[0]} among them;"
                    f" `wayhome check {folder}` names them all"
                )
            click.echo(f"{folder} is a copy of that mirror; `wayhome check {folder}` checks it")
            return
        else:
            written = _write_remote(to, source.rstrip("/"), told)
    files = len(written.manifest.files)
    click.echo(f"{files} files in {folder}: {written.written} written, {written.removed} removed")


def _write_local(to: Folder, source: str, config: Path, told: "_Told") -> Written:
    settings = read_config(config)
    parts = NodeParts(
        Path(source or settings.data), settings.home, face_of_settings(settings), (), settings.reach
    )
    return _write(to, parts, told)


def _write_remote(to: Folder, address: str, told: "_Told") -> Written:
    said = _said_by(address)
    to.begin()  # or all would be fetched, and then refused
    folder = to.root.with_name(f"{to.root.name}.node")
    asked, proxy = (Asked(address),), outward.proxy()
    parts = NodeParts(folder, said.home, said.face, asked, said.reach, socks=proxy)
    node = Node(parts, lambda: int(time.time()))
    try:
        uvloop.run(_fetch(node, address))
    finally:
        node.close()
    return _write(to, parts, told)


async def _fetch(node: Node, address: str) -> None:
    """Fetch all that a node has.

    Raises:
        MirrorFault: nobody answers.
    """
    await node.peers.until_whole()
    if node.peers.are_silent:
        raise MirrorFault(f"{address} does not answer as a node: {node.peers.all[0].fault}")
    await node.find_lists()


def _write(to: Folder, parts: NodeParts, told: "_Told") -> Written:
    for _ in range(_TIMES):
        try:
            with site_of_folder(parts, lambda: int(time.time())) as site:
                before = _numbers(site)
                written = write_mirror(site, to, node_key(parts.folder), told)
                if _numbers(site) == before:
                    return written
        except FileNotFoundError as error:
            raise MirrorFault(str(error)) from error
    return written


def _numbers(site: Site) -> list[int]:
    return [site.reader.count(Filter(kinds=(kind.number,))) for kind in BOOK.in_order()]


def _said_by(address: str) -> Presented:
    try:
        return read_presented(outward.read(f"{address}/{NAME}", limits.PRESENTED))
    except outward.NoAnswer as fault:
        more = " and is neither node nor mirror" if fault.status else ""
        raise MirrorFault(f"{fault}{more}") from fault
    except BadPresented as error:
        raise MirrorFault(f"{address}/{NAME}: {error}") from error


class _Told:
    """A progress bar that is told how many of how many."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("files", total=None)

    def __call__(self, done: int, number: int) -> None:
        self._bar.update(self._task, completed=done, total=number)


@contextmanager
def _progress() -> Iterator[_Told]:
    with Progress(console=Console(stderr=True), transient=True) as bar:
        yield _Told(bar)
