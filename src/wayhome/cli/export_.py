"""export: public records as plain files."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from wayhome.export import export, export_from
from wayhome.lists import ListFolder
from wayhome.sources import RECORDS, SourceFault
from wayhome.store.sqlite import SqliteStore


@click.command("export")
@click.argument("source")
@click.argument("folder", type=click.Path(path_type=Path))
def command(source: str, folder: Path) -> None:
    """Write all public records of SOURCE to FOLDER, as records.jsonl and lists/.

    SOURCE is a node's address, or the data folder of a node on this machine. What is held until its
    window ends is not public and is not written.
    """
    if (folder / RECORDS).exists():
        raise SourceFault(f"{folder} has records already; an export is never written over another")
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("records", total=None)
        if source.startswith(("http://", "https://")):
            count = export_from(source, folder, lambda more: bar.update(task, advance=more))
        else:
            count = _export_folder(Path(source), folder, bar)
    click.echo(f"{count} records in {folder}")


def _export_folder(data: Path, folder: Path, bar: Progress) -> int:
    task = bar.add_task("records", total=None)
    if not (data / "records.db").is_file():
        raise SourceFault(f"{data} is not a node's folder")
    store = SqliteStore(data / "records.db")
    try:
        lists = ListFolder(data / "lists").all()
        return export(store, lists, folder, lambda more: bar.update(task, advance=more))
    finally:
        store.close()
