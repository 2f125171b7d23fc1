"""Views: what the desk's page shows, drawn anew for each question; nothing of it is kept."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from wayhome.cases import said
from wayhome.cases.casefile import ENDED, OPEN, CaseFile
from wayhome.cases.countable import quarters_before
from wayhome.cases.grades import GRADES, next_steps
from wayhome.cases.kinds.figures import days_of
from wayhome.cases.legs import Due
from wayhome.cases.moved import Moved, tell_moved
from wayhome.cases.rules import FACTS, local
from wayhome.cases.telling import tell_all, tell_day
from wayhome.desk.alike import Alike, alike
from wayhome.desk.asked import Asked
from wayhome.desk.board import PILES, Line, found_in, line_of, lines_of
from wayhome.desk.called import name_of, piles, states
from wayhome.desk.case import Case
from wayhome.desk.casework import Casework
from wayhome.desk.conversation import is_astray, turns
from wayhome.desk.counting import QUARTERS, counted_at, told
from wayhome.desk.course import course_of
from wayhome.desk.desk import Desk
from wayhome.desk.figureproposal import proposal_of
from wayhome.desk.form import Form
from wayhome.desk.known import DeskFault
from wayhome.desk.losses import Loss
from wayhome.desk.papers import MOST, PICTURES, files_in
from wayhome.desk.seasons import Term
from wayhome.desk.writing import is_like_others, written
from wayhome.pages.render import Templates
from wayhome.pages.words import LANGUAGES, sort_key, words
from wayhome.records.refused import Refused

_FIRST = ("top.html", "labels.html", "unlock.html", "board.html", "letterform.html", "case.html")
_SHOWN = 50  # cases of a pile that the board shows at once
_NATIVE = {"ru": "Русский", "en": "English"}
_TOLD = {"sent", "delivered", "registered", "forwarded", "extended", "answered", "refused"}


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """A letter of a case, what happened to it, and what is owed with its sum in words."""

    letter: said.Letter = field(repr=False)
    to: str
    facts: list[said.CaseFact] = field(repr=False)
    owed: list[tuple[str, str, bool]] = field(repr=False)  # what, its sum, whether it is late
    moves: list[str] = field(repr=False)  # from which day to which, and why
    grade: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A file of a case: its number here, the type and day of what named it."""

    number: int
    named_by: str
    day: dt.date
    file: said.File = field(repr=False)
    is_picture: bool


