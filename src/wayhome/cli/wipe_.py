"""wipe: a node's or a desk's folder, erased."""

from pathlib import Path

import click

from wayhome.wiping import keys_in, wipe


@click.command("wipe")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(folder: Path, *, yes: bool) -> None:
    """Erase a node's or a desk's FOLDER: its keys are overwritten where they lie, then all goes.

    Public records are at other nodes and come back from there; what was held, and what a desk
    knows, does not. A disk that keeps old blocks (btrfs, ZFS, snapshots, flash) may keep the keys.
    """
    found = keys_in(folder)
    if not yes:
        click.confirm(
            f"{folder}: {_files(len(found))} will be overwritten and the whole folder removed."
            " This cannot be undone. Go on?",
            abort=True,
        )
    click.echo(f"{_files(wipe(folder))} overwritten, {folder} removed")


def _files(number: int) -> str:
    return "1 file of keys" if number == 1 else f"{number} files of keys"
