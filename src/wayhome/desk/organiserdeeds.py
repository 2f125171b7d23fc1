"""Organiser deeds: what a form of an organiser's pages asks for, done with her key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wayhome.desk.known import DeskFault
from wayhome.desk.organiser import Organiser
from wayhome.desk.papers import Brought
from wayhome.records.record import Record


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was filled in, and the file that belongs to it."""

    about: str  # the record or group that the form is about
    fields: Mapping[str, str | list[str]] = field(default_factory=dict, repr=False)
    file: Brought | None = field(default=None, repr=False)

    def one(self, name: str) -> str:
        """Give a field's text, empty where it was left out."""
        found = self.fields.get(name, "")
        return found.strip() if isinstance(found, str) else ""


def do(name: str, desk: Organiser, filled: Filled) -> list[Record]:
    """Do what a form asks for; give what was signed, if anything was.

    Raises:
        DeskFault: it cannot be done.
        Refused: what was typed is not well made.
    """
    return DEEDS[name](desk, filled)


def _cosign(desk: Organiser, filled: Filled) -> list[Record]:
    return [desk.cosign(filled.about)]


def _add_file(desk: Organiser, filled: Filled) -> list[Record]:
    if filled.file is None:
        raise DeskFault("choose the file again: it was not kept", "no-file")
    desk.bring(filled.file.raw)
    return []


def _let_go(desk: Organiser, filled: Filled) -> list[Record]:
    desk.let_go(filled.about)
    return []


DEEDS: dict[str, Callable[[Organiser, Filled], list[Record]]] = {
    "cosign": _cosign,
    "add-file": _add_file,
    "let-go": _let_go,
}
