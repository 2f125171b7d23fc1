"""Deeds: what a form of the desk's pages asks for, done by its caseworker."""

import datetime as dt
from collections.abc import Callable, Mapping

from wayhome.cases import said
from wayhome.cases.familytalk import TALKS
from wayhome.cases.legs import ORDER, span_of
from wayhome.cases.rules import FACTS
from wayhome.desk.asked import Asked
from wayhome.desk.conversation import lang_of
from wayhome.desk.known import DeskFault
from wayhome.desk.writing import written

_Doing = Callable[[Asked], None]


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
    other, why = asked.one("other"), asked.one("why")
    if other == asked.case.id or other not in asked.work.load.cases:
        raise DeskFault("choose the other case")
    asked.work.say(asked.case, said.Related, case=other, why=why)
    if why == "duplicate":
        text = asked.one("text") or TALKS[lang_of(asked.case)].states["duplicate"]
        asked.work.reply(asked.case, text)


def _hand_over(asked: Asked) -> None:
    asked.work.hand_over(asked.case, asked.one("to"), asked.one("why"), asked.one("sender"))


def _share(asked: Asked) -> None:
    asked.work.share(asked.case, asked.one("to"))


def _letter(asked: Asked) -> None:
    asked.work.say(asked.case, said.Letter, **written(asked))


def _fact(asked: Asked) -> None:
    letter, on = asked.number("letter"), asked.day("on")
    _refuse_day(asked, letter, on)
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


def _refuse_day(asked: Asked, letter: int, on: dt.date) -> None:
    """Refuse a day on which it cannot have happened; nothing of it was sealed yet.

    Raises:
        DeskFault: it has not come, or what comes before or after has another day.
    """
    file = asked.work.load.file(asked.case)
    what = next((one for one in FACTS if one == asked.one("what")), None)
    if on > asked.work.today:
        raise DeskFault("that day has not come yet")
    if what is None or what not in ORDER or letter not in file.letters:
        return
    first, last = span_of(file.way(letter), what)
    if first and on < first:
        raise DeskFault(
            "it cannot be before %(day)s: look at the days that stand at the letter",
            day=first.isoformat(),
        )
    if last and on > last:
        raise DeskFault(
            "it cannot be after %(day)s: look at the days that stand at the letter",
            day=last.isoformat(),
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
