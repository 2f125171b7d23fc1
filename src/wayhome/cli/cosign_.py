"""cosign: read a proposal in full, then sign it too."""

from pathlib import Path

import click

from wayhome.cli.shown import show
from wayhome.cli.speaking import Speaking, speaks
from wayhome.desk.known import Known
from wayhome.desk.nodes import read_places
from wayhome.desk.proposals import cosign_with, place_of, waiting_for


@click.command("cosign")
@click.argument("what", nargs=-1)
@speaks
def command(desk: Speaking, what: tuple[str, ...]) -> None:
    """Read what others of your group wrote, in full, and sign it too.

    WHAT is the id of a record, or a file of records. Without it you are shown everything that waits
    for your sig, one after the other, and asked about each.

    \b
    Examples:
      wayhome cosign --key mine.key --to http://127.0.0.1:8001
      wayhome cosign samara.jsonl --key mine.key --out samara.jsonl
    """  # noqa: D301 - click's \b
    files = [one for one in what if Path(one).is_file()]
    known = desk.known() if desk.sources or desk.nodes or desk.file else Known.of(())
    if files:
        known = known.plus(*read_places(files).records.values())
    named = [known.record(one) for one in what if one not in files]
    for record in named:
        place_of(known, record, desk.public)  # refused before anything is signed
    signed, seen = 0, set[str]()
    # a sig may let another record wait for ours: the second of two amendments, say
    while left := [one for one in named or waiting_for(known, desk.public) if one.id not in seen]:
        record = left[0]
        seen.add(record.id)
        show(record, known, desk.out)
        if desk.is_sure or click.confirm("Sign it?"):
            cosign = cosign_with(known, record, desk.secret, desk.now)
            known = desk.hand_on([record, cosign], known)
            signed += 1
    desk.out.print(f"{signed} signed" if signed else "nothing was signed")
