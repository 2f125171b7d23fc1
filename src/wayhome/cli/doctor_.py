"""doctor: what is not well with a node or a desk."""

import asyncio
import os
import sys
import time
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from wayhome.config import Config, ConfigFault, read_config
from wayhome.doctor.finding import Finding, exit_of, titles
from wayhome.doctor.folder import (
    is_running,
    look_at_attachments,
    look_at_folder,
    look_at_held,
    look_at_records,
)
from wayhome.doctor.holds import holds
from wayhome.doctor.machine import look_at_machine
from wayhome.doctor.network import look_at_network
from wayhome.doctor.proposals import Listening
from wayhome.node import BOOK
from wayhome.pages.plain import in_a_line
from wayhome.pages.words import LANGUAGES, Words, words

_COLOURS = {"well": "green", "not looked at": "dim", "warning": "yellow", "bad": "bold red"}


@click.command("doctor")
@click.argument("place", type=click.Path(path_type=Path), default="node.toml")
@click.option("--holds", "text", help="Say only where this text is found; - reads it from you.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Default: the terminal's, else English.")
@click.option("--json", "is_json", is_flag=True, help="For machines.")
def command(place: Path, text: str | None, lang: str | None, *, is_json: bool) -> None:
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
    language = words(lang or _of_terminal())
    if text is not None:
        typed = click.prompt(language.say("Text"), err=True) if text == "-" else text
        sys.exit(_say_where(folder, typed))
    looked = _look(folder, settings, language)
    if is_json:
        click.echo(msgspec.json.encode({"findings": looked}))
    else:
        _say(looked, language)
    sys.exit(exit_of(looked))


def _of_terminal() -> str:
    """Give the language that the terminal is set to, where we have it."""
    said = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return said[:2] if said[:2] in LANGUAGES else "en"


def _look(folder: Path, settings: Config | None, language: Words) -> list[Finding]:
    looked = [*look_at_machine(folder, language), *look_at_folder(folder, language)]
    if settings:
        runs = is_running(folder)
        asked = look_at_network(settings, int(time.time()), language, runs=runs)
        looked += asyncio.run(asked)
    names = titles(language)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(names["records"], total=None)

        def tell() -> None:
            bar.advance(task)

        listening = Listening(lambda record: BOOK.of(record).count(record))
        looked += look_at_records(folder, listening, tell, language)
        looked += listening.look(language)
        looked += look_at_held(folder, language)
        bar.update(task, description=names["attachments"])
        looked += look_at_attachments(folder, tell, language)
    return looked


def _say(looked: list[Finding], language: Words) -> None:
    out = Console(highlight=False, soft_wrap=True)
    names = titles(language)
    wide = max(len(names[one.name]) for one in looked)
    side = max(len(names[one.state]) for one in looked)
    for one in looked:
        line = Text(f"{names[one.name]:{wide}}  ")
        line.append(f"{names[one.state]:{side}}  ", _COLOURS[one.state])
        line.append(one.words)
        out.print(line)


def _say_where(folder: Path, text: str) -> int:
    if not text:
        raise click.UsageError("an empty text is everywhere")
    places = list(holds(folder, text))
    for one in places:
        click.echo(f"{in_a_line(str(folder / one.file))}: {one.times}, {one.spelling}")
    return 1 if places else 0