class Views:
    """The desk's pages in both languages."""

    def __init__(self, desk: Desk, *, has_group: bool = False) -> None:
        self._desk, self._has_group = desk, has_group
        self._made = {one: Templates("wayhome.desk", words(one)) for one in LANGUAGES}
        for one in self._made.values():  # while she looks for her six words
            one.read(*_FIRST)

    def draw(
        self, form: Form, fault: DeskFault | Refused | None = None, *, is_done: bool = False
    ) -> str:
        """Draw what was asked for; what went wrong, or that a deed is done, stands above it."""
        made, desk = self._made[form.lang], self._desk
        top: dict[str, object] = {
            "fault": in_words(fault, form.lang),
            "is_done": is_done,
            "native": _NATIVE,
            "view": form.view,
            "has_group": self._has_group,
            "case": form.case,
            "is_locked": not desk.is_open() and not self._has_group,
        }
        if not desk.is_open() or desk.work is None:
            return made.draw("unlock.html", **top)
        case = desk.work.load.cases.get(form.case)
        top |= {
            "stale": in_words(desk.fault, form.lang),
            "who": lambda key: name_of(key, form.lang),
            "pile_names": piles(words(form.lang)),
            "state_names": states(words(form.lang)),
            "open": OPEN,
            "me": desk.work.me,
            "local": lambda told: local(told, form.lang),
            "day": lambda day: tell_day(day, form.lang),
            "place": lambda code: desk.place(code, form.lang),
            "kinds": desk.law.kinds,
        }
        name, values = self._chosen(form, desk.work, case if case and case.bodies else None)
        return made.draw(name, **(top | values))

    def _chosen(
        self, form: Form, work: Casework, case: Case | None
    ) -> tuple[str, dict[str, object]]:
        """Give the page that was asked for, with its values."""
        if case is not None and form.view == "draft":
            return "letter.html", self._draft(form, work, case)
        if case is not None:
            return "case.html", self._case(line_of(self._desk, case), form.lang)
        match form.view:
            case "figures":
                return "figures.html", self._figures(form, work)
            case "new":
                return "new.html", self._new(form, work)
            case "keys":
                return "keys.html", self._keys()
        return "board.html", self._board(form, work)

    def _keys(self) -> dict[str, object]:
        terms = self._terms()
        return {"terms": terms, "can_end": any(one.standing == "ended" for one, *_ in terms)}

    def _board(self, form: Form, work: Casework) -> dict[str, object]:
        """Give what the board shows: of each pile the first, or all of one that was asked for."""
        text = form.one("search") if form.view == "search" else ""
        lines = lines_of(self._desk)
        shown = [one for one in lines if found_in(one, text, self._desk)] if text else lines
        piles = [(pile, [one for one in shown if one.pile == pile]) for pile in PILES]
        odd = sorted(Counter(work.load.drawer.values()).items())
        return {
            "piles": [
                (pile, len(found), found if pile == form.no else found[:_SHOWN])
                for pile, found in piles
                if found
            ],
            "search": text,
            "drawer": [one for one in odd if one[0] != "not-for-us"],
            "envelopes": len(work.post.envelopes),
            "behind": self._desk.behind,
            "reminders": self._desk.reminders(),
            "stones": len(work.load.stones),
        }

    def _draft(self, form: Form, work: Casework, case: Case) -> dict[str, object]:
        """Give a letter as its form has it, or what it lacks."""
        asked = Asked(work, case, form.fields)
        shown: dict[str, object] = {
            "law": self._desk.law,
            **self._choices(work.load.file(case)),
            "typed": form.fields,
            "letters": list(self._letters(work.load.file(case), form.lang)),
        }
        try:
            text = str(written(asked)["text"])
        except (DeskFault, Refused) as fault:
            return shown | {"text": "", "is_alike": False, "fault": in_words(fault, form.lang)}
        return shown | {"text": text, "is_alike": is_like_others(text, asked)}

    def _new(self, form: Form, work: Casework) -> dict[str, object]:
        """Give what a report that is written down for a family asks."""
        named = ((self._desk.place(code, form.lang), code) for code in self._desk.places)
        return {
            "kind": work.load.law.kinds.get(form.no),
            "regions": sorted(named, key=lambda one: sort_key(one[0])),
        }

    def _figures(self, form: Form, work: Casework) -> dict[str, object]:
        """Give what would be published of a quarter."""
        counted = counted_at(work, form.no)
        proposal = proposal_of(counted)
        return {
            "counted": counted,
            "quarters": quarters_before(work.today, QUARTERS),
            "days": days_of(counted.quarter),
            "rows": told(proposal, self._desk, words(form.lang)),
            "text": proposal.text,
        }

    def _alike(self, case: Case) -> Iterator[tuple[Alike, str, str, dt.date]]:
        """Give the cases whose reports are like this one's, with what is to be told of them."""
        load = self._desk.work.load if self._desk.work else None
        for one in alike(case, load) if load else ():
            file = load.file(one.case) if load else None
            if file and file.report:
                title = file.opened.title if file.opened else ""
                yield one, title, str(file.state), file.report.at

    def _terms(self) -> list[tuple[Term, int, list[Loss], bool]]:
        """Give her seasons with their days, what only they open, and whether they are to end."""
        today, lost = self._today(), self._desk.lost_with
        return [(one, one.days(today), lost(one), one.is_due(today)) for one in self._desk.terms()]

    def _case(self, line: Line, lang: str) -> dict[str, object]:
        work, file, case = self._desk.work, line.file, line.case
        kind = self._desk.law.kinds.get(file.report.kind) if file.report else None
        newest = file.letters.get(file.newest)
        grade = newest.grades[-1].word if newest and newest.grades else None
        steps = (
            next_steps(grade, newest.letter.authority, self._desk.law) if newest and grade else ()
        )
        colleagues = work.colleagues if work else ()
        return {
            "line": line,
            "file": file,
            "kind": kind,
            "law": self._desk.law,
            **self._choices(file),
            "questions": {one.id: local(one.ask, lang) for one in kind.question} if kind else {},
            "turns": list(turns(case)),
            "notes": [one for one in _ordered(case) if isinstance(one[1], said.Note)],
            "papers": _papers(case),
            "most": MOST,
            "letters": list(self._letters(file, lang)),
            "grey": [one.entry.said for one in file.placed if one.is_bad],
            "steps": steps,
            "can": self._can(case, file),
            "astray": work is not None and is_astray(case, work.there, work.today),
            "left": file.holders and not (work and work.staying(case)),
            "others": [one.key for one in colleagues if work and one.key != work.me],
            "joins": [one.key for one in colleagues if one.key not in file.holders],
            "cases": list(self._others(case)),
            "alike": list(self._alike(case)) if file.state in OPEN else [],
            "course": course_of(case, file, work.load) if work else [],
            "receipt": work.receipts.get(case.id, "") if work else "",
            "facts": [one for one in FACTS if one in _TOLD],
            "grades": GRADES,
            "sealed": len(case.sealed),
            "details": work.details.get(case.id) if work else None,
        }

    def _can(self, case: Case, file: CaseFile) -> frozenset[str]:
        """Give the deeds that a case can take today."""
        work, today = self._desk.work, self._today()
        found = _can(file, work.staying(case) if work else (), is_held=case.key is not None)
        if case.key is None:
            return found
        found |= {"silent"} if file.has_passed(today) else set()
        return found | ({"settle"} if file.moved(self._desk.law, today) else set())

    def _choices(self, file: CaseFile) -> dict[str, object]:
        """Give the letters and offices of the pack, those of the case's kind first."""
        law = self._desk.law
        kind = law.kinds.get(file.report.kind) if file.report else None
        letters, to = (kind.letters, kind.to) if kind else ((), ())
        offices = [one for one in law.authorities.by_id.values() if not one.is_court]
        return {
            "templates": sorted(law.letters.values(), key=lambda one: one.id not in letters),
            "offices": sorted(offices, key=lambda one: one.id not in to),
        }

    def _others(self, case: Case) -> Iterator[tuple[str, str]]:
        """Give number and title of the other cases."""
        load = self._desk.work.load if self._desk.work else None
        for one in load.cases.values() if load else ():
            opened = load.file(one).opened if load else None
            if opened and one.id != case.id:
                yield one.id, opened.title

    def _letters(self, file: CaseFile, lang: str) -> Iterator[ShownLetter]:
        law, today = self._desk.law, self._today()
        dues = file.dues(law, today)
        now: dict[int, list[Moved]] = {}
        for no, moved in file.moved(law, today):
            now.setdefault(no, []).append(moved)
        for no, one in sorted(file.letters.items()):
            # of what ended before it could be counted there is nothing to say
            shown = [due for due in dues.get(no, ()) if due.dates or due.ended is None]
            owed = [_owed(due, self._desk, lang, today) for due in shown]
            office = law.authorities.by_id.get(one.letter.authority)
            to = local(office.name, lang) if office else one.letter.authority
            grade = one.grades[-1].word if one.grades else ""
            moves = [tell_moved(made, law, lang) for made in (*one.moves, *now.get(no, ()))]
            yield ShownLetter(one.letter, to, one.facts, owed, moves, grade)

    def _today(self) -> dt.date:
        return dt.datetime.fromtimestamp(self._desk.now(), dt.UTC).date()


