"""serve: run a node."""

import asyncio
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import msgspec
import uvloop
from rich.console import Console
from rich.progress import Progress

from wayhome.cli.begun import tell_begun
from wayhome.cli.faces import face_of_settings
from wayhome.cli.private import leave_no_core_file, quote_nobody
from wayhome.cli.stopping import run_until_stopped
from wayhome.config import Config, ConfigFault, PeerConfig, read_config, refuse_senseless
from wayhome.echo.notes import printed, said_by
from wayhome.echo.places import Place
from wayhome.echo.service import Echo
from wayhome.loading import load, load_lists
from wayhome.mirror import checking
from wayhome.mirror.folder import Folder, MirrorFault
from wayhome.mirror.manifest import NAME as MANIFEST
from wayhome.node import BOOK, Node, NodeParts, running
from wayhome.pages.plain import plain
from wayhome.peers.service import Asked
from wayhome.peers.way import Address
from wayhome.readers import site_of_folder
from wayhome.serving import settle
from wayhome.web.site import Face


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed besides the settings."""

    home: tuple[str, ...]
    peer: tuple[str, ...]
    source: Path | None


@click.command("serve")
@click.argument("config", type=click.Path(path_type=Path), required=False)
@click.option("--home", multiple=True, metavar="ID", help="A group that you run the node for.")
@click.option("--peer", multiple=True, metavar="URL", help="A node to fetch from, or a relay.")
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, path_type=Path),
    help="A mirror's or export's folder to begin with: its records are taken first, each checked.",
)
@click.option("--echo-dry-run", is_flag=True, help="Print what would be echoed where, and end.")
def command(config: Path | None, *, echo_dry_run: bool, **typed: Any) -> None:  # noqa: ANN401 - click's
    """Run a node with the settings in CONFIG (node.toml, where there is one).

    --home and --peer are added to them: with both, a new node needs no file at all, and holds
    minutes later what its peer holds. With --from it begins with a mirror, which says by itself
    whose site it is. docs/operate.md explains every setting. Stop it with Ctrl-C or SIGTERM; kill
    it whenever you like: what it accepted is kept.
    """
    besides = Typed(**typed)
    settings, face = _settings(config, besides)
    if echo_dry_run:
        _print_echo(settings, face)
        return
    leave_no_core_file()
    quote_nobody()
    run_until_stopped(uvloop.run, _serve(settings, face, besides.source))


async def _serve(settings: Config, face: Face, source: Path | None) -> None:
    for one in settings.peer:
        Address.read(one.url)  # before a folder is made for what cannot run
    parts = NodeParts(
        Path(settings.data),
        settings.home,
        face,
        tuple(Asked(one.url, one.offers) for one in settings.peer),
        settings.reach,
        settings.socks,
        _places(settings),
    )
    node = Node(parts, lambda: int(time.time()))
    try:
        if source is not None:
            await begin_with(node, source)
        async with running(node, settings.port, settings.host, settings.socket):
            where = settings.socket or f"{settings.host}:{settings.port}"
            tell_begun(f"the node listens on {where}")
            settle()
            await asyncio.Event().wait()  # until it is stopped, or the disk fails and that rises
    finally:
        node.close()


def _settings(config: Path | None, typed: Typed) -> tuple[Config, Face]:
    """Give the settings of a file, if one is named or there, and what was typed besides.

    Where there is neither file nor home group, a mirror says whose site it is, and how it looks.
    """
    path = config or Path("node.toml")
    peers = tuple(PeerConfig(url) for url in typed.peer)
    mirror = typed.source if typed.source and (typed.source / checking.SAID).exists() else None
    if config is None and mirror and not typed.home and not path.exists():
        said = checking.said_of_itself(Folder(mirror))
        settings = Config(home=said.home, reach=said.reach, peer=peers)
        return settings, replace(said.face, address="")
    has_file = config is not None or not typed.home or path.exists()
    if has_file and config is None and not path.exists():
        raise ConfigFault(
            "there is no node.toml here: name your settings, or a group with --home and a node that"
            " holds its records with --peer"
        )
    settings = read_config(path) if has_file else Config(home=())
    settings = msgspec.structs.replace(
        settings, home=settings.home + typed.home, peer=settings.peer + peers
    )
    refuse_senseless(settings)  # of a file that was done; what was typed is looked at here
    return settings, face_of_settings(settings)


async def begin_with(node: Node, source: Path) -> None:
    """Take the records of a mirror, an export or a file; a young node's mirror may have none.

    Raises:
        MirrorFault: it has none of those that its list names.
        SourceFault: there are none.
    """
    if _is_without_records(source):
        click.echo("this mirror holds no records yet: the node begins with none")
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("records", total=None)
        taken, refused = await load(node.intake, BOOK, source, lambda: bar.advance(task))
    load_lists(node.lists, node.lacked_lists(), source)
    click.echo(f"{taken} records are kept")
    for reason, number in sorted(refused.items()):
        click.echo(f"refused {reason}: {number}", err=True)


def _is_without_records(source: Path) -> bool:
    if not (source / MANIFEST).exists() or any(source.glob("records/**/*.jsonl")):
        return False
    if checking.read_manifest(Folder(source)).has_records:
        raise MirrorFault(f"{source} lacks all records that its list names: copy it once more")
    return True


def _places(settings: Config) -> tuple[Place, ...]:
    return tuple(
        Place(one.relay, one.apprise, one.form, one.languages, one.history) for one in settings.echo
    )


def _print_echo(settings: Config, face: Face) -> None:
    """Print what waits; as when it is said, nothing that was official before a place was named."""
    places, folder = _places(settings), Path(settings.data)
    parts = NodeParts(folder, settings.home, face, (), settings.reach)
    with site_of_folder(parts, lambda: int(time.time())) as site:
        said = list(said_by(site))
    number = 0
    for place, one in Echo(places, folder / "echo", lambda: said).waiting():
        click.echo(plain(f"{place.name}: {one.title}\n{printed(one, place.form)}\n"))
        number += 1
    click.echo(f"{number} would be said, at {len(places)} places")
