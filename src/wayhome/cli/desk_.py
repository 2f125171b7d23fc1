"""desk: a caseworker's and organiser's program on her own machine."""

import asyncio
import datetime as dt
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click

from wayhome import outward
from wayhome.campaign import read_regions
from wayhome.cli.private import leave_no_core_file, quote_nobody
from wayhome.cli.stamp_ import stamps_at
from wayhome.cli.stopping import run_until_stopped
from wayhome.codec.age import Sort
from wayhome.crypto.receipts import WordLanguage
from wayhome.crypto.secretpages import new_passphrase
from wayhome.desk.app import Door
from wayhome.desk.desk import Desk, caseworker_of, new_desk, new_season
from wayhome.desk.known import DeskFault
from wayhome.desk.losses import tell_loss
from wayhome.desk.organiser import Organiser
from wayhome.desk.post import ByHttp, Way
from wayhome.desk.seasons import tell_term
from wayhome.desk.vault import Vault, is_vault
from wayhome.desk.vouchers import Stamps
from wayhome.deskserving import desk_pages
from wayhome.groups.caseworker import Role
from wayhome.lawbook import read_law
from wayhome.records.tags import read_id
from wayhome.stamping.book import BookFault

FOLDER = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
ROLE = click.option(
    "--role",
    type=click.Choice(["intake", "worker"]),
    default="intake",
    show_default=True,
    help="intake reads new reports; a worker only the cases handed to her.",
)
CUSTODIAN = click.option(
    "--custodian", is_flag=True, help="She also keeps the names and addresses of families."
)

SORT = click.option(
    "--keys",
    "sort",
    type=click.Choice(["hybrid", "x25519"]),
    default="hybrid",
    show_default=True,
    help="hybrid also holds against whoever keeps today's envelopes for a quantum computer. All"
    " caseworkers of a group have keys of one sort.",
)
NODES = click.option(
    "--node", "nodes", multiple=True, required=True, metavar="ADDRESS", help="Your group's nodes."
)
CAMPAIGN = click.option(
    "--campaign",
    required=True,
    type=click.Path(exists=True, path_type=Path, file_okay=False),
    help="The pack with authorities, deadlines and letters.",
)


@click.group("desk")
def command() -> None:
    """Work on families' cases, or speak for your group, on your own machine.

    \b
    Example:
      wayhome desk new mydesk --group ID     (prints six words: your passphrase)
      wayhome desk words mydesk              (for the organisers: group amend --caseworker)
      wayhome desk run mydesk --node https://samara.example.org --campaign campaigns/way-home
      wayhome desk run ourgroup --node https://samara.example.org --key mine.key   (an organiser)
    """  # noqa: D301 - click's \b


@command.command("new")
@FOLDER
@click.option("--group", required=True, help="Your group's id.")
@click.option("--lang", type=click.Choice(["ru", "en"]), default="ru", show_default=True)
@SORT
def new(folder: Path, group: str, lang: WordLanguage, sort: Sort) -> None:
    """Make a desk in FOLDER and print its passphrase, once."""
    words = new_passphrase(lang)
    new_desk(folder, read_id(group), words, _today(), sort).close()
    click.echo("your passphrase; write it down, it is printed once and nobody can find it again:")
    click.echo(f"\n  {words}\n")
    click.echo(f"next: wayhome desk words {folder}")


@command.command("words")
@FOLDER
@ROLE
@CUSTODIAN
def words(folder: Path, role: Role, *, custodian: bool) -> None:
    """Print what the organisers put into the charter, with your consent to it."""
    vault = _opened(folder)
    try:
        line = caseworker_of(vault, role, is_custodian=custodian).line
    finally:
        vault.close()
    click.echo(line)


@command.command("season")
@FOLDER
@SORT
def season(folder: Path, sort: Sort) -> None:
    """Begin a season: new identities. The old ones stay, to open what was sealed to them.

    Thirty days after the organisers have named the new ones, destroy the old: wayhome desk seasons.
    """
    passphrase = click.prompt("your six words", hide_input=True, err=True)
    vault = Vault.open(folder, passphrase)
    try:
        new_season(vault, _today(), sort)
        vault.renew(passphrase)
    finally:
        vault.close()
    click.echo(f"next: wayhome desk words {folder}")


