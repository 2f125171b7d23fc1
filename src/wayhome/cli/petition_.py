"""petition: open a petition or poll, or accept one for your group."""

from pathlib import Path

import click
from rich.text import Text

from wayhome.cli.moments import MOMENT, SPAN, in_words
from wayhome.cli.shown import PRICE_OF_REGIONS, add_row, console, show, table
from wayhome.cli.speaking import Speaking, reads, speaks
from wayhome.desk.known import Known
from wayhome.desk.petitions import (
    DeskValues,
    Promise,
    accept_petition,
    acceptances,
    open_petition,
    petition_of,
)
from wayhome.desk.proposals import progress
from wayhome.desk.texts import read_file
from wayhome.petition.kinds.petition import Petition, Place

DAY = 86_400
MEANING = (
    "What acceptance means: your group stands behind this text for good; nothing takes it back.",
    "Your desk will stamp for it from opening to close, at most as many parts as you promise here.",
    "People trust your group to hand one part to one person, and to keep no list of who got one.",
)


@click.group("petition")
def command() -> None:
    """Open a petition or poll, or accept one for your group.

    A petition names its panel: the groups whose stamps count, each with the key of its stamping
    desk. So each of them makes a desk first (`wayhome stamp make`) and tells you its kid. When the
    petition is official each accepts it, and from the opening on their desks stamp.

    \b
    Example, two groups, both stamps needed:
      wayhome petition open text.md --title "Bring them home" \\
          --open 2026-12-01 --close 2026-12-22 --panel GROUP1=KID1 --panel GROUP2=KID2 \\
          --basis "one voucher from each group, in person, to a relative" --key ... --to ...
      wayhome petition accept 2835b219 --desk public.json --ceiling 500 \\
          --url https://stamps.example.org --key ... --to ...
      wayhome petition show 2835b219 --from http://127.0.0.1:8001
    """  # noqa: D301 - click's \b


def _panel(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[Place, ...]:
    return tuple(Place(*_pair(one, "GROUP=KID, both as 64 digits 0-9 and a-f")) for one in given)


def _regions(
    _: click.Context, __: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(_pair(one, "CODE=NAME, such as ural=Ural") for one in given))


def _pair(text: str, form: str) -> tuple[str, str]:
    left, sign, right = text.partition("=")
    if not (left and sign and right):
        raise click.BadParameter(f"{text[:150]!r}: write {form}")
    return left, right


@command.command("open")
@click.argument("text", type=click.Path(exists=True, path_type=Path, dir_okay=False))
@click.option("--title", required=True)
@click.option("--lang", default="ru", show_default=True, help="The language of TEXT.")
@click.option("--basis", required=True, help="Who is given vouchers, and how; people rely on it.")
@click.option("--open", "opening", required=True, type=MOMENT, help="2026-12-01, start of day UTC.")
@click.option("--close", "closing", required=True, type=MOMENT)
@click.option(
    "--window",
    type=SPAN,
    default=None,
    help="Signatures appear together at its end: 1d, 7d. A poll has one, all of it.",
)
@click.option(
    "--q", required=True, type=int, help="How many groups must stamp: 1 of 1, 2 of 2 or 3."
)
@click.option("--panel", multiple=True, required=True, callback=_panel, metavar="GROUP=KID")
@click.option("--option", "options", multiple=True, help="Of a poll; once for each, in order.")
@click.option(
    "--region",
    "regions",
    multiple=True,
    callback=_regions,
    metavar="CODE=NAME",
    help="Not advised: see the price that is shown.",
)
@click.option("--region-reason", default="", help="What will the region numbers be used for?")
@speaks
def open_(desk: Speaking, text: Path, **said: object) -> None:
    """Write a petition with the text in the file TEXT; with --option it is a poll."""
    if said["regions"] and not str(said["region_reason"]).strip():
        raise click.UsageError(
            f"{PRICE_OF_REGIONS} If you want them all the same, say in --region-reason what the"
            " numbers will be used for."
        )
    known = desk.known()
    asked = _asked(desk.speaker(known), **said)  # type: ignore[arg-type] # click gave each its type
    record = open_petition(known, asked, read_file(text), desk.secret, desk.now)
    notes = [f"What the region numbers are for: {said['region_reason']}"] if asked.regions else []
    if asked.open < desk.now:
        notes.append("Its opening lies in the past: its first windows will be empty.")
    if asked.q == 1:
        notes.append("q is 1: people must trust one group alone, and slips and pages say so.")
    desk.give([record], known, *notes)


def _asked(  # noqa: PLR0913 - a petition's tags, by name
    own: tuple[str, str],
    *,
    title: str,
    lang: str,
    basis: str,
    opening: int,
    closing: int,
    window: int | None,
    q: int,
    panel: tuple[Place, ...],
    options: tuple[str, ...],
    regions: tuple[tuple[str, str], ...],
    region_reason: str,  # noqa: ARG001 - shown, not published
) -> Petition:
    return Petition(
        group=own[0],
        charter=own[1],
        title=title,
        lang=lang,
        basis="voucher",
        basis_text=basis,
        open=opening,
        close=closing,
        window=window or (closing - opening if options else DAY),
        q=q,
        panel=panel,
        options=tuple((str(i), label) for i, label in enumerate(options, 1)),
        regions=regions,
    )


@command.command("accept")
@click.argument("petition")
@click.option(
    "--desk",
    "values",
    required=True,
    type=click.Path(exists=True, path_type=Path),
    help="public.json of your stamping desk, or the desk's folder.",
)
@click.option("--ceiling", required=True, type=int, help="The most parts you will ever print.")
@click.option(
    "--url",
    "urls",
    multiple=True,
    required=True,
    help="Where browsers reach your desk: https://..., an onion; up to four.",
)
@speaks
def accept(
    desk: Speaking, petition: str, values: Path, ceiling: int, urls: tuple[str, ...]
) -> None:
    """Say that your group stands on the panel of PETITION, after reading it in full."""
    known = desk.known()
    record = petition_of(known, petition)
    promise = Promise(desk.speaker(known), DeskValues.read(values), ceiling, urls)
    accepted = accept_petition(known, record, promise, desk.secret, desk.now)
    show(record, known, desk.out)
    notes = list(MEANING)
    if not progress(known, record).is_official:
        notes.append("The petition is a proposal still: its own group has not signed it by k.")
    desk.give([accepted], known, *notes)


@command.command("show")
@click.argument("petition")
@reads
def show_petition(known: Known, petition: str) -> None:
    """Show a petition in full, and what is still lacking before its desks stamp."""
    out = console()
    record = petition_of(known, petition)
    show(record, known, out)
    said = Petition.of(record)
    found = {one.group: (each, one) for each, one in reversed(acceptances(known, record.id))}
    rows = table("\npanel", ("group", "acceptance", "promises", "desk"))
    for place in said.panel:
        name = known.name(place.group)
        if place.group not in found:
            add_row(rows, name, "none yet", "", "")
            continue
        each, one = found[place.group]
        how = progress(known, each)
        state = "official" if how.is_official else f"{len(how.counted)} of {how.needed} signed"
        add_row(rows, name, state, str(one.ceiling), "  ".join(one.urls))
    out.print(rows)
    out.print(Text(f"opens {in_words(said.open)}, closes {in_words(said.close)}"))
