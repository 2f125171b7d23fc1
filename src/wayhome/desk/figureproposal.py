"""Figure proposal: rounded figures on their way from a caseworker's desk to an organiser's."""

import msgspec

from wayhome.cases import service
from wayhome.cases.countable import Counted
from wayhome.cases.figures import Row, rows_of
from wayhome.cases.kinds.figures import days_of
from wayhome.desk.known import DeskFault
from wayhome.records.draft import Draft


class FigureProposal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quarter by its first day, and what would be published of it: tens and "few" alone."""

    quarter: str
    rows: tuple[tuple[str, str, str], ...]

    @property
    def text(self) -> str:
        """The text that one desk gives another."""
        return msgspec.json.encode(self).decode()

    def draft(self, speaker: tuple[str, str], now: int) -> Draft:
        """Draft the record; whether it is well made its rule says."""
        return service.draft_figures(speaker, self.quarter, [Row(*one) for one in self.rows], now)


def proposal_of(counted: Counted) -> FigureProposal:
    """Give what would be published of a quarter."""
    rows = rows_of(counted.total, counted.tables)
    return FigureProposal(counted.quarter, tuple((one.table, one.cell, one.count) for one in rows))


def read_proposal(text: str) -> FigureProposal:
    """Read what a caseworker's desk gave.

    Raises:
        DeskFault: it is something else.
    """
    try:
        found = msgspec.json.decode(text, type=FigureProposal)
        days_of(found.quarter)
    except (msgspec.DecodeError, KeyError) as error:
        raise DeskFault("this is not what a caseworker's desk gives", "no-figures") from error
    return found
