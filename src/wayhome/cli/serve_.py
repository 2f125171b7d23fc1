"""serve: run a node."""

import asyncio
import sys
import time
from pathlib import Path

import click
import uvloop

from wayhome import campaign as packs
from wayhome.campaign import PackFault
from wayhome.config import Config, read_config
from wayhome.demo import face_of
from wayhome.node import Node, NodeParts, running
from wayhome.web.site import Face


@click.command("serve")
@click.argument("config", type=click.Path(path_type=Path), default="node.toml")
def command(config: Path) -> None:
    """Run a node with the settings in CONFIG (node.toml).

    The smallest file has one line: home = ["<id of your group>"]. docs/operate.md explains every
    setting. Stop it with Ctrl-C or SIGTERM; kill it whenever you like: what it accepted is kept.
    """
    settings = read_config(config)
    try:
        uvloop.run(_serve(settings))
    except KeyboardInterrupt:
        sys.exit(0)


async def _serve(settings: Config) -> None:
    parts = NodeParts(
        Path(settings.data),
        settings.home,
        _face(settings),
        settings.peers,
        settings.reach,
        settings.peer_pause,
    )
    node = Node(parts, lambda: int(time.time()))
    try:
        async with running(node, settings.port, settings.host):
            click.echo(f"the node listens on {settings.host}:{settings.port}")
            await asyncio.Event().wait()  # until it is stopped, or the disk fails and that rises
    finally:
        node.close()


def _face(settings: Config) -> Face:
    if not settings.campaign:
        return Face({}, {}, address=settings.address)
    pack = Path(settings.campaign)
    try:
        return face_of(pack, packs.read_campaign(pack), settings.address, is_trial=False)
    except PackFault as fault:
        raise SystemExit(f"campaign: {fault}") from fault
