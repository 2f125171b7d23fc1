"""group: found a group, amend it, link it to others, show where it stands."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.text import Text

from wayhome.cli.shown import add_row, console, table
from wayhome.cli.speaking import Speaking, reads, speaks
from wayhome.crypto import keys
from wayhome.desk.charters import (
    Change,
    Step,
    amend_group,
    changes_in_words,
    end_links,
    found_group,
    link_groups,
    read_caseworker,
    read_node,
    read_organiser,
)
from wayhome.desk.known import BOOK, DeskFault, Known
from wayhome.desk.nodes import hand_in
from wayhome.desk.proposals import kind_name, progress, proposals_of
from wayhome.groups.caseworker import Caseworker
from wayhome.groups.history import read_history
from wayhome.groups.kinds.charter import Charter, Node
from wayhome.groups.service import Founding
from wayhome.journal.lines import in_order_of_need
from wayhome.nodekey import node_key
from wayhome.pages.plain import plain
from wayhome.records.record import read_line


@click.group("group")
def command() -> None:
    """Found a group, amend it, link it to others, show where it stands.

    A group speaks when k of its n organisers have signed. Each makes a key of her own (`wayhome key
    new`) and gives the public half to whoever writes the charter; the others read it and cosign it.

    \b
    Example, two of three must sign what the group says:
      wayhome group found --name "Families of Samara" --k 2 --organiser KEY2 --organiser KEY3 \\
          --key mine.key --out samara.jsonl
      wayhome cosign samara.jsonl --key mine.key --out samara.jsonl      (each of the others)
      wayhome group show --from samara.jsonl
    """  # noqa: D301 - click's \b


_Read = TypeVar("_Read")


def _each(read: Callable[[str], _Read], given: tuple[str, ...]) -> tuple[_Read, ...]:
    try:
        return tuple(read(one) for one in given)
    except DeskFault as fault:
        raise click.BadParameter(str(fault)) from None


def _organiser(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    return _each(read_organiser, given)


def _node(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[Node, ...]:
    return _each(read_node, given)


def _caseworker(
    _: click.Context, __: click.Parameter, given: tuple[str, ...]
) -> tuple[Caseworker, ...]:
    return _each(read_caseworker, given)


@command.command("found")
@click.option("--name", required=True, help="What the group is called.")
@click.option("--k", required=True, type=int, help="How many organisers must sign its words.")
@click.option(
    "--organiser",
    multiple=True,
    callback=_organiser,
    metavar="KEY",
    help="Public key of an organiser; once for each. Yours is added.",
)
@click.option("--language", multiple=True, default=("ru",), show_default=True)
@click.option("--region", multiple=True, metavar="CODE", help="A code of your campaign's pack.")
@click.option(
    "--node",
    multiple=True,
    callback=_node,
    metavar="ADDRESS=KEY",
    help="A node of the group; its key by `wayhome group node-key`.",
)
@speaks
def found(
    desk: Speaking,
    name: str,
    organiser: tuple[str, ...],
    node: tuple[Node, ...],
    **more: Any,  # noqa: ANN401 - click gave each its type
) -> None:
    """Write a group's founding charter. Its id is the group's id for ever.

    The group exists when k organisers have signed it: you are the first.
    """
    k: int = more["k"]
    founding = Founding(name, k, organiser, more["language"], more["region"], node)
    record = found_group(founding, desk.secret, desk.now)
    note = "One person's voice: k is 1 and you are alone." if len(organiser) + k == 1 else ""
    desk.give([record], Known.of(()), *([note] if note else []))
    desk.out.print(f"the group's id: [bold]{record.id}[/bold]")


@command.command("amend")
@click.option("--name", default="", help="A new name.")
@click.option("--k", default=0, help="A new k.")
@click.option(
    "--add",
    "joins",
    multiple=True,
    callback=_organiser,
    metavar="KEY",
    help="An organiser who joins.",
)
@click.option(
    "--remove",
    "leaves",
    multiple=True,
    callback=_organiser,
    metavar="KEY",
    help="An organiser who leaves.",
)
@click.option("--language", "languages", multiple=True, help="All languages anew.")
@click.option("--region", "regions", multiple=True, help="All regions anew.")
@click.option(
    "--node",
    "nodes",
    multiple=True,
    callback=_node,
    metavar="ADDRESS=KEY",
    help="A node that is added, or gets another key.",
)
@click.option("--drop-node", "drops", multiple=True, metavar="ADDRESS", help="A node that goes.")
@click.option(
    "--caseworker",
    "caseworkers",
    multiple=True,
    callback=_caseworker,
    metavar="LINE",
    help="Who reads families' reports, or begins a new season: what `wayhome desk words` printed.",
)
@click.option(
    "--dismiss",
    "dismissed",
    multiple=True,
    metavar="KEY",
    help="A caseworker who reads no longer.",
)
@click.option("--base", default="", help="In a split: the branch it starts from; both are healed.")
@speaks
def amend(desk: Speaking, **said: Any) -> None:  # noqa: ANN401 - click gave each its type
    """Write a charter that replaces the one in force.

    It seals all that is official now, so that keys which leave, or are taken from somebody later,
    cannot write into the group's past. It needs k of the organisers before and k of those after.
    """
    known = desk.known()
    group = known.group(desk.group) if desk.group else desk.speaker(known)[0]
    change = Change(**{**said, "regions": said["regions"] or None})
    records = amend_group(known, group, change, desk.secret, desk.now)
    desk.give(records, known, "Groups that link to yours should renew their links afterwards.")


@command.command("link")
@click.argument("other")
@click.option(
    "--witness",
    default="",
    metavar="CHARTER",
    help="If OTHER is in dispute: the charter of the branch you know.",
)
@speaks
def link(desk: Speaking, other: str, witness: str) -> None:
    """Say that your group knows the group OTHER.

    Nodes that carry your group then carry OTHER as well. Read its charter from its own node:
    --from ITS_NODE --from YOUR_NODE.
    """
    known = desk.known()
    own = desk.speaker(known)
    desk.give([link_groups(known, Step(own, other, witness), desk.secret, desk.now)], known)


@command.command("unlink")
@click.argument("other")
@speaks
def unlink(desk: Speaking, other: str) -> None:
    """Say that your group no longer knows the group OTHER."""
    known = desk.known()
    desk.give(end_links(known, desk.speaker(known), other, desk.secret, desk.now), known)


@command.command("node-key")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def show_node_key(folder: Path) -> None:
    """Print the public key of the node with the data FOLDER; made if it is not there yet.

    A node signs closing lists with it, if its group's charter names it: --node ADDRESS=KEY.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    click.echo(keys.public_key(node_key(folder)))


