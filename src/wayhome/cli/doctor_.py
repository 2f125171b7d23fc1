"""doctor: what is not well with a node or a desk."""

import asyncio
import sys
import time
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from wayhome.config import Config, ConfigFault, read_config
from wayhome.doctor.finding import Finding, exit_of
from wayhome.doctor.folder import is_running, look_at_folder, look_at_records, look_at_sealed
from wayhome.doctor.holds import holds
from wayhome.doctor.machine import look_at_machine
from wayhome.doctor.network import look_at_network
from wayhome.node import BOOK

_COLOURS = {"well": "green", "not looked at": "dim", "warning": "yellow", "bad": "bold red"}


@click.command("doctor")
@click.argument("place", type=click.Path(path_type=Path), default="node.toml")
@click.option("--holds", "text", help="Say only where this text is found; - reads it from you.")
@click.option("--json", "is_json", is_flag=True, help="For machines.")
def command(place: Path, text: str | None, *, is_json: bool) -> None:
    """Look at a node, or a desk, and say what is not well and what to do.

    PLACE is a node's settings, or the folder of a node or a stamping desk; with settings the door,
    the peers and the clock are looked at too. Every record is read and verified: of a million that
    takes some minutes. The node may run. Exits with 0 when all is well, 1 for warnings, 2 when
    something is bad.

    With --holds every file is searched for a text, and with nothing found nothing is printed; exits
    with 1 where it is found. Say - and type the text, so that it does not stay in your shell.
    """
    settings = None if place.is_dir() else read_config(place)
    folder = Path(settings.data) if settings else place
    if not folder.is_dir():
        raise ConfigFault(f"there is no folder {folder}")
    if text is not None:
        sys.exit(_say_where(folder, click.prompt("text", err=True) if text == "-" else text))
    found = _look(folder, settings)
    if is_json:
        click.echo(msgspec.json.encode({"findings": found}))
    else:
        _say(found)
    sys.exit(exit_of(found))


def _look(folder: Path, settings: Config | None) -> list[Finding]:
    found = [*look_at_machine(folder), *look_at_folder(folder)]
    if settings:
        runs = is_running(folder)
        found += asyncio.run(look_at_network(settings, int(time.time()), runs=runs))
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("records", total=None)
        found += look_at_records(
            folder, lambda record: BOOK.of(record).count(record), lambda: bar.advance(task)
        )
        bar.update(task, description="sealed files")
        found += look_at_sealed(folder)
    return found


def _say(found: list[Finding]) -> None:
    out = Console(highlight=False, soft_wrap=True)
    for one in found:
        line = Text(f"{one.name:13}")
        line.append(f"{one.state:14}", _COLOURS[one.state])
        line.append(one.words)
        out.print(line)


def _say_where(folder: Path, text: str) -> int:
    if not text:
        raise click.UsageError("an empty text is everywhere")
    found = list(holds(folder, text))
    for one in found:
        click.echo(f"{folder / one.file}: {one.times}, {one.spelling}")
    return 1 if found else 0
