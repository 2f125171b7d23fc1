"""Case file: what is known of one case, a fold of the bodies that were opened.

Bodies come in any order, twice, from several desks, in their envelopes and again in snapshots; they
are folded in the order of (n, sig of the body), so whoever holds the same set sees the same case. A
body that does not fit where the case stands is a bad step: it is kept and shown grey, and changes
nothing. So is one whose number leaps from all others: who was dismissed would else have the last
word for ever. Being late is no state: it is computed from deadlines and today, and ends when
somebody acts.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from wayhome.cases import said
from wayhome.cases.body import Body
from wayhome.cases.law import Law
from wayhome.cases.legs import Due, Happened, Way, dues_of
from wayhome.cases.letters import fits
from wayhome.cases.moved import Moved, moved_between
from wayhome.cases.rules import FACTS, Fact
from wayhome.cases.said import Statement, Status
from wayhome.cases.snapshots import kept_in
from wayhome.cases.storedsum import read_stored

KEPT_AFTER_CLOSING = dt.timedelta(180)
ERASERS = 2  # holders who must agree; one where there is only one
OPEN: frozenset[str] = frozenset({"waiting", "taken", "asked", "drafted", "sent", "answered"})
ENDED: frozenset[str] = frozenset({"closed", "duplicate", "declined"})
DECLINED = ("not-ours", "other-group", "abuse")  # why a case is declined; the second names a group
_ENDS: tuple[Fact, ...] = ("answered", "refused", "returned")


@dataclass(frozen=True, slots=True)
class Entry:
    """A body that was opened; its `id` is its sig, which is the same wherever it is kept."""

    id: str
    by: str
    said: Statement = field(repr=False)


def entries_of(bodies: Iterable[Body]) -> Iterator[Entry]:
    """Give the entries of bodies, and of all bodies that a snapshot among them keeps.

    One that a snapshot has spoilt is left out: its envelope, or another snapshot, may have it.
    """
    for body in bodies:
        yield Entry(body.sig, body.by, body.said)
        if isinstance(body.said, said.Snapshot):
            yield from entries_of(kept_in(body.said))


@dataclass(frozen=True, slots=True)
class Placed:
    """A body in its order, and whether it fitted where the case stood."""

    entry: Entry
    is_bad: bool


@dataclass(slots=True)
class LetterFile:
    """All that was said of one letter; of two with one number the later in order holds."""

    letter: said.Letter
    facts: list[said.CaseFact] = field(default_factory=list)
    grades: list[said.Grade] = field(default_factory=list)
    deadlines: list[said.Deadline] = field(default_factory=list)
    acted: bool = False

    @property
    def moves(self) -> tuple[Moved, ...]:
        """Every deadline that replaced another: from which day, to which, and why."""
        pairs = (
            (before, now)
            for now in self.deadlines
            for before in self.deadlines
            if before.rule == now.rule and before.derivation.day == now.was
        )
        found = (
            moved_between(read_stored(before.derivation), read_stored(now.derivation))
            for before, now in {id(now): (before, now) for before, now in pairs}.values()
        )
        return tuple(one for one in found if one)


@dataclass(slots=True)
class CaseFile:
    """One case. `state` is empty until a report was read."""

    state: Status | str = ""
    placed: list[Placed] = field(default_factory=list)
    report: said.Report | None = None
    family: str = ""
    opened: said.Opened | None = None
    key: said.CaseKey | None = None
    holders: tuple[str, ...] = ()
    lead: str = ""
    asks: tuple[str, ...] = ()
    reason: str = ""
    letters: dict[int, LetterFile] = field(default_factory=dict)
    newest: int = 0  # the letter that the case is about now
    outcome: said.Outcome | None = None
    ended_on: dt.date | None = None
    erasers: set[str] = field(default_factory=set)
    wants_erasing: bool = False

    @property
    def erase_on(self) -> dt.date | None:
        """The day on which it is erased if nobody writes."""
        return self.ended_on + KEPT_AFTER_CLOSING if self.ended_on else None

    def way(self, no: int) -> Way:
        """Give a letter's way through the offices."""
        one = self.letters[no]
        happened = tuple(
            Happened(fact, on.on, on.no, on.to)
            for on in one.facts
            for fact in FACTS
            if fact == on.what
        )
        grade = one.grades[-1].word if one.grades else None
        region = self.report.region if self.report else ""
        return Way(one.letter.authority, happened, grade, one.acted, region)

    def dues(self, law: Law, today: dt.date) -> Mapping[int, tuple[Due, ...]]:
        """Give what is owed on every letter of a case that is open."""
        if self.state not in OPEN:
            return {}
        return {no: dues_of(self.way(no), law, today) for no in self.letters}

    def moved(self, law: Law, today: dt.date) -> tuple[tuple[int, Moved], ...]:
        """Give every running deadline whose day is another now than the one last written down."""
        found = (
            (no, moved_between(read_stored(kept.derivation), due.dates[-1]))
            for no, dues in self.dues(law, today).items()
            for due in dues
            if due.is_running() and (kept := self._kept(no, due))
        )
        return tuple((no, moved) for no, moved in found if moved)

    def _kept(self, no: int, due: Due) -> said.Deadline | None:
        """Give the newest deadline that was written for what is owed; a leg is told by its fact."""
        since = due.dates[-1].since
        for kept in reversed(self.letters[no].deadlines):
            old = kept.derivation.since
            is_same_fact = old.on == since.on or (old.latest and since.is_latest)
            if kept.rule == due.rule.id and is_same_fact:
                return kept
        return None

    def unwritten(self, law: Law, today: dt.date) -> Iterator[tuple[int, Due, dt.date | None]]:
        """Give every running deadline whose day is not the one last written down, and that one."""
        for no, dues in self.dues(law, today).items():
            for due in dues:
                told = (one for one in self.letters[no].deadlines if one.rule == due.rule.id)
                kept = [one.derivation.day for one in told]
                if due.is_running() and kept[-1:] != [due.dates[-1].day]:
                    yield no, due, kept[-1] if kept else None

    def has_passed(self, day: dt.date) -> bool:
        """Tell whether a term of the letter that was sent had passed on a day."""
        newest = self.letters.get(self.newest) if self.state == "sent" else None
        return any(one.derivation.day < day for one in (newest.deadlines if newest else ()))

    def late(self, law: Law, today: dt.date) -> tuple[tuple[int, Due], ...]:
        """Give what should have been done by now, with its letter; a term of ours is not late."""
        return tuple(
            (no, due)
            for no, dues in self.dues(law, today).items()
            for due in dues
            if due.rule.ends and due.is_late(today)
        )


