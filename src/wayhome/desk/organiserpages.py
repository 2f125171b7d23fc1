"""Organiser pages: what the desk shows to an organiser, drawn anew for each question."""

from functools import partial

from wayhome.crypto.secretpages import new_secret
from wayhome.desk.counting import row_in_words
from wayhome.desk.form import Form
from wayhome.desk.known import DeskFault
from wayhome.desk.organiser import Organiser
from wayhome.desk.organiserdeeds import DEEDS, do
from wayhome.desk.organiserforms import Filled
from wayhome.desk.organiserviews import AFTER, VIEWS, instead_of, left
from wayhome.desk.papers import Brought
from wayhome.desk.reading import Reading, is_read
from wayhome.desk.views import in_words
from wayhome.pages.plain import plain
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
        try:
            signed = do(form.deed, self._desk, self._filled(form))
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

    def slips(self) -> bytes:
        """Give the slips that were printed.

        Raises:
            DeskFault: the desk is locked, or they were forgotten.
        """
        if not self._desk.is_open() or self._desk.slips is None:
            raise DeskFault("there are no slips: print them", "no-slips")
        return self._desk.slips.pdf

    def bring(self, brought: Brought) -> str:
        """Hold a file until its form comes; give what stands for it there."""
        while len(self._brought) >= _BROUGHT:  # of forms that were never sent
            self._brought.pop(next(iter(self._brought)))
        ticket = new_secret(_TICKET).hex()
        self._brought[ticket] = brought
        return ticket

    def _filled(self, form: Form) -> Filled:
        """Give a form with the file that was brought for it; a link's one word is its mode."""
        ticket = form.fields.get("file", "")
        file = self._brought.pop(ticket, None) if isinstance(ticket, str) else None
        return Filled(form.case, {"mode": form.no, **form.fields}, file)

    def _page(self, form: Form, fault: DeskFault | Refused | None = None) -> str:
        """Draw a page; what cannot be shown gives way to the page before it, with the reason."""
        if not self._desk.is_open():
            return self._draw("key.html", form, fault)
        name = form.view if form.view in VIEWS else AFTER.get(form.deed, "group")
        filled = self._filled(form)
        for here in (name, instead_of(name, filled), "group"):
            try:
                values = VIEWS[here].values(self._desk, filled)
            except (DeskFault, Refused) as found:
                fault = fault or found
            else:
                return self._draw(VIEWS[here].template, form, fault, here=here, **values)
        self._desk.lock()  # its folder cannot be read
        return self._draw("key.html", form, fault)

    def _given(self, form: Form, signed: list[Record]) -> str:
        known, desk = self._desk.known, self._desk
        shown = [Reading.of(known, one) for one in signed if is_read(one)]
        told = {"signed": shown, "sent": desk.sent, "left": left(desk)}
        return self._draw("given.html", form, None, **told)

    def _draw(
        self, name: str, form: Form, fault: DeskFault | Refused | None, **values: object
    ) -> str:
        values = {"here": "group"} | values
        return self._made[form.lang].draw(
            name,
            native=_NATIVE,
            case=form.case,
            has_cases=self._has_cases,
            fault=in_words(fault, form.lang),
            tell=partial(in_words, lang=form.lang),
            figure=lambda one: row_in_words((one.table, one.cell, one.count), {}, words(form.lang)),
            word=fault.word if isinstance(fault, DeskFault) else "",
            reason=fault.reason if isinstance(fault, Refused) else "",
            **values,
        )
