"""Conversation: what was said between a family and the desk, in its order."""

from collections.abc import Iterator, Sequence
from typing import get_args

from wayhome.cases import said
from wayhome.codec import limits
from wayhome.desk.case import Case

OPENED = {
    "ru": "Ваши имя и адрес открыл хранитель имён. Причина: {reason}",
    "en": "A custodian has opened your name and address. The reason: {reason}",
}
CHANGED = {
    "ru": "Из тех, кто мог читать ваше обращение, кто-то больше не может. То, что вы напишете"
    " дальше, будет запечатано без этого человека.",
    "en": "Somebody who could read your case cannot any more. What you write from now on is sealed"
    " without that person.",
}


def turns(case: Case) -> Iterator[said.Turn]:
    """Give the conversation with the family, in its order; long texts end with dots."""
    for one in sorted(case.bodies.values(), key=lambda one: one.said.n):
        match one.said:
            case said.Message(at=at, text=text):
                yield said.Turn("family", at, text)
            case said.Reply(at=at, text=text):
                is_short = len(text) <= limits.BODY_TEXT
                yield said.Turn(
                    "group", at, text if is_short else text[: limits.BODY_TEXT - 1] + "…"
                )


def status_after(state: str, asks: Sequence[str]) -> said.Status:
    """Give where a case stands once an answer with these asks was written."""
    now = "asked" if asks and state == "taken" else state
    return next((one for one in get_args(said.Status) if one == now), "waiting")


def lang_of(case: Case) -> str:
    """Give the language in which the family is answered."""
    report = case.report
    lang = report.said.lang if report and isinstance(report.said, said.Report) else "en"
    return lang if lang in CHANGED else "en"


def given_files(case: Case) -> tuple[said.File, ...]:
    """Give the files that the family was given, as the newest answer names them."""
    answers = [one.said for one in case.bodies.values() if isinstance(one.said, said.Reply)]
    return max(answers, key=lambda one: one.n).files if answers else ()
