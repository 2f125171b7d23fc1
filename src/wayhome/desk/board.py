"""Board: what waits for whom, computed from the cases that are open in memory; nothing is kept."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from wayhome.cases import said
from wayhome.cases.casefile import OPEN, CaseFile
from wayhome.desk.case import Case
from wayhome.desk.casework import Casework
from wayhome.desk.desk import Desk
from wayhome.desk.known import DeskFault

Pile: TypeAlias = Literal[
    "waiting", "late", "week", "ungraded", "lapsing", "wanted", "open", "ended"
]
PILES: tuple[Pile, ...] = (
    "waiting", "late", "wanted", "week", "ungraded", "lapsing", "open", "ended",
)  # fmt: skip
_SOON = dt.timedelta(7)
_LAPSES = 30  # days before an envelope ends, or a closed case is erased


@dataclass(frozen=True, slots=True)
class Line:
    """A case on the board; `readers` are those who can read it."""

    case: Case = field(repr=False)
    file: CaseFile = field(repr=False)
    title: str = field(repr=False)
    readers: tuple[str, ...]
    pile: Pile
    day: dt.date | None = None  # the day that put it there


def lines_of(desk: Desk) -> list[Line]:
    """Give every case, the most urgent pile first, in it the earliest day first."""
    work = desk.work
    if work is None:
        raise DeskFault("the desk is locked")
    found = [line_of(desk, case) for case in work.load.cases.values() if case.bodies]
    order = {pile: number for number, pile in enumerate(PILES)}
    return sorted(found, key=lambda one: (order[one.pile], one.day or dt.date.max, one.case.id))


def line_of(desk: Desk, case: Case) -> Line:
    """Give the line of one case."""
    work = desk.work
    if work is None:
        raise DeskFault("the desk is locked")
    file = work.load.file(case)
    title = file.opened.title if file.opened else ""
    pile, day = _pile(work, case, file)
    return Line(case, file, title, desk.readers(case.id), pile, day)


def found_in(line: Line, asked: str, desk: Desk) -> bool:
    """Tell whether every word that was asked for stands in a case, in whatever was said there."""
    texts = " ".join(_texts(line, desk)).casefold()
    return all(word in texts for word in asked.casefold().split())


def _pile(work: Casework, case: Case, file: CaseFile) -> tuple[Pile, dt.date | None]:
    """Give the first pile that a case belongs on."""
    today = work.today
    due = work.load.due(case, today)
    ends = file.erase_on or dt.date(1970, 1, 1) + dt.timedelta(seconds=case.lapses)
    since = file.report.at if file.report else None
    fits: tuple[tuple[bool, Pile, dt.date | None], ...] = (
        (file.state == "waiting" and not work.staying(case), "waiting", since),
        (due is not None and due < today, "late", due),
        (file.wants_erasing, "wanted", None),
        (due is not None and due <= today + _SOON, "week", due),
        (_is_ungraded(file), "ungraded", None),
        (ends <= today + dt.timedelta(_LAPSES), "lapsing", ends),
        (file.state in OPEN, "open", due),
        (True, "ended", file.erase_on),
    )
    return next((pile, day) for is_so, pile, day in fits if is_so)


def _is_ungraded(file: CaseFile) -> bool:
    newest = file.letters.get(file.newest)
    return file.state == "answered" and newest is not None and not newest.grades


def _texts(line: Line, desk: Desk) -> Iterator[str]:
    yield line.title
    for body in line.case.bodies.values():
        match body.said:
            case said.Report() as report:
                yield from (report.story, report.kind, report.region, *report.answers.values())
                yield from desk.places.get(report.region, {}).values()
            case said.Message(text=text) | said.Note(text=text) | said.Reply(text=text):
                yield text
            case said.Letter(text=text, authority=to):
                yield from (text, to)
