"""What a group does in casework by records: for now, publish its figures. All drafts."""

from collections.abc import Sequence

from wayhome.cases.figures import Row
from wayhome.cases.kinds import figures
from wayhome.groups.service import to_day
from wayhome.records.draft import Draft


def draft_figures(
    speaker: tuple[str, str], quarter: str, rows: Sequence[Row], now: int, corrects: str = ""
) -> Draft:
    """Draft a group's figures of the quarter that begins on a day; k organisers sign them.

    ``speaker`` is the group and the charter that it speaks under.
    """
    group, charter = speaker
    first, last = figures.days_of(quarter)
    head = (("g", group), ("charter", charter), ("from", first), ("to", last))
    tied = (("corrects", corrects),) if corrects else ()
    numbers = (("row", row.table, row.cell, row.count) for row in rows)
    return Draft(figures.NUMBER, (*head, *tied, *numbers), "", to_day(now))
