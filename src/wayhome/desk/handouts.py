"""Handouts: what a person saves from a desk; each is a plain file, and is said to be one."""

import csv
import datetime as dt
from collections.abc import Callable, Mapping
from io import StringIO
from typing import TypeAlias

from wayhome.cases.agenda import write_agenda
from wayhome.desk.asked import Asked
from wayhome.desk.board import lines_of
from wayhome.desk.called import piles, states
from wayhome.desk.case import Case
from wayhome.desk.casework import Casework
from wayhome.desk.counting import counted_at
from wayhome.desk.desk import Desk
from wayhome.desk.figureproposal import proposal_of
from wayhome.desk.form import Form
from wayhome.desk.known import DeskFault
from wayhome.desk.pictures import show_picture
from wayhome.desk.printing import print_letter
from wayhome.desk.writing import written
from wayhome.pages.words import words

Handout: TypeAlias = Callable[[Desk, Form], bytes]

_MARK = "\ufeff"  # or an office program takes Cyrillic for something else
_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)  # what such a program would work out
_NUMBER = 8  # digits of a case's number


def letter_of(desk: Desk, form: Form) -> bytes:
    """Give a letter as PDF.

    Raises:
        DeskFault, Refused: there is none, or it cannot be drawn.
    """
    work, case = _case(desk, form)
    letter = (
        work.load.file(case).letters.get(int(form.no))
        if form.no.isascii() and form.no.isdigit()
        else None
    )
    if letter is None:
        raise DeskFault("there is no such letter")
    return print_letter(letter.letter.text)


def draft_of(desk: Desk, form: Form) -> bytes:
    """Give a letter as PDF as its form has it now; it is not written down.

    Raises:
        DeskFault, Refused: it lacks something, or cannot be drawn.
    """
    work, case = _case(desk, form)
    return print_letter(str(written(Asked(work, case, form.fields))["text"]))


def file_of(desk: Desk, form: Form) -> bytes:
    """Give an attachment as it came.

    Raises:
        DeskFault: there is none, or it has not arrived whole.
    """
    work, case = _case(desk, form)
    return work.attachment(case, form.no)


def picture_of(desk: Desk, form: Form) -> bytes:
    """Give an attachment's pixels, drawn anew.

    Raises:
        DeskFault: as above, or it is no picture.
    """
    return show_picture(file_of(desk, form))


def calendar_of(desk: Desk, form: Form) -> bytes:
    """Give the running deadlines of one case, or of all, as a calendar file.

    Raises:
        DeskFault: there is no such case.
    """
    work = _work(desk)
    cases = [_case(desk, form)[1]] if form.case else list(work.load.cases.values())
    dues = {one.id: work.load.file(one).dues(desk.law, work.today) for one in cases}
    return write_agenda(dues, work.today, form.lang).encode()


def table_of(desk: Desk, form: Form) -> bytes:
    """Give the board as a table: a row for each case, and nothing of what was said in it.

    Raises:
        DeskFault: the desk is locked.
    """
    told = words(form.lang)
    say, of_pile, of_state = told.say, piles(told), states(told)
    made = StringIO()
    table = csv.writer(made)
    heads = (
        say("Case"), say("Title"), say("Pile"), say("State"), say("Region"), say("Written on"),
        say("Day"), say("People who can read it"),
    )  # fmt: skip
    table.writerow(map(_inert, heads))
    for line in lines_of(desk):
        report = line.file.report
        row = (
            line.case.id[:_NUMBER],
            line.title,
            of_pile[line.pile],
            of_state[line.file.state],
            desk.place(report.region, form.lang) if report else "",
            _day(report.at if report else None),
            _day(line.day),
            str(len(line.readers)),
        )
        table.writerow(map(_inert, row))
    return (_MARK + made.getvalue()).encode()


def figures_of(desk: Desk, form: Form) -> bytes:
    """Give what would be published of a quarter, for an organiser.

    Raises:
        DeskFault: the desk is locked.
    """
    return proposal_of(counted_at(_work(desk), form.no)).text.encode()


def _inert(cell: object) -> str:
    """Give a cell that no program takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _case(desk: Desk, form: Form) -> tuple[Casework, Case]:
    work = _work(desk)
    case = work.load.cases.get(form.case)
    if case is None:
        raise DeskFault("there is no such case")
    return work, case


def _work(desk: Desk) -> Casework:
    if desk.work is None:
        raise DeskFault("the desk is locked")
    return desk.work


# by the name of their door, with the type of their bytes
HANDOUTS: Mapping[str, tuple[Handout, str]] = {
    "letter": (letter_of, "application/pdf"),
    "draft": (draft_of, "application/pdf"),
    "file": (file_of, "application/octet-stream"),
    "picture": (picture_of, "image/png"),
    "calendar": (calendar_of, "text/calendar; charset=utf-8"),
    "table": (table_of, "text/csv; charset=utf-8"),
    "figures": (figures_of, "application/json"),
}
