"""Conversation: what was said between a family and the desk, in its order."""

import datetime as dt
from collections.abc import Container, Iterator, Sequence
from typing import get_args

from wayhome.cases import said
from wayhome.cases.body import Body
from wayhome.codec import limits
from wayhome.crypto.recipients import Identity, recipient_of
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
HIDDEN = {
    "ru": "Поверх нашего последнего ответа кто-то положил чужое, и найти его было нельзя. Он здесь,"
    " в переписке. Больше ничего не изменилось.",
    "en": "Somebody had laid something else over our last answer, so that it could not be found. It"
    " stands here, in the conversation. Nothing else has changed.",
}

RENEWED = {
    "ru": "Дело идёт дальше. Это повторение нашего последнего ответа, чтобы он не пропал: через год"
    " после отправки он был бы стёрт.",
    "en": "Your case goes on. This repeats our last answer, so that it does not go: a year after it"
    " was sent it would have lapsed.",
}


def turns(case: Case) -> Iterator[said.Turn]:
    """Give the conversation with the family, in its order; long texts end with dots."""
    for one in _counted(case):
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


def answers_found(case: Case, there: Container[str], today: dt.date) -> tuple[Body, ...] | None:
    """Give what a family finds that sees these slots: the answers in the furthest of its own.

    Numbers decide nothing there. None where nobody answered yet; empty where nothing lies there any
    more, or something that is no answer. A slot is used again once what lay there has lapsed.
    """
    slot = case.last_reply(there)
    answers = [one for one in case.bodies.values() if type(one.said) is said.Reply]
    first = today - dt.timedelta(limits.ENVELOPE_DAYS)
    found = (one for one in answers if one.place.s == slot and one.said.at > first)
    return tuple(found) if answers else None


def is_astray(case: Case, there: Container[str], today: dt.date) -> bool:
    """Tell whether what the family finds leads it to a key that is none of this case's, as we know.

    A holder who is bought can do that, and then reads alone what it writes next.
    """
    found = answers_found(case, there, today) or ()
    told = [one.said for one in found if isinstance(one.said, said.Reply)]
    known = [recipient_of(Identity(one)) for one in case.identities] if told else []
    return case.key is not None and any(one.recipient not in known for one in told)


def given_files(case: Case) -> tuple[said.File, ...]:
    """Give the files that the family was given, as the newest answer names them.

    Who has left may have given some after it; they come first, for of too many the last are kept.
    """
    answers = [one for one in _counted(case) if isinstance(one.said, said.Reply)]
    ours = [i for i, one in enumerate(answers) if one.by in case.named]
    newest = answers[ours[-1]] if ours else None
    later = answers[ours[-1] + 1 :] if ours else answers
    told = [one.said for one in (*later, newest) if one and isinstance(one.said, said.Reply)]
    return tuple({file.id: file for one in told for file in one.files}.values())


def _counted(case: Case) -> list[Body]:
    """Give what was said in its order; who was dismissed has not the last word by a high number."""
    most = said.highest(one.said.n for one in case.bodies.values())
    found = (one for one in case.bodies.values() if one.said.n <= most)
    return sorted(found, key=lambda one: (one.said.n, one.sig))
