"""serve: run a node."""

import asyncio
import sys
import time
from pathlib import Path

import click
import msgspec
import uvloop

from wayhome import campaign as packs
from wayhome.campaign import PackFault
from wayhome.config import Config, PeerConfig, read_config
from wayhome.demo import face_of
from wayhome.node import Node, NodeParts, running
from wayhome.peers.service import Asked
from wayhome.peers.way import Address
from wayhome.web.site import Face


@click.command("serve")
@click.argument("config", type=click.Path(path_type=Path), required=False)
@click.option("--home", multiple=True, metavar="ID", help="A group that you run the node for.")
@click.option("--peer", multiple=True, metavar="URL", help="A node to fetch from, or a relay.")
def command(config: Path | None, home: tuple[str, ...], peer: tuple[str, ...]) -> None:
    """Run a node with the settings in CONFIG (node.toml, where there is one).

    --home and --peer are added to them: with both, a new node needs no file at all, and holds
    minutes later what its peer holds. docs/operate.md explains every setting. Stop it with Ctrl-C
    or SIGTERM; kill it whenever you like: what it accepted is kept.
    """
    settings = _settings(config, home, peer)
    try:
        uvloop.run(_serve(settings))
    except KeyboardInterrupt:
        sys.exit(0)


async def _serve(settings: Config) -> None:
    for one in settings.peer:
        Address.read(one.url)  # before a folder is made for what cannot run
    parts = NodeParts(
        Path(settings.data),
        settings.home,
        _face(settings),
        tuple(Asked(one.url, one.offers) for one in settings.peer),
        settings.reach,
        settings.socks,
    )
    node = Node(parts, lambda: int(time.time()))
    try:
        async with running(node, settings.port, settings.host):
            click.echo(f"the node listens on {settings.host}:{settings.port}")
            await asyncio.Event().wait()  # until it is stopped, or the disk fails and that rises
    finally:
        node.close()


def _settings(config: Path | None, home: tuple[str, ...], peer: tuple[str, ...]) -> Config:
    """Give the settings of a file, if one is named or there, and what was typed besides."""
    path = config or Path("node.toml")
    has_file = config is not None or not home or path.exists()
    settings = read_config(path) if has_file else Config(home=())
    more = tuple(PeerConfig(url) for url in peer)
    return msgspec.structs.replace(settings, home=settings.home + home, peer=settings.peer + more)


def _face(settings: Config) -> Face:
    if not settings.campaign:
        return Face({}, {}, address=settings.address)
    pack = Path(settings.campaign)
    try:
        return face_of(pack, packs.read_campaign(pack), settings.address, is_trial=False)
    except PackFault as fault:
        raise SystemExit(f"campaign: {fault}") from fault
