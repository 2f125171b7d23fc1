"""Writing: a letter out of a form and the facts of its case, before it is written down.

Letters are in Russian, whatever language the desk is read in: the offices answer no other.
"""

from collections.abc import Collection, Iterator
from typing import cast

from wayhome.cases.authorities import Way
from wayhome.cases.casekinds import Question
from wayhome.cases.letters import (
    Answered,
    Complaint,
    Earlier,
    Man,
    Sender,
    Writing,
    lacking,
    write_letter,
)
from wayhome.cases.letters import Reply as OfficeReply
from wayhome.cases.likeness import is_too_alike
from wayhome.cases.rules import local
from wayhome.desk.asked import Asked
from wayhome.desk.casework import Casework
from wayhome.desk.known import DeskFault
from wayhome.pages.words import words
from wayhome.records.refused import Refused

_YEAR = 365  # days: whom an office has answered longer ago it has forgotten


def written(asked: Asked) -> dict[str, object]:
    """Give what a letter says, to be shown or written down; nothing is sent yet.

    Raises:
        DeskFault, Refused: it lacks something, or would get no answer.
    """
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
    try:
        text = write_letter(writing, law)
    except Refused as refused:
        if refused.reason == "missing-field":
            _refuse_lacking(lacking(writing, law))
        raise
    no = file.newest if file.state == "drafted" else max(file.letters, default=0) + 1
    return {
        "no": no,
        "authority": to,
        "template": template.id,
        "hash": template.sum.removeprefix("sha256:"),
        "sender": sender.who,
        "way": way,
        "text": text,
        "about": about,
    }


def _refuse_lacking(names: Collection[str]) -> None:
    """Say which field a letter still needs, and what to do.

    Raises:
        DeskFault: it is one that the form has.
    """
    if "letter" in names:
        raise DeskFault("this letter is about an earlier one: choose which")
    if "reply" in names:
        raise DeskFault("no answer is written down for that letter: write down first when it came")
    if "deadline" in names:
        raise DeskFault(
            "no term has begun for it: write down first when it was delivered or registered"
        )
    if "man" in names:
        raise DeskFault("write his name and his unit: only a letter from home has gaps for them")
    if "own_words" in names:
        raise DeskFault("write what it is about in your own words: letters all alike are not read")


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


def is_like_others(text: str, asked: Asked) -> bool:
    """Tell whether a letter is all but one that was written in another case within a year."""
    return is_too_alike(text, _others(asked.work, asked.case.id))


def _others(work: Casework, but: str) -> Iterator[str]:
    for case in work.load.cases.values():
        for one in work.load.file(case).letters.values() if case.id != but else ():
            if (work.today - one.letter.at).days < _YEAR:
                yield one.letter.text
