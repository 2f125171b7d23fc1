"""serve: run a node."""

import asyncio
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import click
import msgspec
import uvloop
from rich.console import Console
from rich.progress import Progress

from wayhome.cli.faces import face_of_settings
from wayhome.cli.private import leave_no_core_file
from wayhome.config import Config, PeerConfig, read_config
from wayhome.loading import load, load_lists
from wayhome.mirror import checking
from wayhome.mirror.folder import Folder
from wayhome.node import BOOK, Node, NodeParts, running
from wayhome.peers.service import Asked
from wayhome.peers.way import Address
from wayhome.web.site import Face


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed besides the settings."""

    home: tuple[str, ...]
    peer: tuple[str, ...]
    source: Path | None


@click.command("serve")
@click.argument("config", type=click.Path(path_type=Path), required=False)
@click.option("--home", multiple=True, metavar="ID", help="A group that you run the node for.")
@click.option("--peer", multiple=True, metavar="URL", help="A node to fetch from, or a relay.")
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, path_type=Path),
    help="A mirror's or export's folder to begin with: its records are taken first, each checked.",
)
def command(
    config: Path | None, home: tuple[str, ...], peer: tuple[str, ...], source: Path | None
) -> None:
    """Run a node with the settings in CONFIG (node.toml, where there is one).

    --home and --peer are added to them: with both, a new node needs no file at all, and holds
    minutes later what its peer holds. With --from it begins with a mirror, which says by itself
    whose site it is. docs/operate.md explains every setting. Stop it with Ctrl-C or SIGTERM; kill
    it whenever you like: what it accepted is kept.
    """
    settings, face = _settings(config, Typed(home, peer, source))
    leave_no_core_file()
    try:
        uvloop.run(_serve(settings, face, source))
    except KeyboardInterrupt:
        sys.exit(0)


async def _serve(settings: Config, face: Face, source: Path | None) -> None:
    for one in settings.peer:
        Address.read(one.url)  # before a folder is made for what cannot run
    parts = NodeParts(
        Path(settings.data),
        settings.home,
        face,
        tuple(Asked(one.url, one.offers) for one in settings.peer),
        settings.reach,
        settings.socks,
    )
    node = Node(parts, lambda: int(time.time()))
    try:
        if source is not None:
            await _begin_with(node, source)
        async with running(node, settings.port, settings.host, settings.socket):
            where = settings.socket or f"{settings.host}:{settings.port}"
            click.echo(f"the node listens on {where}")
            await asyncio.Event().wait()  # until it is stopped, or the disk fails and that rises
    finally:
        node.close()


def _settings(config: Path | None, typed: Typed) -> tuple[Config, Face]:
    """Give the settings of a file, if one is named or there, and what was typed besides.

    Where there is neither file nor home group, a mirror says whose site it is, and how it looks.
    """
    path = config or Path("node.toml")
    peers = tuple(PeerConfig(url) for url in typed.peer)
    mirror = typed.source if typed.source and (typed.source / checking.SAID).exists() else None
    if config is None and mirror and not typed.home and not path.exists():
        said = checking.said_of_itself(Folder(mirror))
        settings = Config(home=said.home, reach=said.reach, peer=peers)
        return settings, replace(said.face, address="")
    has_file = config is not None or not typed.home or path.exists()
    settings = read_config(path) if has_file else Config(home=())
    settings = msgspec.structs.replace(
        settings, home=settings.home + typed.home, peer=settings.peer + peers
    )
    return settings, face_of_settings(settings)


async def _begin_with(node: Node, source: Path) -> None:
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("records", total=None)
        taken, refused = await load(node.intake, BOOK, source, lambda: bar.advance(task))
    load_lists(node.lists, source)
    click.echo(f"{taken} records are kept")
    for reason, number in sorted(refused.items()):
        click.echo(f"refused {reason}: {number}", err=True)
