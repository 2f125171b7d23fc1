"""Sample cases: a pack's invented cases, as what families and caseworkers would have said.

A demo's desk seals them; the tests fold them. Days are counted back from the day it begins.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar, cast

import msgspec

from wayhome.cases import said
from wayhome.cases.authorities import Way
from wayhome.cases.casefile import CaseFile, Entry, fold
from wayhome.cases.figures import Table
from wayhome.cases.law import Law
from wayhome.cases.letters import Answered, Complaint, Earlier, Sender, Writing, write_letter
from wayhome.cases.letters import Reply as OfficeReply
from wayhome.cases.rules import local
from wayhome.cases.said import Statement, Status
from wayhome.cases.storedsum import stored
from wayhome.packfile import PackFault, PackFile

_Said = TypeVar("_Said", bound=said.Said)


class SampleStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a holder of the case, by number, said so many days ago; `on` is days ago as well."""

    ago: int
    by: int
    say: Literal[
        "held", "reply", "status", "letter", "fact", "grade", "outcome", "related", "erase"
    ]
    text: str = ""
    asks: tuple[str, ...] = ()
    to: str = ""
    reason: str = ""
    letter: str = ""
    authority: str = ""
    way: str = ""
    about: int = 0
    unanswered: tuple[str, ...] = ()
    what: str = ""
    on: int = 0
    no: str = ""
    word: str = ""
    ground: str = ""


class SampleCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One invented case, and the state that it must come to."""

    word: str
    state: Status | Literal["erased"]
    kind: str
    region: str
    story: str
    answers: dict[str, str]
    step: tuple[SampleStep, ...]
    ago: int = 1

    @property
    def farewell(self) -> str:
        """What a family reads whose report is declined."""
        return next((one.text for one in self.step if one.to == "declined"), "")

    @property
    def twin(self) -> str:
        """The word of the case that this one repeats; empty where it repeats none."""
        return next((one.to for one in self.step if one.say == "related"), "")


class FormPost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The post by which the group signs the form as one file; its sums are added to the text."""

    title: str
    lang: str
    text: str