def fold(entries: Iterable[Entry], law: Law, caseworkers: int) -> CaseFile:
    """Fold a case; ``caseworkers`` is how many the group has, for one alone may hold a case."""
    case = CaseFile()
    guard = _Guard(case, law, caseworkers)
    known = {one.id: one for one in entries}
    most = said.highest(one.said.n for one in known.values())
    for entry in sorted(known.values(), key=lambda one: (one.said.n, one.id)):
        after = guard.step(entry) if entry.said.n <= most else None
        case.placed.append(Placed(entry, is_bad=after is None))
        case.state = case.state if after is None else after
    return case


@dataclass(frozen=True, slots=True)
class _Guard:
    """What may follow where: each step gives the state after it, or None for a bad one."""

    case: CaseFile
    law: Law
    caseworkers: int

    def step(self, entry: Entry) -> str | None:
        """Take one body."""
        what = entry.said
        if self.case.state in ("", "erased") and not isinstance(what, said.Report):
            return None
        taken = _STEPS.get(type(what))
        # what has no step of its own is written beside the case, and moves nothing
        return taken(self, entry) if taken else self.case.state

    def report(self, entry: Entry) -> str | None:
        if self.case.state or not isinstance(entry.said, said.Report):
            return None
        self.case.report, self.case.family = entry.said, entry.by
        return "waiting"

    def holding(self, entry: Entry) -> str | None:
        """Open, share or assign; with all three, and two who hold it, a case is taken."""
        case = self.case
        if case.state not in OPEN:
            return self._held_after(entry)
        match entry.said:
            case said.Opened():
                case.opened = entry.said
            case said.CaseKey():
                case.key = entry.said
            case said.Assign(holders=holders, lead=lead):
                case.holders, case.lead = holders, lead
            case said.Handover(sender=sender, to=to):
                others = (one for one in case.holders if one not in (sender, to))
                case.holders = (*others, to)
                case.lead = to if case.lead == sender else case.lead
        is_held = len(case.holders) > 1 or (len(case.holders) == 1 and self.caseworkers == 1)
        is_ready = case.opened is not None and case.key is not None and is_held
        return "taken" if case.state == "waiting" and is_ready else case.state

    def _held_after(self, entry: Entry) -> str | None:
        """A case that has ended: its holders may have left, and others must agree to erase."""
        case = self.case
        match entry.said:
            case said.CaseKey() if case.holders:
                case.key = entry.said
            case said.Assign(holders=holders, lead=lead) if case.holders:
                case.holders, case.lead = holders, lead
                case.erasers.intersection_update(holders)
            case _:
                return None
        return "erased" if self._is_agreed() else case.state

    def message(self, entry: Entry) -> str | None:
        if entry.by != self.case.family:
            return None
        if self.case.state not in ("asked", "closed"):
            return self.case.state
        self.case.outcome, self.case.ended_on = None, None
        self.case.erasers.clear()
        return "taken"

    def reply(self, entry: Entry) -> str | None:
        if isinstance(entry.said, said.Reply) and entry.said.asks:
            self.case.asks = entry.said.asks
        return self.case.state

    def status(self, entry: Entry) -> str | None:
        match self.case.state, entry.said:
            case "waiting", said.StatusChange(to="declined", reason=reason) if (
                reason.split(" ")[0] in DECLINED
            ):
                self.case.reason, self.case.ended_on = reason, entry.said.at
                return "declined"
            case "taken", said.StatusChange(to="asked") if self.case.asks:
                return "asked"
            case "sent", said.StatusChange(to="silent", at=at) if self.case.has_passed(at):
                self.case.letters[self.case.newest].acted = True
                return "answered"
        return None

    def letter(self, entry: Entry) -> str | None:
        case = self.case
        match entry.said:
            case said.Letter() as letter if case.state in ("taken", "answered", "drafted"):
                about = case.letters.get(letter.about)
                if not fits(letter, self.law, about.letter.authority if about else ""):
                    return None
                if case.state == "drafted" and letter.no != case.newest:
                    return None
                case.letters[letter.no] = LetterFile(letter)
                case.newest = letter.no
                if about:
                    about.acted = True
                return "drafted"
        return None

    def fact(self, entry: Entry) -> str | None:
        match entry.said:
            case said.CaseFact(letter=no, what=what) as fact if (
                no in self.case.letters and what in FACTS and fact.on <= fact.at
            ):
                after = self._after(what)
                if after is not None:
                    self.case.letters[no].facts.append(fact)
                return after
        return None

    def _after(self, what: str) -> str | None:
        state = self.case.state
        if what == "sent":
            return "sent" if state == "drafted" else None
        if state not in ("sent", "answered", "drafted", "asked", "taken"):
            return None
        return "answered" if what in _ENDS and state == "sent" else state

    def grade(self, entry: Entry) -> str | None:
        match entry.said:
            case said.Grade(letter=no) as grade if (
                self.case.state == "answered" and no in self.case.letters
            ):
                self.case.letters[no].grades.append(grade)
                return "answered"
        return None

    def deadline(self, entry: Entry) -> str | None:
        match entry.said:
            case said.Deadline(letter=no) as deadline if no in self.case.letters:
                self.case.letters[no].deadlines.append(deadline)
                return self.case.state
        return None

    def outcome(self, entry: Entry) -> str | None:
        if self.case.state not in OPEN or not isinstance(entry.said, said.Outcome):
            return None
        self.case.outcome, self.case.ended_on = entry.said, entry.said.at
        return "closed"

    def related(self, entry: Entry) -> str | None:
        match entry.said:
            case said.Related(why="duplicate", at=at):
                if self.case.state not in OPEN:
                    return None
                self.case.ended_on = at
                return "duplicate"
        return self.case.state

    def erase_request(self, _: Entry) -> str | None:
        self.case.wants_erasing = True
        return self.case.state

    def erase(self, entry: Entry) -> str | None:
        case = self.case
        # nobody held a case that was declined: whoever reads reports may erase it
        is_theirs = entry.by in case.holders or not case.holders
        if case.state not in ENDED or not is_theirs or self._is_owed(entry.said.at):
            return None
        case.erasers.add(entry.by)
        return "erased" if self._is_agreed() else case.state

    def _is_agreed(self) -> bool:
        enough = min(ERASERS, max(1, len(self.case.holders) or self.caseworkers))
        return len(self.case.erasers) >= enough

    def _is_owed(self, day: dt.date) -> bool:
        """Tell whether some office still had time on a day: then its answer is waited for.

        Nobody waits where the family wants all of it erased, or for a term that is its own.
        """
        return not self.case.wants_erasing and any(
            kept.derivation.day >= day
            for one in self.case.letters.values()
            if not any(fact.what in _ENDS for fact in one.facts)
            for kept in [kept for kept in one.deadlines if self._binds_an_office(kept)][-1:]
        )

    def _binds_an_office(self, kept: said.Deadline) -> bool:
        rule = self.law.rules.get(kept.rule)
        return rule is None or bool(rule.ends)


_STEPS: Mapping[type[said.Said], Callable[[_Guard, Entry], str | None]] = {
    said.Report: _Guard.report,
    said.Opened: _Guard.holding,
    said.CaseKey: _Guard.holding,
    said.Assign: _Guard.holding,
    said.Handover: _Guard.holding,
    said.Message: _Guard.message,
    said.Reply: _Guard.reply,
    said.StatusChange: _Guard.status,
    said.Letter: _Guard.letter,
    said.CaseFact: _Guard.fact,
    said.Grade: _Guard.grade,
    said.Deadline: _Guard.deadline,
    said.Outcome: _Guard.outcome,
    said.Related: _Guard.related,
    said.EraseRequest: _Guard.erase_request,
    said.Erase: _Guard.erase,
}
