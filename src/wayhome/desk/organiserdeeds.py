"""Organiser deeds: what a form of an organiser's pages asks for, done with her key."""

from collections.abc import Callable

from wayhome.desk.known import DeskFault
from wayhome.desk.organiser import Organiser
from wayhome.desk.organiserforms import Filled, made
from wayhome.desk.sheets import WORDS
from wayhome.desk.vouchers import Order
from wayhome.records.record import Record

_DIGITS = 6  # of a number of slips


def do(name: str, desk: Organiser, filled: Filled) -> list[Record]:
    """Do what a form asks for; give what was signed, if anything was.

    Raises:
        DeskFault: it cannot be done.
        Refused: what was typed is not well made.
    """
    return DEEDS[name](desk, filled)


def _cosign(desk: Organiser, filled: Filled) -> list[Record]:
    return [desk.cosign(filled.about)]


def _speak(desk: Organiser, filled: Filled) -> list[Record]:
    records = made(desk, filled)
    if [one.id for one in records] != list(filled.many("shown")):
        # another day has begun, or something came that it rests on: she has not read this yet
        raise DeskFault("it is not what was shown; look at it once more", "not-shown")
    desk.give(records)
    return records


def _add_file(desk: Organiser, filled: Filled) -> list[Record]:
    if filled.file is None:
        raise DeskFault("choose the file again: it was not kept", "no-file")
    desk.bring(filled.file.raw)
    return []


def _let_go(desk: Organiser, filled: Filled) -> list[Record]:
    desk.let_go(filled.about)
    return []


def _print(desk: Organiser, filled: Filled) -> list[Record]:
    number = filled.one("number")
    if not (number.isascii() and number.isdigit()):
        raise DeskFault("write how many slips as a number", "bad-number")
    order = Order(
        "",
        int(number[:_DIGITS]),
        filled.one("lang") if filled.one("lang") in WORDS else "ru",
        filled.one("site"),
        filled.one("onion"),
        with_codes=not filled.one("plain"),
    )
    desk.print_slips(order)
    return []


def _forget_slips(desk: Organiser, filled: Filled) -> list[Record]:  # noqa: ARG001 - a deed's shape
    desk.slips = None
    return []


DEEDS: dict[str, Callable[[Organiser, Filled], list[Record]]] = {
    "cosign": _cosign,
    "speak": _speak,
    "add-file": _add_file,
    "let-go": _let_go,
    "print": _print,
    "forget-slips": _forget_slips,
}