@command.command("send")
@click.argument("file", type=click.Path(exists=True, path_type=Path, dir_okay=False))
@click.option("--to", "nodes", multiple=True, required=True, metavar="NODE")
def send(file: Path, nodes: tuple[str, ...]) -> None:
    """Hand the records of FILE to running nodes, each after what it needs."""
    lines = in_order_of_need(BOOK, lambda: file.read_bytes().splitlines())
    records = [read_line(line) for line in lines]
    for node in nodes:
        hand_in(node, records)
        click.echo(f"kept by {node}: {len(records)}")


@command.command("show")
@click.argument("group", default="")
@reads
def show_group(known: Known, group: str) -> None:
    """Show all groups, or where one stands: who is in office, links, what waits for sigs."""
    out = console()
    if group:
        _show_one(known, known.group(group))
        return
    rows = table("groups", ("id", "name", "k of n", "in office", ""))
    founding = [one.id for one in known.records.values() if known.is_founding(one)]
    for one in sorted(founding):
        add_row(rows, one, *_row(known, one))
    out.print(rows if founding else "there is no charter in what was read")


@command.command("history")
@click.argument("group")
@reads
def show_history(known: Known, group: str) -> None:
    """Show every charter of a group: who signed it, what it changed, what no longer counts."""
    out, name = console(), known.group(group)
    line = known.standing.history(name)
    said = {one: Charter.of(known.records[one]) for one in line}
    for step in read_history(name, known.standing, said):
        out.print(Text(f"{step.id}  {_STATES[step.state]}", style="bold"))
        if step.charter.is_founding:
            out.print(Text(f"  founded as {plain(step.charter.name)}"))
        for before, _ in step.changes:
            out.print(f"  against {before[:16]}")
            for change in changes_in_words(said[before], step.charter):
                out.print(Text(f"    {plain(change)}"))
        for key in step.signers:
            out.print(f"  signed by {key}")
        if step.not_counted:
            out.print(f"  records under it that are not counted: {step.not_counted}")
    if not line:
        out.print("no charter of it was ever in force")


_STATES = {
    "in force": "in force",
    "branch": "in dispute: one of the branches",
    "replaced": "replaced",
    "not followed": "an amendment by former keys, not followed",
}


def _row(known: Known, group: str) -> tuple[str, str, str, str]:
    standing = known.standing
    heads = standing.heads(group)
    shown = heads[0] if heads else group
    said = Charter.of(known.records[shown])
    state = "" if heads else "not in force yet"
    office = str(len(standing.in_office(shown)))
    return (
        said.name,
        f"{said.k} of {len(said.organisers)}",
        office,
        "in dispute" if standing.is_split(group) else state,
    )


def _show_one(known: Known, group: str) -> None:
    out, standing = console(), known.standing
    for head in standing.heads(group) or (group,):
        _show_charter(known, group, head)
    for word, others in (
        ("links to ", standing.links(group)),
        ("linked by", standing.linked_by(group)),
    ):
        for other in sorted(others):
            out.print(Text(f"  {word}  {plain(known.name(other))}"))
    waiting = proposals_of(known, group)
    rows = table("\nproposals, signed by fewer than k", ("id", "kind", "signed"))
    for record in waiting:
        how = progress(known, record)
        add_row(rows, record.id, kind_name(record), f"{len(how.counted)} of {how.needed}")
    if waiting:
        out.print(rows)


def _show_charter(known: Known, group: str, head: str) -> None:
    out, standing = console(), known.standing
    said = Charter.of(known.records[head])
    out.print(Text(f"{plain(said.name)}\n  group    {group}\n  charter  {head}", style="bold"))
    if standing.is_split(group):
        out.print("  in dispute: another amendment stands against this one")
    elif not standing.heads(group):
        out.print("  not in force yet")
    out.print(f"  {said.k} of {len(said.organisers)} organisers must sign what it says")
    for key in said.organisers:
        state = "in office" if key in standing.in_office(head) else "has not signed the charter"
        out.print(f"    {key}  {state}")
    for node in said.nodes:
        out.print(Text(f"  node     {node.url}  {node.key}"))
