"""A record on the screen, in full: nothing is signed that was not shown."""

import shutil
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from wayhome.cli.moments import in_words
from wayhome.desk import charters
from wayhome.desk.known import Known
from wayhome.desk.proposals import kind_name, progress
from wayhome.desk.reading import unsealed_by
from wayhome.groups.kinds import charter, cosign
from wayhome.groups.kinds.charter import Charter
from wayhome.pages.plain import plain
from wayhome.petition.kinds import petition
from wayhome.records.record import Record

GROUPS = ("g", "link", "panel")  # tags whose first value is a group
TIMES = ("open", "close")
_WIDTH = 140  # columns: two ids of 64 digits; a narrower window wraps the line, and cuts nothing


def console() -> Console:
    """Give the screen; ids are never broken, colours stay out of a file."""
    width = max(_WIDTH, shutil.get_terminal_size().columns)
    return Console(highlight=False, soft_wrap=True, width=width)


def show(record: Record, known: Known, out: Console) -> None:
    """Print a record: every tag, the whole text, who signed it so far."""
    out.print(Text(f"\n{kind_name(record).upper()}  {record.id}", style="bold"))
    for name, *values in record.tags:
        if name == "sealed":
            continue  # counted below; each is a record that stays official
        out.print(Text(f"  {name:11}{_value(name, values, known)}"))
    if record.kind == charter.NUMBER:
        _show_changes(record, known, out)
    if record.content:
        out.print(Text(f"\n{plain(record.content)}\n"))
    if record.kind == petition.NUMBER and any(tag[0] == "region" for tag in record.tags):
        out.print(Text(f"  {PRICE_OF_REGIONS}", style="bold"))
    if record.kind != cosign.NUMBER:
        out.print(Text(signed_so_far(record, known)))


PRICE_OF_REGIONS = (
    "The price of regions: each record then says where its signer lives. The crowd that a person"
    " hides in shrinks to those of one region in one week. A small region is close to a list."
)


def signed_so_far(record: Record, known: Known) -> str:
    """Say who signed a record and how many are lacking."""
    how = progress(known, record)
    lines = [f"  signed by {len(how.counted)} of {how.needed} needed:"]
    for key in sorted(how.signed):
        author = ", its author" if key == record.pubkey else ""
        mute = "" if key in how.counted else ", which counts once she is in office"
        lines.append(f"    {key}{author}{mute}")
    if how.is_official:
        state = "official"
    elif how.lacking:
        state = f"a proposal: {how.lacking} more must sign"
    else:
        state = "not official: the charter that it names is not in force, or not any more"
    return "\n".join([*lines, f"  {state}"])


def table(title: str, columns: Iterable[str]) -> Table:
    """Give an empty table."""
    made = Table(*columns, title=title, title_justify="left", box=None, pad_edge=False)
    for column in made.columns:
        column.no_wrap = column.header in ("id", "")  # what is copied stands in one piece
        column.overflow = "fold"
    return made


def add_row(rows: Table, *values: str) -> None:
    """Add a row of plain text: what looks like a table's own marks is text too."""
    rows.add_row(*(Text(plain(one)) for one in values))


def _value(name: str, values: list[str], known: Known) -> str:
    shown = [plain(one) for one in values]
    if name in GROUPS and values and values[0] in known.records:
        shown.append(f"= {plain(known.name(values[0]))}")
    if name in TIMES and values:
        shown.append(f"= {in_words(int(values[0]))}")
    return "  ".join(shown)


def _show_changes(record: Record, known: Known, out: Console) -> None:
    after = Charter.of(record)
    for before in after.prev:
        if before not in known.records:
            out.print(Text("  The charter it replaces is not among what was read.", style="bold"))
            continue
        out.print(Text(f"  What changes against {before[:16]}:", style="bold"))
        for line in charters.changes_in_words(Charter.of(known.records[before]), after):
            out.print(Text(f"    {plain(line)}"))
    lost = unsealed_by(known, after)
    if lost:
        out.print(Text(f"  {len(lost)} {_LOST}", style="bold"))
    for one in lost[:_NAMED]:
        out.print(Text(f"    {one.word}  {one.record.id[:16]}  {plain(one.title)}"))
    if len(lost) > _NAMED:
        out.print(f"    and {len(lost) - _NAMED} more")


_NAMED = 20  # of the records that an amendment leaves out; the number says the rest
_LOST = (
    "records are official now and NOT sealed: they would count no more, unless an amendment\n"
    "  behind this one seals them. Whoever signs this takes them back:"
)
