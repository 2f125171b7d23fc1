"""Figures: public numbers of a group's casework, in tens, with no person in them.

A count below ten is only ever "few", and a total is rounded by itself: no sum and no difference of
what is published gives a small number away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Self, TypeAlias, get_args

FEW = "few"
TEN = 10

Table: TypeAlias = Literal[
    "total",
    "kind",
    "region",
    "outcome",
    "authority-grade",
    "kind-outcome",
    "authority-late",
]
TABLES: tuple[str, ...] = get_args(Table)
PAIRS = frozenset({"authority-grade", "kind-outcome", "authority-late"})
ALL = "all"  # the one cell of the table of totals
Cells: TypeAlias = Mapping[str, int]  # how many cases there are of each cell of a table


@dataclass(frozen=True, slots=True)
class Row:
    """One published number: of which table, of which cell, and "few" or tens."""

    table: str
    cell: str
    count: str


@dataclass(frozen=True, slots=True)
class Sum:
    """Published numbers of several groups, added: tens are added, "few" only counted."""

    tens: int = 0
    few: int = 0

    def plus(self, count: str) -> Self:
        """Add what one group published."""
        if count == FEW:
            return type(self)(self.tens, self.few + 1)
        return type(self)(self.tens + int(count), self.few)


def rounded(number: int) -> str:
    """Give what may be told of a count: tens, rounded down, or that they are few."""
    return str(number - number % TEN) if number >= TEN else FEW


def rows_of(total: int, tables: Mapping[Table, Cells]) -> tuple[Row, ...]:
    """Give the rows to publish for so many cases in all; a cell without cases has none.

    The total is not the sum of a table: a case may have two authorities, or no outcome yet.
    """
    rows = [
        Row(table, cell, rounded(n)) for table in tables for cell, n in tables[table].items() if n
    ]
    if total:
        rows.append(Row("total", ALL, rounded(total)))
    return tuple(sorted(rows, key=lambda row: (TABLES.index(row.table), row.cell)))


def added(published: Iterable[Row]) -> dict[tuple[str, str], Sum]:
    """Add up what several groups published, by table and cell."""
    sums: dict[tuple[str, str], Sum] = {}
    for row in published:
        place = (row.table, row.cell)
        sums[place] = sums.get(place, Sum()).plus(row.count)
    return sums
