"""Case kinds: what can have happened to a family, what is asked of them, and whom to write to."""

import msgspec

from wayhome.cases.rules import Said


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question of a case kind; without options the answer is a line of text."""

    id: str
    ask: Said
    options: tuple[str, ...] = ()


class CaseKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of trouble; its letters and authorities in the order in which they are tried."""

    id: str
    name: Said
    about: Said
    letters: tuple[str, ...]
    to: tuple[str, ...]
    source: str
    question: tuple[Question, ...] = ()
    checked: str = ""
