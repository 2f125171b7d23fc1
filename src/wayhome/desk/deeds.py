"""Deeds: what a form of the desk's pages asks for, done by its caseworker."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from wayhome.cases import said
from wayhome.cases.authorities import Way
from wayhome.cases.casekinds import Question
from wayhome.cases.letters import Answered, Complaint, Earlier, Man, Sender, Writing, write_letter
from wayhome.cases.letters import Reply as OfficeReply
from wayhome.cases.rules import local
from wayhome.desk.case import Case
from wayhome.desk.casework import Casework
from wayhome.desk.known import DeskFault
from wayhome.pages.words import words

_Doing = Callable[["Asked"], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """A form, as it was filled in."""

    work: Casework
    case: Case = field(repr=False)
    fields: Mapping[str, str | list[str]] = field(repr=False)

    def one(self, name: str) -> str:
        """Give a field's text, empty where it was left out."""
        found = self.fields.get(name, "")
        return found.strip().replace("\r\n", "\n") if isinstance(found, str) else ""

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


def do(name: str, asked: Asked) -> None:
    """Do what a form asks for.

    Raises:
        DeskFault: there is no such deed, or it cannot be done here.
        Refused: what was typed is not well made.
    """
    if name not in DEEDS:
        raise DeskFault("there is no such deed")
    DEEDS[name](asked)
    if asked.work.load.file(asked.case).letters and asked.case.key:
        asked.work.settle(asked.case)


def _take(asked: Asked) -> None:
    asked.work.take(asked.case, asked.one("title"), asked.many("holder"))


def _decline(asked: Asked) -> None:
    reason = " ".join(one for one in (asked.one("reason"), asked.one("group")) if one)
    asked.work.decline(asked.case, reason, asked.one("text"))


def _reply(asked: Asked) -> None:
    asks = [line.strip() for line in asked.one("asks").splitlines() if line.strip()]
    files = asked.work.papers.seal(asked.many("file"), is_for_family=True)
    asked.work.reply(asked.case, asked.one("text"), asks, files)


def _note(asked: Asked) -> None:
    files = asked.work.papers.seal(asked.many("file"))
    asked.work.say(asked.case, said.Note, text=asked.one("text"), files=files)


def _related(asked: Asked) -> None:
    fields = {"case": asked.one("other"), "why": asked.one("why")}
    asked.work.say(asked.case, said.Related, **fields)


def _hand_over(asked: Asked) -> None:
    asked.work.hand_over(asked.case, asked.one("to"), asked.one("why"), asked.one("sender"))


def _share(asked: Asked) -> None:
    asked.work.share(asked.case, asked.one("to"))


def _letter(asked: Asked) -> None:
    law, file = asked.work.load.law, asked.work.load.file(asked.case)
    about = asked.number("about") if asked.one("about") else 0
    template = law.letters.get(asked.one("template"))
    if template is None or file.report is None:
        raise DeskFault("choose a letter")
    way, to = asked.one("way"), asked.one("to")
    sender = Sender(asked.one("sender"), asked.one("name"), asked.one("address"))
    writing = Writing(
        template.id,
        to,
        cast("Way", way),  # write_letter refuses what the office does not take
        sender,
        asked.work.today,
        asked.one("own_words"),
        Man(asked.one("man"), asked.one("unit")),
        _answers(asked),
        tuple(line for line in asked.one("enclosures").splitlines() if line.strip()),
        asked.one("office_address"),
        _complaint(asked, about) if about else None,
        "ru",
    )
    text = write_letter(writing, law)
    no = file.newest if file.state == "drafted" else max(file.letters, default=0) + 1
    asked.work.say(
        asked.case,
        said.Letter,
        no=no,
        authority=to,
        template=template.id,
        hash=template.sum.removeprefix("sha256:"),
        sender=sender.who,
        way=way,
        text=text,
        about=about,
    )


def _answers(asked: Asked) -> tuple[Answered, ...]:
    report = asked.work.load.file(asked.case).report
    kind = asked.work.load.law.kinds.get(report.kind) if report else None
    if report is None or kind is None:
        return ()
    known = {one.id: one for one in kind.question}
    return tuple(
        Answered(local(known[name].ask, "ru"), _option(known[name], answer))
        for name, answer in report.answers.items()
        if name in known
    )


def _option(question: Question, answer: str) -> str:
    """Give an answer as a letter says it: one of the options is a word of ours."""
    return str(words("ru").say(answer)) if answer in question.options else answer


def _complaint(asked: Asked, about: int) -> Complaint:
    """Say what a complaint goes on from, out of the facts of the case.

    Raises:
        DeskFault: there is no such letter, or it was not sent.
    """
    law, file = asked.work.load.law, asked.work.load.file(asked.case)
    letter = file.letters.get(about)
    facts = {one.what: one for one in letter.facts} if letter else {}
    if letter is None or "sent" not in facts:
        raise DeskFault("the letter that it is about was not sent")
    registered = facts.get("registered")
    sent = Earlier(
        local(law.authorities.get(letter.letter.authority).name, "ru"),
        facts["sent"].on,
        facts["sent"].no,
        registered.no if registered else "",
        registered.on if registered else None,
    )
    ended = next((facts[one] for one in ("answered", "refused") if one in facts), None)
    dues = file.dues(law, asked.work.today)[about]
    passed = [one.dates for one in dues if "answered" in one.rule.ends and one.dates]
    return Complaint(
        letter.letter.authority,
        sent,
        passed[-1] if passed else (),
        OfficeReply(ended.on, ended.no) if ended else None,
        tuple(line for line in asked.one("unanswered").splitlines() if line.strip()),
    )


def _fact(asked: Asked) -> None:
    letter, on = asked.number("letter"), asked.day("on")
    proof = asked.work.papers.seal(asked.many("file")[:1])
    asked.work.say(
        asked.case,
        said.CaseFact,
        letter=letter,
        what=asked.one("what"),
        on=on,
        no=asked.one("no"),
        proof=proof[0] if proof else None,
        to=asked.one("to"),
    )


def _settle(asked: Asked) -> None:
    asked.work.settle(asked.case)


def _silent(asked: Asked) -> None:
    asked.work.say(asked.case, said.StatusChange, to="silent")


def _grade(asked: Asked) -> None:
    fields = {"letter": asked.number("letter"), "word": asked.one("word")}
    asked.work.say(asked.case, said.Grade, **fields)


def _outcome(asked: Asked) -> None:
    asked.work.say(asked.case, said.Outcome, word=asked.one("word"), text=asked.one("text"))


def _open_identity(asked: Asked) -> None:
    asked.work.open_identity(asked.case, asked.one("why"))


def _erase(asked: Asked) -> None:
    asked.work.erase(asked.case, asked.one("why"))


DEEDS: Mapping[str, _Doing] = {
    "take": _take,
    "decline": _decline,
    "reply": _reply,
    "note": _note,
    "related": _related,
    "hand-over": _hand_over,
    "share": _share,
    "letter": _letter,
    "fact": _fact,
    "settle": _settle,
    "silent": _silent,
    "grade": _grade,
    "outcome": _outcome,
    "open-identity": _open_identity,
    "erase": _erase,
}
