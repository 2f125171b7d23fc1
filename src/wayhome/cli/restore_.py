"""restore: a node from its backup."""

import time
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from wayhome.backup import restore
from wayhome.node import BOOK


@click.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--config", type=click.Path(path_type=Path), default="node.toml", show_default=True)
def command(folder: Path, config: Path) -> None:
    """Put the backup in FOLDER back: its settings to CONFIG, its records where those say.

    Nothing is written over. Every file is compared with its sum and every record is verified first.
    Nothing is stamped and nothing that was held is opened by what is restored; and it writes no
    closing list of a petition that is open now, since the lost node may have written one.
    """
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("records", total=None)
        done = restore(
            folder,
            config,
            int(time.time()),
            lambda record: BOOK.of(record).count(record),
            lambda: bar.advance(task),
        )
    click.echo(f"{done.records} records, verified, and the node's key in {done.place}")
    click.echo(f"start it with: wayhome serve {config}")
