"""figures: a group's casework of one quarter of a year, in tens; nobody can be found in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from wayhome.cases.figures import ALL, FEW, PAIRS, TABLES, TEN, Row
from wayhome.codec import limits
from wayhome.groups.speech import admit_speech, said
from wayhome.records.filter import Filter
from wayhome.records.kind import Fact, Ground, Kind, Moment
from wayhome.records.record import Record, Tag
from wayhome.records.refused import Refused
from wayhome.records.tags import read_id

NUMBER = 3986
_QUARTERS = {"01-01": "03-31", "04-01": "06-30", "07-01": "09-30", "10-01": "12-31"}
_DAY = re.compile(r"(?P<year>20[0-9]{2})-(?P<day>[01][0-9]-[0-3][0-9])")
_WORD = r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,62}[A-Za-z0-9])?"
_CELL = re.compile(_WORD)
_PAIR = re.compile(f"{_WORD}/{_WORD}")
_COUNT = re.compile(r"[1-9][0-9]{0,6}")


@dataclass(frozen=True, slots=True)
class Figures:
    """What a group publishes of a quarter; `corrects` is the record in whose place it stands."""

    group: str
    charter: str
    quarter: str
    corrects: str | None
    rows: tuple[Row, ...]

    @classmethod
    def of(cls, record: Record) -> Self:
        """Read figures; `bad-tags`, `bad-period`, `unknown-table`, `not-tens`, `bad-content`."""
        match record.tags:
            case (("g", group), ("charter", charter), ("from", first), ("to", last), *rest):
                corrects = _corrects(rest)
                spoken = (read_id(group), read_id(charter), quarter_of(first, last), corrects)
                found = cls(*spoken, _rows(rest[1:] if corrects else rest))
            case _:
                raise Refused("bad-tags", "g, charter, from, to, corrects or not, then rows")
        if record.content:
            raise Refused("bad-content", "figures have no content")
        return found


def quarter_of(first: str, last: str) -> str:
    """Give the quarter that two days begin and end, as its first day; `bad-period`."""
    found, end = _DAY.fullmatch(first), _DAY.fullmatch(last)
    if not (
        found and end and found["year"] == end["year"] and _QUARTERS.get(found["day"]) == end["day"]
    ):
        raise Refused("bad-period", "from the first to the last day of a calendar quarter")
    return first


def days_of(quarter: str) -> tuple[str, str]:
    """Give the first and the last day of a quarter."""
    return quarter, f"{quarter[:4]}-{_QUARTERS[quarter[5:]]}"


def _corrects(rest: Sequence[Tag]) -> str | None:
    match rest:
        case (("corrects", other), *_):
            return read_id(other)
    return None


def _rows(tags: Sequence[Tag]) -> tuple[Row, ...]:
    if not all(len(tag) == 4 and tag[0] == "row" for tag in tags):  # noqa: PLR2004 - table, cell, count
        raise Refused("bad-tags", "a row is its table, its cell and its count")
    rows = tuple(Row(*tag[1:]) for tag in tags)
    if not 1 <= len(rows) <= limits.FIGURES:
        raise Refused("bad-tags", f"1 to {limits.FIGURES} rows")
    for row in rows:
        _refuse_row(row)
    places = [(TABLES.index(row.table), row.cell) for row in rows]
    if places != sorted(set(places)):
        raise Refused("bad-tags", "rows ascend by table and cell, each once")
    return rows


def _refuse_row(row: Row) -> None:
    if row.table not in TABLES:
        raise Refused("unknown-table", "a table that this protocol does not have")
    is_cell = row.cell == ALL if row.table == "total" else _form(row.table).fullmatch(row.cell)
    if not is_cell:
        raise Refused("bad-tags", "a cell is a word, or two with a stroke between them")
    is_tens = _COUNT.fullmatch(row.count) and int(row.count) % TEN == 0
    if row.count != FEW and not is_tens:
        raise Refused("not-tens", "a count is in tens, or few")


def _form(table: str) -> re.Pattern[str]:
    return _PAIR if table in PAIRS else _CELL


def rule(record: Record) -> None:
    """It is well made when every number in it is in tens, or few."""
    Figures.of(record)


def needs(record: Record) -> tuple[Filter, ...]:
    """To judge it we must hold the group's other figures."""
    return (Filter(kinds=(NUMBER,), tags=(("g", Figures.of(record).group),)),)


def admit(record: Record, held: Sequence[Record], ground: Ground, moment: Moment) -> None:
    """An organiser says it, once for a quarter, unless it stands in another's place.

    Between nodes nothing overlaps: two nodes may have taken two, and both must show the same. Which
    of them stands is decided when they are read.
    """
    figures = Figures.of(record)
    admit_speech(record, figures.group, figures.charter, ground)
    others = {one.id: Figures.of(one) for one in held if one.id != record.id}
    others = {name: one for name, one in others.items() if one.group == figures.group}
    if figures.corrects is not None:
        corrected = others.get(figures.corrects)
        if corrected is None or corrected.quarter != figures.quarter:
            raise Refused("unknown-record", "no figures of this group and quarter with that id")
    elif moment.origin != "peer" and any(
        one.quarter == figures.quarter and ground.is_official(name) for name, one in others.items()
    ):
        raise Refused("period-overlap", "there are figures of that quarter; correct them")


def count(record: Record) -> tuple[Fact, ...]:
    """It is official when k of n signed it: the groups' view collects that."""
    figures = Figures.of(record)
    return (said(record, figures.group, figures.charter),)


KIND = Kind(NUMBER, "figures", 3, rule, admit, count, needs)
