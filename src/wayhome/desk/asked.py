"""Asked: a form of a case, as it was filled in, and the caseworker who does what it asks for."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from wayhome.desk.case import Case
from wayhome.desk.casework import Casework
from wayhome.desk.known import DeskFault


@dataclass(frozen=True, slots=True)
class Asked:
    """A form, as it was filled in."""

    work: Casework
    case: Case = field(repr=False)
    fields: Mapping[str, str | list[str]] = field(repr=False)

    def one(self, name: str) -> str:
        """Give a field's text, empty where it was left out."""
        return text_of(self.fields, name)

    def many(self, name: str) -> list[str]:
        """Give all values of a field."""
        found = self.fields.get(name, [])
        return found if isinstance(found, list) else [found] if found else []

    def number(self, name: str) -> int:
        """Give a number.

        Raises:
            DeskFault: it is none.
        """
        text = self.one(name)
        if not text.isascii() or not text.isdigit():
            raise DeskFault("choose the letter")
        return int(text)

    def day(self, name: str) -> dt.date:
        """Give a day.

        Raises:
            DeskFault: it is none.
        """
        try:
            return dt.date.fromisoformat(self.one(name))
        except ValueError:
            raise DeskFault("write the day as year, month and day: 2026-03-04") from None


def text_of(fields: Mapping[str, str | list[str]], name: str) -> str:
    """Give a field's text without the spaces around it, empty where it was left out."""
    found = fields.get(name, "")
    return found.strip().replace("\r\n", "\n") if isinstance(found, str) else ""
