"""post: write a post, a manifesto or an appeal; translate, correct or adopt one."""

from pathlib import Path

import click

from wayhome.channel.kinds.post import FORMS, Form
from wayhome.channel.service import Writing
from wayhome.cli.speaking import Speaking, speaks
from wayhome.desk import proposals
from wayhome.desk.texts import read_file

TEXT = click.argument("text", type=click.Path(exists=True, path_type=Path, dir_okay=False))


@click.group("post")
def command() -> None:
    """Write a post, a manifesto or an appeal; translate, correct or adopt one.

    The text is a file: plain text with the usual marks for headings, lists, quotes and links. It
    becomes public once k organisers of your group have signed it. Nothing is ever taken back or
    overwritten: a correction is a post of its own, and the first stays visible beside it.

    \b
    Examples:
      wayhome post write appeal.md --title "To the Duma" --lang en --as appeal \\
          --key mine.key --to http://127.0.0.1:8001
      wayhome post translate 4f1c09aa appeal.ru.md --title "В Думу" --lang ru --key ... --to ...
      wayhome post correct 4f1c09aa appeal2.md --key ... --to ...
      wayhome post adopt 4f1c09aa joining.md --title "We join" --lang en --key ... --to ...
    """  # noqa: D301 - click's \b


@command.command("write")
@TEXT
@click.option("--title", required=True)
@click.option("--lang", default="ru", show_default=True, help="Two letters.")
@click.option("--as", "form", type=click.Choice(FORMS), default="post", show_default=True)
@click.option("--adopts", default="", metavar="ID", help="Another group's text you make yours.")
@speaks
def write_post(desk: Speaking, text: Path, title: str, lang: str, form: Form, **ties: str) -> None:
    """Write the text in the file TEXT as a post of your group."""
    known = desk.known()
    writing = Writing(title, lang, read_file(text), form)
    draft = desk.voice(known).text(writing, ties["adopts"])
    desk.give([proposals.write(draft, desk.secret)], known)


@command.command("translate")
@click.argument("original")
@TEXT
@click.option("--title", required=True)
@click.option("--lang", required=True, help="Two letters.")
@speaks
def translate(desk: Speaking, original: str, text: Path, title: str, lang: str) -> None:
    """Publish the text in the file TEXT as a translation of ORIGINAL, a post or a petition."""
    known = desk.known()
    draft = desk.voice(known).translation(original, Writing(title, lang, read_file(text)))
    desk.give([proposals.write(draft, desk.secret)], known)


@command.command("correct")
@click.argument("original")
@TEXT
@click.option("--title", default="", help="A new title, if that changes too.")
@click.option("--leave", is_flag=True, help="Take back that ORIGINAL adopts another group's text.")
@speaks
def correct(desk: Speaking, original: str, text: Path, title: str, *, leave: bool) -> None:
    """Publish the text in the file TEXT as a correction of ORIGINAL, a post of your own group."""
    known = desk.known()
    draft = desk.voice(known).correction(original, title, read_file(text), leave=leave)
    desk.give([proposals.write(draft, desk.secret)], known)


@command.command("adopt")
@click.argument("original")
@TEXT
@click.option("--title", required=True)
@click.option("--lang", default="ru", show_default=True, help="Two letters.")
@speaks
def adopt(desk: Speaking, original: str, text: Path, title: str, lang: str) -> None:
    """Make ORIGINAL, another group's text, yours too, by the post in the file TEXT.

    Its page then counts your group among those that carry it. Say in your own words that you join,
    and why. `post correct --leave` takes it back; both stay visible.
    """
    known = desk.known()
    draft = desk.voice(known).adoption(original, Writing(title, lang, read_file(text)))
    desk.give([proposals.write(draft, desk.secret)], known)
