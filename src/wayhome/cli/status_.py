"""status: how a running node stands with its peers."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import click
import httpx
import msgspec

from wayhome import outward
from wayhome.codec import limits
from wayhome.config import read_config
from wayhome.pace import PacedTransport
from wayhome.pages.plain import plain
from wayhome.sources import SourceFault
from wayhome.web.status import Status


@click.command("status")
@click.argument("address", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print what the node says, for programs.")
def command(address: str | None, *, as_json: bool) -> None:
    """Say what the node at ADDRESS holds and how it stands with its peers.

    Without ADDRESS: the node of node.toml in this folder, or else http://127.0.0.1:8000. Exits with
    1 when the node has peers and none of them answers.
    """
    said = _asked(address) if address else _asked(*_own())
    peers = said["peers"]
    if as_json:
        click.echo(json.dumps(said, indent=1))
    else:
        _show(said)
    if peers and all(peer["fault"] for peer in peers):
        raise SystemExit(1)


def _own() -> tuple[str, str | None]:
    path = Path("node.toml")
    if not path.exists():
        return "http://127.0.0.1:8000", None
    settings = read_config(path)
    return f"http://{settings.host}:{settings.port}", settings.socket or None


def _asked(address: str, socket: str | None = None) -> Any:  # noqa: ANN401 - a node's own words, printed
    transport = PacedTransport(uds=socket)
    try:
        with httpx.Client(
            transport=transport, timeout=30.0, trust_env=False, headers=outward.PACKED
        ) as http:
            said = b"".join(
                outward.pieces(http, f"{address.rstrip('/')}/status.json", limits.TALLY)
            )
        msgspec.json.decode(said, type=Status)
        return json.loads(said)
    except (
        httpx.HTTPError,
        httpx.InvalidURL,
        outward.NoAnswer,
        msgspec.DecodeError,
        ValueError,
    ) as error:
        raise SourceFault(f"{socket or address} does not answer as a node does") from error


def _show(said: Any) -> None:  # noqa: ANN401 - as above
    number = sum(said["records"].values())
    click.echo(f"{number} records of {said['groups']} groups; wayhome {plain(said['version'])}")
    for one in said["echo"]:
        fault = f"; {one['fault']}" if one["fault"] else ""
        click.echo(
            plain(f"echo at {one['name']}: {one['said']} said, {one['waiting']} wait{fault}")
        )
    if not said["peers"]:
        click.echo("it asks no other node")
    for peer in said["peers"]:
        click.echo(plain(peer["address"] or f"number {peer['number']} of the settings"))
        click.echo(plain("  " + " · ".join(one for one in (peer["phase"], peer["fault"]) if one)))
        had = f"; it has {peer['differed']} more" if peer["agreed"] else ""
        click.echo(f"  last agreement: {_moment(peer['agreed'])}{had}; {peer['kept']} taken in all")
        for what in ("refused", "not_taken"):
            if peer[what]:
                click.echo(plain(f"  {what.replace('_', ' ')}: {_counts(peer[what])}"))
        for one in peer.get("unwanted", ()):  # a node of an earlier version names none
            click.echo(plain(f"    {one['why']}: {one['id']}, kind {one['kind']}"))


def _moment(at: int) -> str:
    return f"{dt.datetime.fromtimestamp(at, dt.UTC):%Y-%m-%d %H:%M} UTC" if at else "never"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {word}" for word, number in sorted(counts.items()))
