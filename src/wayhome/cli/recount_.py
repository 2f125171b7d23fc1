"""recount: count a petition from records, trusting nobody who gave them."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from wayhome.pages.charts import bars_of
from wayhome.pages.charts import picture as drawn
from wayhome.pages.plain import in_a_line, plain
from wayhome.petition.outcome import Recount
from wayhome.petition.recount import groups_in, recount
from wayhome.sources import Sources

COUNTED, FOUND, NOT_COUNTABLE, DIFFERENT = 0, 1, 2, 3
GRAVE = ("over:", "forked:", "key-reused:", "two-lists:")


@click.command("recount")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--petition", "petition_id", default="", help="Its id, if there are several.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object, the same for the same set.")
@click.option("--picture", type=click.Path(path_type=Path), help="Draw signatures by day, as SVG.")
@click.option("--fast", is_flag=True, help="Leave out sigs where that cannot change the total.")
@click.option("--processes", default=1, show_default=True, help="Processes that verify.")
def command(
    sources: tuple[str, ...], petition_id: str, picture: Path | None, **how: bool | int
) -> None:
    """Count a petition from public records: a node's address, a folder, a file; several are joined.

    Every sig and stamp is verified here. Exits 0: counted. 1: counted, with grave findings. 2: not
    countable. 3: a node published another number than its records give; the difference is named.
    """
    with _progress() as bar, Sources(sources, petition_id, _told(bar)) as opened:
        count = recount(
            opened.petition,
            opened.lines,
            opened.lists,
            fast=bool(how["fast"]),
            processes=int(how["processes"]),
        )
        names = {} if how["is_json"] else groups_in(opened.lines())
        differing = [
            difference
            for place, source in zip(sources, opened.all, strict=True)
            if source.published is not None
            for difference in _differences(place, source.published, count)
        ]
    if picture is not None:
        picture.write_text(
            drawn(bars_of(count.windows), f"{count.title}: {count.counted}"), "utf-8"
        )
    if how["is_json"]:
        sys.stdout.buffer.write(count.json + b"\n")
    else:
        _print(count, names, Console(highlight=False))
    for difference in differing:
        click.echo(difference, err=True)
    sys.exit(_status(count, is_different=bool(differing)))


def _status(count: Recount, *, is_different: bool) -> int:
    if is_different:
        return DIFFERENT
    if count.state == "not-countable":
        return NOT_COUNTABLE
    return FOUND if any(one.startswith(GRAVE) for one in count.findings) else COUNTED


def _differences(place: str, published: bytes, count: Recount) -> list[str]:
    try:
        told = msgspec.json.decode(published, type=dict[str, object])
    except msgspec.DecodeError:
        return [f"{place} publishes a count that cannot be read"]
    own = msgspec.json.decode(count.json, type=dict[str, object])
    # a node refuses at its door what a recount lists as refused, and `fast` leaves some things out
    named = set(own) - {"refused", "records", "checked"}
    if count.checked == "fast":
        named -= {"windows", "regions"}
    return [
        in_a_line(f"{place} says {name} {told.get(name)}; its records say {own[name]}")
        for name in sorted(named)
        if told.get(name) != own[name]
    ]


def _print(count: Recount, names: Mapping[str, str], out: Console) -> None:
    title = escape(plain(count.title) or "no title")
    out.print(f"[bold]{title}[/bold]\n{count.petition}", soft_wrap=True)
    out.print(f"state: {count.state}   checked: {count.checked}   {count.q} of {count.n} groups")
    if count.why:
        out.print("cannot be counted: " + ", ".join(count.why))
    boxes = Table("people", "", box=None)
    for name in ("counted", "withdrawn", "two_choices", "set_aside", "late"):
        boxes.add_row(name.replace("_", " "), str(getattr(count, name)))
    out.print(boxes)
    _table(out, "refused, by reason", count.refused)
    _table(out, "options", count.options)
    of_kid = {one.kid[:16]: names.get(one.group, "") for one in count.groups}
    _table(out, "by pair of stamp keys", count.quorums, lambda kids: _pair(kids, of_kid))
    groups = Table("group", "name", "promised", "issued", "used", "", box=None)
    for line in count.groups:
        over = "used more than issued" if line.used > line.bound else ""
        issued = "-" if line.issued is None else str(line.issued)
        called = Text(plain(names.get(line.group, "")))
        groups.add_row(line.group[:16], called, str(line.ceiling), issued, str(line.used), over)
    if count.groups:
        out.print(groups)
    for finding in count.findings:
        out.print(f"finding: {finding}", soft_wrap=True)


def _table(
    out: Console, title: str, numbers: dict[str, int], shown: Callable[[str], str] = str
) -> None:
    if numbers:
        table = Table(title, "", box=None)
        for name, number in sorted(numbers.items()):
            table.add_row(Text(plain(shown(name))), str(number))
        out.print(table)


def _pair(kids: str, names: Mapping[str, str]) -> str:
    """Write a pair as its keys, and below whose they are: names are not unique, keys are."""
    called = [names.get(kid) or kid for kid in kids.split("+")]
    return "\n".join((kids, *(f"  {one}" for one in called)))


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _told(bar: Progress) -> Callable[[int], None]:
    task = bar.add_task("fetching and verifying", total=None)
    return lambda size: bar.update(task, advance=size)
