"""stamp: make, set up and run a group's stamping desk."""

import asyncio
import contextlib
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import click
import httpx
import msgspec

from wayhome import outward
from wayhome.cli.begun import tell_begun
from wayhome.cli.moments import MOMENT, in_words
from wayhome.cli.private import leave_no_core_file, quote_nobody
from wayhome.cli.stopping import run_until_stopped
from wayhome.crypto.stamps import StampKey
from wayhome.desk.known import DeskFault
from wayhome.desk.nodes import read_places
from wayhome.desk.petitions import VALUES, acceptances, petition_of
from wayhome.desk.vouchers import Stamps
from wayhome.node import stamping
from wayhome.petition.kinds.petition import Petition
from wayhome.records.tags import read_id
from wayhome.stamping.book import Book, Desk
from wayhome.stamping.service import StampingDesk

FOLDER = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
LOOK = 1.0  # seconds between looks at what the desk does, to tell the operator
_STAGES = {
    "new": "not set up: wayhome stamp set-up",
    "ready": "set up; it opens by itself once petition and all acceptances are official",
    "open": "stamping",
    "final": "closed; its last counter is on the way",
    "erased": "closed, its stamp key erased",
}


@click.group("stamp")
def command() -> None:
    """Make, set up and run a group's stamping desk, one for each petition.

    The folder holds the desk's keys. It is never copied and never restored from a backup: a copy
    would stamp used vouchers again.

    \b
    Example:
      wayhome stamp make desk        (give public.json to whoever writes the petition)
      wayhome stamp set-up desk 2835b219 --from http://127.0.0.1:8001 --ceiling 500
      wayhome stamp run desk --node http://127.0.0.1:8001 --port 8101
    """  # noqa: D301 - click's \b


@command.command("make")
@FOLDER
def make(folder: Path) -> None:
    """Make a desk in FOLDER, which must not be there; print what others must know of it."""
    try:
        StampingDesk.make(folder)
    except OSError as error:
        raise DeskFault(
            f"{folder}: {error.strerror}; a desk is made in a folder of its own, once"
        ) from error
    with _book(folder) as book:
        values = _values(book.desk())
    (folder / VALUES).write_bytes(msgspec.json.format(msgspec.json.encode(values)) + b"\n")
    _print_values(values)
    click.echo(f"the same stands in {folder / VALUES}: give it to the initiating group")


@command.command("show")
@FOLDER
def show(folder: Path) -> None:
    """Print a desk's public values and how far it is. Never who was stamped: it does not know."""
    with _book(folder) as book:
        said = book.desk()
    _print_values(_values(said))
    click.echo(f"state     {_STAGES[said.stage]}")
    if said.petition:
        click.echo(f"petition  {said.petition}")
        click.echo(f"opens     {in_words(said.open)}")
        click.echo(f"closes    {in_words(said.close)}")
        click.echo(f"ceiling   {said.ceiling}")
        click.echo(f"stamped   {said.issued}")


@command.command("set-up")
@FOLDER
@click.argument("petition")
@click.option(
    "--from",
    "sources",
    multiple=True,
    metavar="PLACE",
    help="Where the petition is read: a node's address or a file.",
)
@click.option("--open", "opening", type=MOMENT, default=None, help="Without --from.")
@click.option("--close", "closing", type=MOMENT, default=None, help="Without --from.")
@click.option(
    "--ceiling",
    type=int,
    default=None,
    help="As in your acceptance; read from there if it is there.",
)
def set_up(folder: Path, petition: str, sources: tuple[str, ...], **said: int | None) -> None:
    """Tell a desk which petition it stamps for, from when to when, how many parts at most.

    With --from all of it is read from the petition and your acceptance. Once the desk has begun to
    stamp nothing of it can be changed.
    """
    with _book(folder) as book:
        now = book.desk()
        if sources:
            wanted = _read(StampKey.of(now.spki).kid, petition, sources, said["ceiling"])
        else:
            wanted = _typed(petition, said)
        if now.stage not in ("new", "ready"):
            raise DeskFault(f"the desk cannot be set up anew: it is {_STAGES[now.stage]}")
        if wanted[2] <= int(time.time()):
            raise DeskFault("bad-times: the petition has closed already")
        book.set_up(wanted[0], (wanted[1], wanted[2]), wanted[3])
    click.echo(f"stamps for {wanted[0]}")
    click.echo(f"from {in_words(wanted[1])} to {in_words(wanted[2])}, {wanted[3]} parts at most")