@command.command("seasons")
@FOLDER
@NODES
@CAMPAIGN
@click.option("--destroy", default=0, metavar="NUMBER", help="Destroy this season's keys for good.")
@click.option("--even-so", is_flag=True, help="Even if open cases are lost, or it has just ended.")
def seasons(
    folder: Path,
    nodes: tuple[str, ...],
    campaign: Path,
    destroy: int,
    *,
    even_so: bool,
) -> None:
    """Show your seasons, and destroy one that ended 30 days ago or more.

    Its identities are overwritten in the vault, and all other secrets go under a new master key.
    What was sealed to it alone can be opened by nobody then: where that is an open case, it is
    named and nothing is done. A copy of the vault's file still has them.
    """
    leave_no_core_file()
    passphrase = click.prompt("your six words", hide_input=True, err=True)
    desk = Desk(folder, [ByHttp(one, outward.proxy()) for one in nodes], read_law(campaign), _now)
    try:
        desk.open(passphrase)
        _show_seasons(desk)
        if destroy:
            desk.end_season(destroy, passphrase, even_so=even_so)
            click.echo("it is destroyed")
            _show_seasons(desk)
    finally:
        desk.lock()


def _show_seasons(desk: Desk) -> None:
    for number, term in enumerate(desk.terms(), 1):
        click.echo(f"{number}  {tell_term(term, desk.work.today if desk.work else _today())}")
        for loss in desk.lost_with(term):
            click.echo(f"   {tell_loss(loss)}")


@command.command("run")
@FOLDER
@NODES
@click.option(
    "--campaign",
    type=click.Path(exists=True, path_type=Path, file_okay=False),
    help="The pack with authorities, deadlines and letters: for a caseworker.",
)
@click.option(
    "--key",
    type=click.Path(exists=True, path_type=Path, dir_okay=False),
    help="An organiser's key file, by `wayhome key new`: the desk then shows her group too.",
)
@click.option(
    "--stamping",
    type=click.Path(exists=True, path_type=Path, file_okay=False),
    help="An organiser's: the folder of her group's stamping desk, to print voucher slips for it.",
)
@click.option("--lang", type=click.Choice(["ru", "en"]), default="ru", show_default=True)
def run(folder: Path, nodes: tuple[str, ...], lang: str, **keys: Path | None) -> None:
    """Serve the desk's pages to one browser on this machine, until Ctrl-C.

    With a desk in FOLDER it is a caseworker's, with --key an organiser's, with both both. An
    organiser's FOLDER may be new: what she signed while no node answered waits in it.

    It asks nobody but the nodes that you name. Each printed link opens one page, once; Enter prints
    another. It locks after 15 minutes without use.
    """
    leave_no_core_file()
    quote_nobody()
    ways = [ByHttp(one, outward.proxy()) for one in nodes]
    desk = _caseworkers(folder, ways, keys["campaign"])
    organiser = _organisers(folder, ways, keys["key"], keys["stamping"])
    if desk is None and organiser is None:
        raise click.UsageError(
            f"there is no desk in {folder}. Caseworkers make one: wayhome desk new. Organisers name"
            " their key: --key FILE"
        )
    try:
        run_until_stopped(asyncio.run, _run(desk, organiser, lang))
    finally:
        _lock(desk, organiser)


def _caseworkers(folder: Path, ways: Sequence[Way], campaign: Path | None) -> Desk | None:
    if not is_vault(folder):
        return None
    if campaign is None:
        raise click.UsageError("a caseworker's desk needs the pack: --campaign campaigns/way-home")
    places = {one.code: {"ru": one.ru, "en": one.en} for one in read_regions(campaign)}
    return Desk(folder, ways, read_law(campaign), _now, places=places)


def _organisers(
    folder: Path, ways: Sequence[Way], key: Path | None, stamping: Path | None
) -> Organiser | None:
    if key is None:
        return None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    opening = partial(_stamps, stamping) if stamping else None
    return Organiser(key, folder, ways, _now, stamping=opening)


@contextmanager
def _stamps(folder: Path) -> Iterator[Stamps]:
    """Open a stamping desk for as long as something is asked of it."""
    try:
        with stamps_at(folder) as stamps:
            yield stamps
    except BookFault as fault:
        raise DeskFault(str(fault), "stamps") from fault


def _lock(*sides: Desk | Organiser | None) -> None:
    for one in sides:
        if one is not None:
            one.lock()


async def _run(desk: Desk | None, organiser: Organiser | None, lang: str) -> None:
    door = Door()
    async with desk_pages(desk, door, organiser) as address:

        def tell() -> None:
            click.echo(f"http://{address}/{lang}#{door.renew()}")

        def on_enter() -> None:
            if sys.stdin.readline():
                tell()
            else:  # closed
                asyncio.get_running_loop().remove_reader(sys.stdin)

        click.echo("open this in a browser on this machine; Enter gives another link:")
        tell()
        asyncio.get_running_loop().add_reader(sys.stdin, on_enter)
        while True:
            await asyncio.sleep(_LOOK)
            for side in (desk, organiser):
                if side is not None:
                    side.is_open()  # locks it, when nobody was there


_LOOK = 5.0  # seconds


def _opened(folder: Path) -> Vault:
    passphrase = click.prompt("your six words", hide_input=True, err=True)
    return Vault.open(folder, passphrase)


def _now() -> int:
    return int(time.time())


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()
