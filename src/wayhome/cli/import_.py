"""import: take records of a file or folder into a node's folder."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import uvloop
from rich.console import Console
from rich.progress import Progress

from wayhome.config import read_config
from wayhome.journal.lines import in_order_of_need
from wayhome.node import BOOK, Node, NodeParts
from wayhome.records.refused import Refused
from wayhome.sources import LISTS, lines_of
from wayhome.web.site import Face


@click.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--config", type=click.Path(path_type=Path), default="node.toml", show_default=True)
def command(source: Path, config: Path) -> None:
    """Take the records of SOURCE (a file, or an export's folder) into the node of CONFIG.

    The node must not be running. Every record goes through the same door as any other; what is
    refused is counted by reason, and does not stop the next. Exits with 1 if anything was refused.
    """
    settings = read_config(config)
    parts = NodeParts(Path(settings.data), settings.home, Face({}, {}), steps=settings.reach)
    node = Node(parts, lambda: int(time.time()))
    try:
        paths = sorted(source.glob("*.jsonl")) if source.is_dir() else [source]
        refused = uvloop.run(_take(node, paths))
        folder = source / LISTS
        for path in folder.iterdir() if folder.is_dir() else ():
            node.lists.keep(path.name, path.read_bytes())
    finally:
        node.close()
    for reason, number in sorted(refused.items()):
        click.echo(f"refused {reason}: {number}", err=True)
    sys.exit(1 if refused else 0)


async def _take(node: Node, paths: Sequence[Path]) -> Counter[str]:
    """Take all lines, and again while that brought something that others may have needed.

    A link brings a group within reach, and that group's own words came before the link.
    """
    before = 0
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("records", total=None)
        while True:
            taken, refused = await _take_once(node, paths, lambda: bar.advance(task))
            if not refused or taken == before:
                break
            before = taken
    click.echo(f"{taken} records are kept")
    return refused


async def _take_once(
    node: Node, paths: Sequence[Path], told: Callable[[], None]
) -> tuple[int, Counter[str]]:
    refused: Counter[str] = Counter()
    taken = 0
    lines = in_order_of_need(BOOK, lambda: (one for path in paths for one in lines_of(path)))
    async for outcome in node.intake.receive_lines(lines, "peer"):
        told()
        if isinstance(outcome, Refused):
            refused[outcome.reason] += 1
        else:
            taken += 1
    return taken, refused
