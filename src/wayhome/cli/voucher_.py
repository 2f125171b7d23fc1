"""voucher: print voucher slips for a stamping desk."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from wayhome.cli.stamp_ import FOLDER, stamps_at
from wayhome.desk.nodes import read_places
from wayhome.desk.sheets import A_PAGE, WORDS
from wayhome.desk.vouchers import Order, job_at, print_slips


@click.group("voucher")
def command() -> None:
    """Print voucher slips for a stamping desk.

    A slip is a code on paper, good for one stamp. Give each person one, in person, and keep no list
    of who got one. Nobody ever carries the slips of two groups. What is left over is counted aloud
    and destroyed.

    \b
    Example, at the desk's machine:
      wayhome voucher print desk --number 100 --site https://samara.example.org \\
          --lang ru --out sheets.pdf
    """  # noqa: D301 - click's \b


@command.command("print")
@FOLDER
@click.option("--number", required=True, type=int, help="How many slips; eight on a page.")
@click.option(
    "--site",
    required=True,
    help="The address on the slip: a node's site. Take the same one as the other groups.",
)
@click.option("--onion", default="", help="The onion address of the same site.")
@click.option("--lang", type=click.Choice(sorted(WORDS)), default="ru", show_default=True)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--from",
    "source",
    default="",
    metavar="PLACE",
    help="Where petition and group are read. Default: the site.",
)
@click.option(
    "--plain-qr",
    is_flag=True,
    help="The QR holds the address without the code: where phones are searched. Digits are typed.",
)
def print_(folder: Path, out: Path, source: str, *, plain_qr: bool, **said: str | int) -> None:
    """Add new parts to the desk in FOLDER and print them to a new PDF.

    The PDF is the only place where the codes are: print it, then destroy the file. Printing again
    gives other slips; all of them count against the ceiling, lost ones too.
    """
    with stamps_at(folder) as desk:
        order = Order(
            desk.kid,
            int(said["number"]),
            str(said["lang"]),
            str(said["site"]),
            str(said["onion"]),
            with_codes=not plain_qr,
        )
        job = job_at(read_places([source or order.site]), desk, order)
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("pages", total=-(-order.number // A_PAGE))
            total = print_slips(job, order, desk.keep, out, lambda: bar.advance(task))
    click.echo(f"{order.number} slips in {out}; {total} of {desk.ceiling} parts are in the desk")
    click.echo("Print it from this machine, then destroy the file; nobody can make it again.")
