"""check: is this text really ours, and is this file of records whole?"""

import sys
from pathlib import Path

import click
from rich.console import Console

from wayhome.channel.genuine import Answer
from wayhome.desk import checking
from wayhome.desk.known import DeskFault, Known
from wayhome.desk.nodes import read_places
from wayhome.sources import lines_of

GENUINE, ALTERED, UNKNOWN = 0, 1, 2


@click.command("check")
@click.argument("what", metavar="FILE|FOLDER|-")
@click.option(
    "--from",
    "places",
    multiple=True,
    metavar="PLACE",
    help="A node's address, an export's folder or a file of records to check a text against.",
)
def command(what: str, places: tuple[str, ...]) -> None:
    """Say of a text whether it is genuine, altered, or nobody's we know.

    What copying changes (spaces, quotes, dashes, ё and е, invisible signs, marks of Markdown) does
    not matter; a changed word does, and is named. Give records to check it against with --from.

    A folder or a .jsonl file is checked as records: every id and every sig; each line that is not
    what it should be is named.

    \b
    Exits 0: genuine, or whole. 1: altered, or flawed. 2: nobody's that we know.

    \b
    Examples:
      wayhome check message.txt --from http://127.0.0.1:8001
      pbpaste | wayhome check - --from copy
      wayhome check copy
    """  # noqa: D301 - click's \b
    path = Path(what)
    if path.is_dir() or path.suffix == ".jsonl":
        sys.exit(_check_files(sorted(path.glob("*.jsonl")) if path.is_dir() else [path]))
    if not places:
        raise DeskFault("say with --from which node, folder or file of records to check it against")
    known = read_places(places)
    sys.exit(_say(checking.check_text(_read(path), known), known, Console(highlight=False)))


def _read(path: Path) -> str:
    try:
        raw = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        return raw.decode("utf-8")
    except OSError as error:
        raise DeskFault(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DeskFault(f"{path} is not a text in UTF-8") from error


def _check_files(paths: list[Path]) -> int:
    if not paths:
        raise DeskFault("there are no .jsonl files in it")
    found = 0
    for path in paths:
        for flaw in checking.flaws(lines_of(path)):
            click.echo(f"{path.name}, line {flaw.line}: {flaw.reason}")
            found += 1
    click.echo(f"{found} flawed" if found else "whole: every id and every sig is right")
    return ALTERED if found else GENUINE


def _say(answer: Answer, known: Known, out: Console) -> int:
    if answer.word == "too-short":
        raise DeskFault("that is too short to be told from anybody's words; give the whole text")
    if answer.word == "unknown":
        out.print("[bold]nobody we know[/bold] has signed this text")
        out.print("It may be from a group that these records do not have, or from no group at all.")
        return UNKNOWN
    is_genuine = answer.word == "genuine"
    out.print(f"[bold]{answer.word}[/bold]" + (", a piece of it" if answer.is_part else ""))
    for name in answer.ids[:1] if not is_genuine else answer.ids:
        record = known.records[name]
        speaker = checking.speaker_of(record, known)
        out.print(f"{checking.title_of(record)}", markup=False)
        out.print(
            f"  signed by {speaker.signed} of {speaker.organisers} organisers of {speaker.name}",
            markup=False,
        )
        out.print(f"  {name}", soft_wrap=True)
    for change in answer.changes:
        out.print(f"  signed: {change.official or '(nothing)'}", markup=False, soft_wrap=True)
        out.print(f"  here:   {change.asked or '(nothing)'}", markup=False, soft_wrap=True)
    return GENUINE if is_genuine else ALTERED
