"""Losses: what only the identities of one season open, and what would be gone with them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from wayhome.cases.casefile import OPEN
from wayhome.desk.case import Case
from wayhome.desk.casework import Casework
from wayhome.desk.known import DeskFault
from wayhome.desk.names import Name, opened_names
from wayhome.desk.seasons import Term


@dataclass(frozen=True, slots=True)
class Loss:
    """What of one case only that season opens; `case` is empty where she cannot read it."""

    case: str
    title: str = field(repr=False)
    texts: int
    names: int
    is_open: bool


def losses(work: Casework, term: Term) -> list[Loss]:
    """Give what would be lost with a season, the open cases first.

    What others hold is theirs to keep: of that, she loses no more than her own sight of it.
    """
    found = [one for case in work.load.cases.values() if (one := _of_case(work, term, case))]
    names = sum(1 for one in _elsewhere(work) if one.under <= term.identities)
    if names:
        found.append(Loss("", "", 0, names, is_open=True))
    return sorted(found, key=lambda one: (not one.is_open, one.case))


def refuse_losses(found: list[Loss]) -> None:
    """Refuse where open cases would be lost.

    Raises:
        DeskFault: they stand beside the season, with what is lost of each.
    """
    if any(one.is_open for one in found):
        raise DeskFault(
            "open cases would be lost with this season: they are listed with it. Look at the board"
            " until nothing waits to be sealed anew; or say that you want it even so, and they are"
            " lost"
        )


def tell_loss(loss: Loss) -> str:
    """Say what would be lost of a case, for a terminal."""
    told = ((loss.texts, "text"), (loss.names, "name"))
    parts = [f"{number} {word}{'s' * (number > 1)}" for number, word in told if number]
    return f"only it opens {' and '.join(parts)} of " + (
        f"the case {loss.title or loss.case[:8]}" if loss.case else "cases that you cannot read"
    )


def _of_case(work: Casework, term: Term, case: Case) -> Loss | None:
    file, staying = work.load.file(case), work.staying(case)
    gone = [
        one
        for one in case.first_said
        if all(way.under in term.identities for way in case.ways[one.sig])
    ]
    texts = len(gone) if work.me in staying or not staying else 0
    names = sum(1 for one in work.names(case) if one.under <= term.identities)
    title = file.opened.title if file.opened else ""
    is_open = file.state in OPEN
    return Loss(case.id, title, texts, names, is_open) if texts or names else None


def _elsewhere(work: Casework) -> Iterator[Name]:
    """Give the names that she could open of cases that are not open to her."""
    here = {one for case in work.load.cases.values() for one in case.sealed}
    found: dict[str, Name] = {}
    for sealed in work.post.envelopes.each(sorted(work.load.shut - here)):
        for body, under in opened_names(sealed, "", work.load.writers, work.custodian):
            found.setdefault(body.sig, Name(body)).under.add(under)
    yield from found.values()
