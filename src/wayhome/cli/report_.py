"""report: seal a report for caseworkers, hand in a sealed file, come back for the answer."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import click

from wayhome.cases.said import Consent, Reply, Report, Sender
from wayhome.cases.sealedfile import Attachment, SealedFile
from wayhome.cli.asking import Asked, ask_all, ask_who, name_told
from wayhome.crypto import receipts
from wayhome.crypto.receipts import BadReceipt, WordLanguage
from wayhome.desk import reporting
from wayhome.desk.familyfiles import Packed, pack
from wayhome.desk.known import DeskFault
from wayhome.desk.nodes import read_places
from wayhome.desk.reporting import Sight
from wayhome.pages.plain import in_a_line, plain
from wayhome.records.record import Record

GROUP_ID = 64  # hex digits
A_PAPER = click.Path(exists=True, path_type=Path, dir_okay=False)
A_FILE = click.Path(exists=True, path_type=Path, dir_okay=False, allow_dash=True)


@click.command("report")
@click.argument("story", type=A_FILE, required=False)
@click.option("--to", "nodes", multiple=True, metavar="NODE", help="A node of the group; or two.")
@click.option("--group", default="", metavar="ID", help="Whose caseworkers are to read it.")
@click.option("--kind", default="other", show_default=True, help="What happened, in a word.")
@click.option("--region", default="", metavar="CODE", help="As far as you want to tell it.")
@click.option(
    "--sender", type=click.Choice(get_args(Sender)), default="unsure", help="Who writes there."
)
@click.option("--lang", type=click.Choice(["ru", "en"]), default="ru", show_default=True)
@click.option("--file", "files", type=A_PAPER, multiple=True, help="A paper or photograph.")
@click.option("--ask", "asks", is_flag=True, help="Ask what the help page asks, one by one.")
@click.option("--who", is_flag=True, help="Ask for your name, sealed for custodians alone.")
@click.option("--figures", is_flag=True, help="It may be counted in the group's figures.")
@click.option("--out", type=click.Path(path_type=Path), help="Only write the sealed file here.")
@click.option("--add", "added", type=A_FILE, help="Hand in a sealed file, yours or anybody's.")
@click.option("--return", "is_return", is_flag=True, help="Come back with eight words.")
@click.option("--message", type=A_FILE, help="With --return: say what is in this file.")
@click.option("--erase", is_flag=True, help="With --return: ask that all of it be erased.")
def command(
    story: Path | None,
    nodes: tuple[str, ...],
    group: str,
    added: Path | None,
    **how: Any,  # noqa: ANN401 - click's
) -> None:
    """Seal the report in the file STORY (or - for what is typed) for a group's caseworkers.

    It is sealed on this machine. What is handed to the nodes only the caseworkers can open. The
    eight words that are printed are the only way back to the answer: write them down.

    Photographs are drawn anew, so that place and camera stay behind; their originals go only with
    --who, for custodians alone. Any other file goes as it is: author and place may be inside it.

    \b
    Examples:
      wayhome report story.txt --ask --file board.jpg --group 7d3e... --to http://127.0.0.1:8001
      wayhome report story.txt --group 7d3e... --to http://127.0.0.1:8001 --to http://127.0.0.1:8002
      wayhome report --return --message more.txt --file reply.pdf --group 7d3e... --to ...
      wayhome report --add sealed.jsonl --to http://127.0.0.1:8001
    """  # noqa: D301 - click's \b
    if not nodes:
        raise click.UsageError("name a node of the group: --to NODE")
    if added is not None:
        return _told_taken(reporting.hand_over(nodes, reporting.read_sealed(_bytes(added))))
    if not group:
        raise click.UsageError("name the group: --group ID; its page and the help page show it")
    if len(group) != GROUP_ID:
        group = read_places(nodes).group(group)
    sight = reporting.look(nodes, group)
    if how["is_return"]:
        return _return(sight, **how)
    if story is None:
        raise click.UsageError("name the file with the story, or - to type it")
    return _report(sight, story, **how)


def _report(sight: Sight, story: Path, **how: Any) -> None:  # noqa: ANN401 - click's
    """Seal and hand over; only then are the words shown."""
    if str(story) == "-" and (how["asks"] or how["who"]):
        raise click.UsageError("put the story into a file: what is typed answers the questions")
    text = _text(story)
    if not text:
        raise DeskFault("the story is empty; nothing was sealed")
    language: WordLanguage = "en" if how["lang"] == "en" else "ru"
    asked = Asked(how["kind"], how["region"], how["sender"], figures=how["figures"])
    if how["asks"]:
        asked = ask_all(sight.nodes, language)
    who = ask_who(language) if how["who"] or asked.tells_name else None
    packed = pack(how["files"], with_originals=who is not None)
    code = receipts.new_code()
    family = receipts.family_keys(code)
    report = Report(
        1,
        1,
        reporting.day_of(sight.now),
        asked.kind,
        asked.region,
        language,
        text,
        asked.answers,
        asked.sender,
        reporting.own_recipient(sight, family),
        family.box.hex(),
        Consent(figures=asked.figures),
    )
    sealed = [reporting.seal_report(sight, family, report, packed)]
    if who is not None:
        sealed.append(reporting.seal_who(sight, family, None, who, packed))
    _hand_over(sight, sealed, packed, how["out"])
    words = receipts.write(code, language)
    click.echo("\n" + "  ".join(words[:4]) + "\n" + "  ".join(words[4:]) + "\n")
    click.echo("Write them down: nobody can give them to you again. Who has them reads the answer.")
    if sys.stdin.isatty() or str(story) != "-":  # else what is typed was the story
        _typed_back(code)


def _typed_back(code: bytes) -> None:
    while True:
        typed = click.prompt("Type them back from your paper", err=True)
        try:
            if receipts.read(typed) == code:
                return click.echo("Done. Come back with: wayhome report --return")
        except BadReceipt:
            pass
        click.echo("These are not the words that were shown. Look at your paper.", err=True)


def _return(sight: Sight, **how: Any) -> None:  # noqa: ANN401 - click's
    try:
        family = receipts.family_keys(receipts.read(click.prompt("The eight words", err=True)))
    except BadReceipt as error:
        raise DeskFault(f"{error}; no node was asked for anything") from error
    mail = reporting.visit(sight, family)
    if mail.reply is None:
        click.echo("There is no answer yet. (Words of something else look the same.)")
    else:
        _show(mail.reply)
        if not sight.is_in_office(mail):
            click.echo(
                "Who wrote this is no caseworker of the group any more."
                " What you write now goes to those who read reports today."
            )
    if how["erase"]:
        return _hand_over(sight, [reporting.seal_erase_request(sight, family, mail)])
    message, files = how["message"], how["files"]
    if message is None and not files and not how["who"]:
        return None
    language: WordLanguage = "en" if how["lang"] == "en" else "ru"
    who = ask_who(language) if how["who"] else None
    packed = pack(files, with_originals=who is not None)
    text = _text(message) if message else name_told(language) if who else ""
    if not text and not files:
        raise DeskFault("there is nothing to send; nothing was sealed")
    sealed = [reporting.seal_message(sight, family, mail, text, packed)]
    if who is not None:
        sealed.append(reporting.seal_who(sight, family, mail, who, packed))
    return _hand_over(sight, sealed, packed)


def _show(reply: Reply) -> None:
    for turn in reply.earlier:
        click.echo(plain(f"{turn.at}  {turn.by}\n{turn.text}\n"))
    click.echo(plain(f"{reply.at}  group: {reply.status}\n{reply.text}"))
    for line in (*reply.dates, *reply.asks):
        click.echo(f"* {in_a_line(line)}")


def _hand_over(
    sight: Sight,
    sealed: Sequence[Record],
    packed: Packed = reporting.NOTHING,
    out: Path | None = None,
) -> None:
    file = SealedFile(tuple(sealed), tuple(map(Attachment.of, packed.blobs)))
    if out is None:
        return _told_taken(reporting.hand_over(sight.nodes, file))
    try:
        with out.open("wb") as written:
            written.writelines(file.lines())
    except OSError as error:
        raise DeskFault(f"{out}: {error.strerror}") from error
    return click.echo(f"sealed: {out}. Hand it in with: wayhome report --add")


def _told_taken(nodes: list[str]) -> None:
    for node in nodes:
        click.echo(f"durable at {node}")


def _bytes(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise DeskFault(f"{file}: {error.strerror}") from error


def _text(file: Path) -> str:
    try:
        return _bytes(file).decode("utf-8-sig").replace("\r\n", "\n").strip()
    except UnicodeDecodeError as error:
        raise DeskFault("the text is not UTF-8; nothing was sealed") from error
