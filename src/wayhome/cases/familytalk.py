"""Family talk: where a case stands, in the words that a family reads when it comes back."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from wayhome.cases.casefile import CaseFile
from wayhome.cases.law import Law, late_after
from wayhome.cases.legs import Due
from wayhome.cases.moved import tell_moved
from wayhome.cases.rules import Grade, local
from wayhome.cases.telling import tell_all, tell_day


@dataclass(frozen=True, slots=True)
class Talk:
    """What one language says."""

    states: Mapping[str, str]
    declined: Mapping[str, str]
    grades: Mapping[Grade, str]
    due: str
    late: str
    unknown: str


ENGLISH = Talk(
    states={
        "": "",
        "waiting": "Received. Somebody reads it within 7 days, usually sooner.",
        "taken": "A caseworker has taken it.",
        "declined": "{declined}",
        "asked": "We need something from you.",
        "drafted": "Your letter is ready. Read it and change what is wrong.",
        "sent": "Sent on {sent}.",
        "answered": "{grade}",
        "closed": "Closed. Erased on {erased}, unless you write.",
        "duplicate": "Continued with your earlier message.",
        "erased": "",
    },
    declined={
        "not-ours": "This is not something that we can help with.",
        "other-group": "Another group can help better: {group}.",
        "abuse": "We do not work on this.",
    },
    grades={
        "substance": "They answered and decided the matter.",
        "partial": "They answered a part of the questions. The rest can be asked again.",
        "refusal": "They refused. One can complain to those above, to the prosecutor, in court.",
        "form-reply": "The answer goes around your questions. One can complain about that.",
        "stalling": "They promise and decide nothing. The day by which they must answer stays.",
        "passed-on": "They passed the letter on. The next office has its own time.",
        "asks-more": "They want something more from you. Meanwhile their time runs on.",
        "silence": "They did not answer in time. One can complain about that.",
    },
    due="{rule} by {day}: {told}",
    late="Late since {day}: {rule}.",
    unknown="{rule}: not known yet, because the day before it is missing. Ask them for it.",
)
RUSSIAN = Talk(
    states={
        "": "",
        "waiting": "Получено. Прочитаем за 7 дней, обычно раньше.",
        "taken": "Ваше обращение взяли в работу.",
        "declined": "{declined}",
        "asked": "Нам нужно кое-что от вас.",
        "drafted": "Письмо готово. Прочитайте и исправьте, что не так.",
        "sent": "Отправлено {sent}.",
        "answered": "{grade}",
        "closed": "Закрыто. Будет стёрто {erased}, если вы не напишете.",
        "duplicate": "Продолжаем вместе с вашим прежним сообщением.",
        "erased": "",
    },
    declined={
        "not-ours": "С этим мы помочь не можем.",
        "other-group": "Лучше поможет другая группа: {group}.",
        "abuse": "Этим мы не занимаемся.",
    },
    grades={
        "substance": "Ответили и решили вопрос.",
        "partial": "Ответили на часть вопросов. Остальное можно спросить ещё раз.",
        "refusal": "Отказали. Можно жаловаться тем, кто выше, в прокуратуру и в суд.",
        "form-reply": "Ответ обходит ваши вопросы. На это можно жаловаться.",
        "stalling": "Обещают и ничего не решают. Срок ответа остаётся прежним.",
        "passed-on": "Письмо переслали. У следующего ведомства свой срок.",
        "asks-more": "Просят что-то ещё. Их срок при этом идёт.",
        "silence": "В срок не ответили. На это можно жаловаться.",
    },
    due="{rule} до {day}: {told}",
    late="Просрочено с {day}: {rule}.",
    unknown="{rule}: пока неизвестно, потому что нет дня, от которого считать. Спросите его у них.",
)
TALKS: Mapping[str, Talk] = {"ru": RUSSIAN, "en": ENGLISH}


def tell_case(case: CaseFile, law: Law, today: dt.date, lang: str) -> tuple[str, ...]:
    """Give the sentences that a family reads: the state, what is late, what is owed by when."""
    talk = TALKS[lang]
    said = [talk.states[case.state].format(**_holes(case, talk, lang))]
    said += _moves(case, law, lang)
    said += [_late(talk, due, lang) for _, due in case.late(law, today)]
    if case.state == "sent":
        said += [
            _owed(talk, due, law, lang)
            for due in case.dues(law, today)[case.newest]
            if due.rule.ends and due.ended is None and not due.is_late(today)
        ]
    return tuple(one for one in said if one)


def _holes(case: CaseFile, talk: Talk, lang: str) -> dict[str, str]:
    word, _, group = case.reason.partition(" ")
    newest = case.letters.get(case.newest)
    sent = next((one.on for one in newest.facts if one.what == "sent"), None) if newest else None
    grade = newest.grades[-1].word if newest and newest.grades else None
    return {
        "declined": talk.declined.get(word, "").format(group=group),
        "sent": tell_day(sent, lang) if sent else "",
        "grade": talk.grades[grade] if grade else "",
        "erased": tell_day(case.erase_on, lang) if case.erase_on else "",
    }


def _moves(case: CaseFile, law: Law, lang: str) -> list[str]:
    """Say of each deadline of the letter that replaced another from where to where, and why."""
    newest = case.letters.get(case.newest)
    moves = newest.moves if newest and case.state == "sent" else ()
    return [tell_moved(one, law, lang) for one in moves]


def _late(talk: Talk, due: Due, lang: str) -> str:
    since = late_after(due.dates) + dt.timedelta(1)
    return talk.late.format(day=tell_day(since, lang), rule=local(due.rule.name, lang))


def _owed(talk: Talk, due: Due, law: Law, lang: str) -> str:
    rule = local(due.rule.name, lang)
    if not due.dates:
        return talk.unknown.format(rule=rule)
    day = tell_day(due.dates[-1].day, lang)
    return talk.due.format(rule=rule, day=day, told=tell_all(due.dates, law, lang))
