"""Organiser pages: what the desk shows to an organiser, drawn anew for each question."""

from collections.abc import Callable
from dataclasses import dataclass

from wayhome.crypto.secretpages import new_secret
from wayhome.desk.form import Form
from wayhome.desk.known import DeskFault
from wayhome.desk.organiser import Organiser
from wayhome.desk.organiserdeeds import DEEDS, Filled, do
from wayhome.desk.ourgroup import OurGroup
from wayhome.desk.papers import Brought
from wayhome.desk.proposals import signed_by
from wayhome.desk.reading import (
    Reading,
    hidden_in,
    is_read,
    plain,
    replaced_by,
    rows_of,
    versions_of,
)
from wayhome.groups.kinds.charter import Charter
from wayhome.pages.prose import to_html
from wayhome.pages.render import Templates
from wayhome.pages.words import LANGUAGES, words
from wayhome.records.record import Record
from wayhome.records.refused import Refused

_NATIVE = {"ru": "Русский", "en": "English"}
_TICKET = 16  # bytes of what stands for a file in a form
_BROUGHT = 4  # files that wait for their form


class OrganiserPages:
    """The organiser's side of the desk, in both languages."""

    def __init__(self, desk: Organiser, *, has_cases: bool) -> None:
        self._desk, self._has_cases = desk, has_cases
        self._made = {
            one: Templates("wayhome.desk", words(one), prose=to_html, plain=plain)
            for one in LANGUAGES
        }
        self._brought: dict[str, Brought] = {}

    def answers(self, form: Form) -> bool:
        """Tell whether a question is one for these pages."""
        return form.view in VIEWS or form.deed in DEEDS

    def view(self, form: Form) -> str:
        """Draw what was asked for."""
        try:
            if form.view == "open-key":
                typed = form.fields.get("passphrase", "")
                self._desk.open(typed if isinstance(typed, str) else "")
            elif self._desk.is_open():
                self._desk.touch()
                if form.view == "group":
                    self._desk.fetch()
        except DeskFault as fault:
            return self._page(form, fault)
        return self._page(form)

    def do(self, form: Form) -> str:
        """Do what a form asks for, and say what became of it."""
        if not self._desk.is_open():
            return self._page(form)
        self._desk.touch()
        ticket = form.fields.get("file", "")
        file = self._brought.pop(ticket, None) if isinstance(ticket, str) else None
        try:
            signed = do(form.deed, self._desk, Filled(form.case, form.fields, file))
        except (DeskFault, Refused) as fault:
            return self._page(form, fault)
        return self._given(form, signed) if signed else self._page(form)

    def carried(self, form: Form) -> bytes:
        """Give a record as a file for the others.

        Raises:
            DeskFault: the desk is locked, or there is no such record.
        """
        if not self._desk.is_open():
            raise DeskFault("the desk is locked", "locked")
        return self._desk.carried(self._desk.known.record(form.case))

    def bring(self, brought: Brought) -> str:
        """Hold a file until its form comes; give what stands for it there."""
        while len(self._brought) >= _BROUGHT:  # of forms that were never sent
            self._brought.pop(next(iter(self._brought)))
        ticket = new_secret(_TICKET).hex()
        self._brought[ticket] = brought
        return ticket

    def _page(self, form: Form, fault: DeskFault | Refused | None = None) -> str:
        if not self._desk.is_open():
            return self._draw("key.html", form, fault)
        view = VIEWS.get(form.view) or VIEWS[_AFTER.get(form.deed, "group")]
        try:
            return self._draw(view.template, form, fault, **view.values(self._desk, form))
        except DeskFault as found:  # what was to be shown is not there
            return self._draw("group.html", form, fault or found, **_group(self._desk, form))

    def _given(self, form: Form, signed: list[Record]) -> str:
        known, desk = self._desk.known, self._desk
        shown = [Reading.of(known, one) for one in signed]
        return self._draw("given.html", form, None, signed=shown, sent=desk.sent, left=_left(desk))

    def _draw(
        self, name: str, form: Form, fault: DeskFault | Refused | None, **values: object
    ) -> str:
        return self._made[form.lang].draw(
            name,
            native=_NATIVE,
            view=form.view if form.view in VIEWS else "group",
            case=form.case,
            has_cases=self._has_cases,
            fault=str(fault) if fault else "",
            word=fault.word if isinstance(fault, DeskFault) else "",
            reason=fault.reason if isinstance(fault, Refused) else "",
            **values,
        )


def _group(desk: Organiser, form: Form) -> dict[str, object]:
    return {
        "public": desk.public,
        "ours": OurGroup.of(desk.known, desk.public, form.case),
        "faults": desk.faults,
        "sent": desk.sent,
        "left": _left(desk),
        "nodes": len(desk.ways),
    }


def _sign(desk: Organiser, form: Form) -> dict[str, object]:
    known = desk.known
    reading = Reading.of(known, known.record(form.case))
    said, rows = reading.said, []
    if isinstance(said, Charter):
        rows = [rows_of(one, said) for one in replaced_by(known, said)] or [rows_of(None, said)]
    return {
        "it": reading,
        "said": said,
        "rows": rows,
        "versions": versions_of(known, reading.record),
        "known": known,
        "hidden": list(hidden_in(reading.record.content)),
        "not_mine": desk.may_cosign(reading.record),
        "me": desk.public,
    }


def _left(desk: Organiser) -> list[Reading]:
    """Give what was signed here and waits; a cosign stands for what it signs."""
    named = dict.fromkeys(signed_by(one) for one in desk.waiting)
    found = [desk.known.records[one] for one in named if one in desk.known.records]
    return [Reading.of(desk.known, one) for one in found if is_read(one)]


@dataclass(frozen=True, slots=True)
class _View:
    template: str
    values: Callable[[Organiser, Form], dict[str, object]]


VIEWS = {
    "group": _View("group.html", _group),
    "open-key": _View("group.html", _group),
    "sign": _View("sign.html", _sign),
}
_AFTER = {"cosign": "sign"}  # where a form that was refused stands