@command.command("run")
@FOLDER
@click.option("--node", required=True, help="Your group's node, which the desk asks what stands.")
@click.option("--port", default=8101, show_default=True, help="On this machine alone (127.0.0.1).")
@click.option("--socket", default="", help="A Unix socket to listen on, and on no port.")
def run(folder: Path, node: str, port: int, socket: str) -> None:
    """Serve a desk's door, publish its counters, close it and erase its keys when it is time.

    Put your web server or onion service in front of the port. Stop it with Ctrl-C or kill it
    whenever you like, and start it again: a stamp is given once, and nothing is lost. Let it run,
    or start it again, until two days after close: then it publishes its closing list and ends.
    """
    with _book(folder) as book:
        stage = book.desk().stage
    if stage == "new":
        raise DeskFault(_STAGES["new"])
    if not (folder / "desk.page").exists():
        click.echo("this desk has published its closing list and erased its keys; it is done")
        return
    leave_no_core_file()
    quote_nobody()
    run_until_stopped(asyncio.run, _run(folder, node, port, socket))


async def _run(folder: Path, node: str, port: int, socket: str) -> None:
    served_on = stamping([(folder, "")], node, port, lambda: int(time.time()), socket)
    async with served_on as served:
        tell_begun(f"the desk listens on {socket or f'127.0.0.1:{port}'}")
        desk, _ = served[0]
        told = ""
        while (folder / "desk.page").exists():
            state = await _state(desk, node)
            if state != told:
                click.echo(state)
                told = state
            await asyncio.sleep(LOOK)
    click.echo("the closing list is published and the desk's keys are erased; it is done")


async def _state(desk: StampingDesk, node: str) -> str:
    said = desk.desk
    if said.stage != "ready":
        return _STAGES[said.stage]
    if time.time() < said.open:
        return f"waits for its opening, {in_words(said.open)}"
    url = f"{node.rstrip('/')}/petition/{said.petition}.json"
    try:
        proxy = outward.proxy() or None
        async with httpx.AsyncClient(timeout=30.0, trust_env=False, proxy=proxy) as http:
            answer = await http.get(url)
    except httpx.HTTPError as error:
        return f"the node {node} does not answer ({type(error).__name__}); asked again"
    if answer.status_code != httpx.codes.OK:
        return f"the node {node} does not hold the petition yet; asked again"
    return "waits: the petition or an acceptance is not official yet (wayhome petition show)"


@contextlib.contextmanager
def opened_desk(folder: Path) -> Iterator[StampingDesk]:
    """Open a desk with its keys, beside the process that may serve it."""
    _refuse_stranger(folder)
    desk = StampingDesk(folder, lambda: int(time.time()), serves=False)
    try:
        yield desk
    finally:
        desk.close()


@contextlib.contextmanager
def stamps_at(folder: Path) -> Iterator[Stamps]:
    """Open a desk as far as who prints for it must know it."""
    with opened_desk(folder) as desk:
        said = desk.desk
        is_set_up = said.stage in ("ready", "open")
        yield Stamps(desk.key.kid, said.petition, is_set_up, said.ceiling, desk.add_parts)


@contextlib.contextmanager
def _book(folder: Path) -> Iterator[Book]:
    """Open what a desk has written down, without its keys."""
    _refuse_stranger(folder)
    book = Book(folder / "book.db", serves=False)
    try:
        yield book
    finally:
        book.close()


def _refuse_stranger(folder: Path) -> None:
    if not (folder / "book.db").exists():
        raise DeskFault(f"{folder} is not a stamping desk's folder; make one: wayhome stamp make")


def _values(said: Desk) -> dict[str, str]:
    spki = b64encode(said.spki).decode()
    return {"kid": StampKey.of(said.spki).kid, "spki": spki, "stamping": said.public}


def _print_values(values: dict[str, str]) -> None:
    click.echo(f"kid       {values['kid']}")
    click.echo(f"desk key  {values['stamping']}")
    click.echo(f"spki      {values['spki']}")


def _read(
    kid: str, petition: str, sources: tuple[str, ...], ceiling: int | None
) -> tuple[str, int, int, int]:
    known = read_places(sources)
    record = petition_of(known, petition)
    asked = Petition.of(record)
    if kid not in {place.kid for place in asked.panel}:
        raise DeskFault(f"wrong-kid: the petition's panel does not name this desk's key {kid}")
    own = [one.ceiling for _, one in acceptances(known, record.id) if one.kid == kid]
    if own and ceiling not in (None, own[0]):
        raise DeskFault(
            f"your acceptance promises {own[0]} parts at most; the desk must say the same"
        )
    promised = own[0] if own else ceiling
    if promised is None:
        raise DeskFault(
            "your group has not accepted yet: say --ceiling, and promise the same there"
        )
    return record.id, asked.open, asked.close, promised


def _typed(petition: str, said: dict[str, int | None]) -> tuple[str, int, int, int]:
    opening, closing, ceiling = said["opening"], said["closing"], said["ceiling"]
    if opening is None or closing is None or ceiling is None:
        raise click.UsageError("say --from NODE, or --open, --close and --ceiling")
    if closing <= opening:
        raise DeskFault("bad-times: it closes before it opens")
    return read_id(petition), opening, closing, ceiling
