"""Course: what became of a case beside its letters and its talk, for those who hold it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from wayhome.cases import said
from wayhome.cases.casefile import CaseFile
from wayhome.cases.said import Statement
from wayhome.desk.case import Case
from wayhome.desk.caseload import Caseload


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that was done with a case; `other` is the case that it has to do with."""

    tag: str
    by: str
    said: Statement = field(repr=False)
    other: str = ""
    title: str = field(default="", repr=False)


def course_of(case: Case, file: CaseFile, load: Caseload) -> list[Happening]:
    """Give it in the order in which it was said, what another case says of this one at its end."""
    return [*_own(file, load), *_from_others(case, load)]


def _own(file: CaseFile, load: Caseload) -> Iterator[Happening]:
    for one in file.placed:
        by, what = one.entry.by, one.entry.said
        match what:
            case _ if one.is_bad:
                continue
            case said.Related():
                yield _related(by, what, what.case, load)
            case said.StatusChange(to="declined"):
                yield Happening("declined", by, what)
            case said.Handover() | said.IdentityOpened() | said.Outcome() | said.Erase():
                yield Happening(str(what.__struct_config__.tag), by, what)


def _from_others(case: Case, load: Caseload) -> Iterator[Happening]:
    for other in load.cases.values():
        for one in other.bodies.values():
            if isinstance(one.said, said.Related) and one.said.case == case.id:
                yield _related(one.by, one.said, other.id, load)


def _related(by: str, what: said.Related, other: str, load: Caseload) -> Happening:
    there = load.cases.get(other)
    opened = load.file(there).opened if there else None
    return Happening("related", by, what, other, opened.title if opened else "")
