"""import: take records of a file or folder into a node's folder."""

import sys
import time
from collections import Counter
from pathlib import Path

import click
import uvloop
from rich.console import Console
from rich.progress import Progress

from wayhome.config import read_config
from wayhome.loading import load, load_lists
from wayhome.node import BOOK, Node, NodeParts
from wayhome.web.site import Face


@click.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--config", type=click.Path(path_type=Path), default="node.toml", show_default=True)
def command(source: Path, config: Path) -> None:
    """Take the records of SOURCE (a file, an export or a mirror) into the node of CONFIG.

    The node must not be running. Every record goes through the same door as any other; what is
    refused is counted by reason, and does not stop the next. Exits with 1 if anything was refused.
    """
    settings = read_config(config)
    parts = NodeParts(Path(settings.data), settings.home, Face({}, {}), steps=settings.reach)
    node = Node(parts, lambda: int(time.time()))
    try:
        refused = uvloop.run(_take(node, source))
    finally:
        node.close()
    for reason, number in sorted(refused.items()):
        click.echo(f"refused {reason}: {number}", err=True)
    sys.exit(1 if refused else 0)


async def _take(node: Node, source: Path) -> Counter[str]:
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("records", total=None)
        taken, refused = await load(node.intake, BOOK, source, lambda: bar.advance(task))
    load_lists(node.lists, node.lacked_lists(), source)
    click.echo(f"{taken} records are kept")
    return refused
