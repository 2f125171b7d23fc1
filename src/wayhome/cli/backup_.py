"""backup: what a node needs to live on elsewhere, in a folder."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from wayhome.backup import back_up
from wayhome.node import BOOK


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--config", type=click.Path(path_type=Path), default="node.toml", show_default=True)
def command(folder: Path, config: Path) -> None:
    """Write records, list files, settings and the key of the node of CONFIG to FOLDER.

    The node may run meanwhile: all that it answered as kept before is in the backup. What is held
    until its window ends is not, nor is any key that must be erasable. A stamping desk is never
    backed up. Keep the folder as you keep passwords: the node's key is in it.
    """
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("records", total=None)
        count = back_up(
            config,
            folder,
            lambda record: BOOK.of(record).count(record),
            lambda: bar.advance(task),
        )
    click.echo(f"{count} records, verified, and the node's key in {folder}")