class Samples(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A pack's invented casework: the group that does it, its cases, and what it counted before."""

    group: str
    office: str  # the invented address of every office
    form: FormPost
    total: int  # cases of the quarter whose figures it publishes
    figures: dict[Table, dict[str, int]]
    case: tuple[SampleCase, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: the family's key and recipient, the holders' keys, and the case's secrets."""

    family: str
    recipient: str
    box: str
    holders: tuple[str, ...]
    case: str
    desk: str
    identity: str
    office: str


def has_samples(folder: Path) -> bool:
    """Tell whether a pack has invented cases."""
    return (folder / "cases.toml").exists()


def read_samples(folder: Path, law: Law) -> Samples:
    """Read a pack's invented cases.

    Raises:
        PackFault: a file is missing or wrong, or names a kind, question, letter or authority that
            the pack does not have.
    """
    file = PackFile(folder / "cases.toml")
    found = file.shaped(Samples)
    words = {case.word for case in found.case}
    for i, case in enumerate(found.case):
        fault = _fault_in(case, law, words)
        if fault:
            raise file.fault("no-such-name", fault, "case", i)
    return found


def played(sample: SampleCase, cast: Cast, law: Law, today: dt.date) -> tuple[Entry, ...]:
    """Give the bodies of a case in their order, with the deadlines that a desk would write."""
    playing = _Playing(sample, cast, law, today)
    entries = [Entry("0" * 64, cast.family, playing.report())]
    for step in sample.step:
        for what in (*playing.steps(step, entries), *playing.deadlines(entries, step)):
            number = len(entries) + 1
            body = msgspec.structs.replace(what, n=number)
            entries.append(Entry(f"{number:064x}", cast.holders[step.by - 1], body))
    return tuple(entries)


def _fault_in(case: SampleCase, law: Law, words: set[str]) -> str:
    kind = law.kinds.get(case.kind)
    if kind is None or set(case.answers) - {one.id for one in kind.question}:
        return f"`{case.kind}` is no kind of the pack, or has not these questions"
    letters = {step.letter for step in case.step if step.letter}
    authorities = {step.authority for step in case.step if step.authority}
    authorities |= {step.to for step in case.step if step.say == "fact" and step.to}
    missing = (letters - law.letters.keys()) | (authorities - law.authorities.by_id.keys())
    missing |= {case.twin} - {"", *words}
    return f"the pack has no {', '.join(sorted(missing))}" if missing else ""


@dataclass(frozen=True, slots=True)
class _Playing:
    """One case while it is played."""

    sample: SampleCase
    cast: Cast
    law: Law
    today: dt.date

    def report(self) -> said.Report:
        sample, cast = self.sample, self.cast
        return said.Report(
            v=1,
            n=1,
            at=self._day(sample.ago),
            kind=sample.kind,
            region=sample.region,
            lang="ru",
            story=sample.story,
            answers=sample.answers,
            sender="home",
            recipient=cast.recipient,
            box=cast.box,
            consent=said.Consent(figures=True),
        )

    def steps(self, step: SampleStep, before: list[Entry]) -> Iterator[Statement]:
        """Give what a step says; its number is set by the caller."""
        at = self._day(step.ago)
        match step.say:
            case "held":
                yield from self._held(at)
            case "letter":
                yield self._letter(step, at, before)
            case "fact":
                on = self._day(step.on)
                number = self._number(step)
                yield said.CaseFact(
                    v=1, n=1, at=at, letter=number, what=step.what, on=on, no=step.no, to=step.to
                )
            case _:
                yield self._word(step, at)

    def deadlines(self, before: list[Entry], step: SampleStep) -> Iterator[said.Deadline]:
        """Give the deadlines that follow from a fact: what the desk would write then."""
        if step.say != "fact":
            return
        at = self._day(step.ago)
        number = len(before) + 1
        now = (Entry("f" * 64, "", _numbered(one, number)) for one in self.steps(step, before))
        whole = (*before, *now)
        case = fold(whole, self.law, len(self.cast.holders))
        kept = {(one.rule, one.derivation.since) for one in _kept(case)}
        for no, dues in case.dues(self.law, at).items():
            for due in dues:
                if due.is_running() and due.rule.ends:
                    made = stored(due.dates[-1])
                    if (due.rule.id, made.since) not in kept:
                        yield said.Deadline(
                            v=1, n=1, at=at, letter=no, rule=due.rule.id, derivation=made
                        )

    def _held(self, at: dt.date) -> Iterator[Statement]:
        cast = self.cast
        holders, title = cast.holders, self.law.kinds[self.sample.kind].name["ru"]
        yield said.Opened(v=1, n=1, at=at, case=cast.case, desk=cast.desk, title=title)
        yield said.CaseKey(
            v=1,
            n=1,
            at=at,
            case=cast.case,
            desk=cast.desk,
            identity=cast.identity,
            holders=holders,
        )
        yield said.Assign(v=1, n=1, at=at, case=cast.case, holders=holders, lead=holders[0])

    def _letter(self, step: SampleStep, at: dt.date, before: list[Entry]) -> said.Letter:
        """Write a letter by the pack's template, to be signed at home."""
        questions = self.law.kinds[self.sample.kind].question
        answers = self.sample.answers
        writing = Writing(
            step.letter,
            step.authority,
            cast("Way", step.way),  # write_letter refuses what the office does not take
            Sender("home"),
            at,
            step.text,
            answers=tuple(
                Answered(local(one.ask, "ru"), answers[one.id])
                for one in questions
                if answers.get(one.id) and not one.options
            ),
            address=self.cast.office,
            complaint=self._complaint(step, before),
        )
        return said.Letter(
            v=1,
            n=1,
            at=at,
            no=self._number(step),
            authority=step.authority,
            template=step.letter,
            hash=self.law.letters[step.letter].sum.removeprefix("sha256:"),
            sender="home",
            way=step.way,
            text=write_letter(writing, self.law),
            about=step.about,
        )

    def _complaint(self, step: SampleStep, before: list[Entry]) -> Complaint | None:
        """Say what a complaint goes on from: what happened to the letter that it is about."""
        if not step.about:
            return None
        about = next(one for one in _of(before, said.Letter) if one.no == step.about)
        facts = {one.what: one for one in _of(before, said.CaseFact) if one.letter == step.about}
        answered = facts["answered"]
        office = local(self.law.authorities.get(about.authority).name, "ru")
        sent = Earlier(office, facts["sent"].on, facts["sent"].no)
        reply = OfficeReply(answered.on, answered.no)
        return Complaint(about.authority, sent, reply=reply, unanswered=step.unanswered)

    def _word(self, step: SampleStep, at: dt.date) -> Statement:
        """Give what is no letter and no fact, in the closed shape that it must have."""
        found: dict[str, object] = {"v": 1, "n": 1, "at": at}
        match step.say:
            case "reply":
                found |= {"t": "reply", "text": step.text, "status": "asked", "asks": step.asks}
                found |= {"recipient": self.cast.recipient}
            case "status":
                found |= {"t": "status", "to": step.to, "reason": step.reason}
            case "grade":
                found |= {"t": "grade", "letter": self._number(step), "word": step.word}
                found |= {"ground": step.ground}
            case "related":
                found |= {"t": "related", "case": _ELSEWHERE, "why": "duplicate"}
            case "erase":
                found |= {"t": "erase", "why": step.text}
            case _:
                found |= {"t": "outcome", "word": step.word, "text": step.text}
        written = {name: value for name, value in found.items() if value not in ("", ())}
        try:
            return _read(written)
        except msgspec.ValidationError as error:
            raise PackFault("cases.toml", "bad-value", f"{self.sample.word}: {error}") from error

    def _number(self, step: SampleStep) -> int:
        """Give the number of the letter that a step is about: the newest so far."""
        steps = self.sample.step
        return max(1, sum(one.say == "letter" for one in steps[: steps.index(step) + 1]))

    def _day(self, ago: int) -> dt.date:
        return self.today - dt.timedelta(ago)


_ELSEWHERE = "0" * 32  # a case's number follows from its report: who plays it puts it here


def _read(written: dict[str, object]) -> Statement:
    found: Statement = msgspec.convert(written, Statement)
    return found


def _of(entries: list[Entry], kind: type[_Said]) -> list[_Said]:
    return [one.said for one in entries if isinstance(one.said, kind)]


def _numbered(what: Statement, number: int) -> Statement:
    return msgspec.structs.replace(what, n=number)


def _kept(case: CaseFile) -> Iterator[said.Deadline]:
    for one in case.letters.values():
        yield from one.deadlines