def in_words(fault: DeskFault | Refused | None, lang: str) -> str:
    """Say what went wrong in the reader's language."""
    match fault:
        case Refused(reason=reason):
            return words(lang).refusal(reason)
        case DeskFault():
            text = str(words(lang).say(fault.sentence, **fault.holes))
            return Markup(text[:1].upper() + text[1:] + ("" if text.endswith(".") else "."))  # noqa: S704 - its holes were escaped
    return ""


def _ordered(case: Case) -> list[tuple[str, said.Statement]]:
    bodies = sorted(case.bodies.values(), key=lambda one: (one.said.n, one.sig))
    return [(one.by, one.said) for one in bodies]


def _papers(case: Case) -> dict[str, Paper]:
    """Give the files of a case by id, each where it was named first."""
    found: dict[str, Paper] = {}
    for _, what in _ordered(case):
        for one in files_in(what):
            if one.id not in found:
                tag = str(what.__struct_config__.tag)
                number = len(found) + 1
                found[one.id] = Paper(number, tag, what.at, one, one.type in PICTURES)
    return found


def _owed(due: Due, desk: Desk, lang: str, today: dt.date) -> tuple[str, str, bool]:
    told = tell_all(due.dates, desk.law, lang) if due.dates else ""
    return local(due.rule.name, lang), told, due.is_late(today)


def _can(file: CaseFile, staying: Sequence[str], *, is_held: bool) -> frozenset[str]:
    """Give the deeds that a case can take where it stands."""
    found: set[str] = set()
    if file.state == "waiting" and not staying:
        found |= {"take"} if file.holders else {"take", "decline"}
    if is_held:
        found |= {"reply", "note"}
    if is_held and file.state in OPEN:
        found |= {"hand-over", "share", "outcome", "related"}
        found |= {"letter"} if file.state in ("taken", "answered", "drafted") else set()
        found |= {"fact"} if file.letters else set()
        found |= {"grade"} if file.state == "answered" else set()
    if file.state in ENDED and (is_held or file.state == "declined"):
        found.add("erase")
    return frozenset(found)
