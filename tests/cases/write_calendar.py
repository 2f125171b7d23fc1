"""Writes a calendar of days off into the sample pack from what the package `holidays` knows.

python tests/cases/write_calendar.py > campaigns/way-home/calendars/ru.toml

The package has transfers and working days of a weekend as they were decreed, until `LAST`; later
years have fixed days only, so that what is counted there is provisional.
"""

import datetime as dt
import re
import sys
from collections.abc import Iterator

import holidays

FIRST, LAST, AHEAD = 2024, 2027, 2028
VERSION = "ru-2026.1"
NAMES = {
    "Новогодние каникулы": ("new-year", "новогодние каникулы", "one of the New Year holidays"),
    "Рождество Христово": ("christmas", "Рождество", "Christmas"),
    "День защитника Отечества": (
        "defenders",
        "День защитника Отечества",
        "Defender of the Fatherland Day",
    ),
    "Международный женский день": ("women", "Международный женский день", "Women's Day"),
    "Праздник Весны и Труда": ("labour", "Праздник Весны и Труда", "Labour Day"),
    "День Победы": ("victory", "День Победы", "Victory Day"),
    "День России": ("russia", "День России", "Russia Day"),
    "День народного единства": ("unity", "День народного единства", "Unity Day"),
}
HEAD = """\
# Days off in Russia, written by tests/cases/write_calendar.py; not to be changed by hand.
# Transfers and working Saturdays are those decreed by the government for {first} to {last}.
# {ahead} has its fixed days only: what is counted beyond `covered_until` is said to be provisional.
# Regional days are not here: a file in regions/ adds those of one region.
version = "{version}"
covered_from = {first}-01-01
covered_until = {last}-12-31
source = "PyPI holidays {package}, and the decrees that it cites; Labour Code, art. 112"
checked = "" # to be checked by a lawyer
weekend = [6, 7]
working = [{working}]
"""


def lines() -> Iterator[str]:
    """Give the lines of the file."""
    found = holidays.country_holidays("RU", years=range(FIRST, AHEAD + 1), language="ru")
    working = ", ".join(day.isoformat() for day in sorted(found.weekend_workdays))
    yield HEAD.format(
        first=FIRST,
        last=LAST,
        ahead=AHEAD,
        version=VERSION,
        package=holidays.__version__,
        working=working,
    )
    yield "[names]"
    for word, russian, english in NAMES.values():
        yield f'{word} = {{ ru = "{russian}", en = "{english}" }}'
    for day, name in sorted(found.items()):
        yield f"\n[[off]]\nday = {day.isoformat()}"
        yield from _why(day, name, set(found))


def _why(day: dt.date, name: str, off: set[dt.date]) -> Iterator[str]:
    moved = re.fullmatch(r"Выходной \(перенесено с (\d\d)\.(\d\d)\.(\d{4})\)", name)
    if moved:
        yield 'why = "moved"'
        yield f"instead_of = {moved[3]}-{moved[2]}-{moved[1]}"
        return
    plain = name.removesuffix(" (выходной)")
    yield f'why = "{NAMES[plain][0]}"'
    if (
        plain != name
    ):  # the law itself moves a feast that falls on a weekend to the next day at work
        before = day - dt.timedelta(1)
        while before not in off:
            before -= dt.timedelta(1)
        yield f"instead_of = {before.isoformat()}"


def whole() -> str:
    """Give the whole file."""
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    sys.stdout.write(whole())
