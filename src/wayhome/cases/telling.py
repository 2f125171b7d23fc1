"""Telling: a derivation as a sentence, in Russian and in English, so that one can argue with it.

The words lie here and not with the pages', because letters are written with them too, and what a
family reads, what a letter says and what the desk shows must be one sentence.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from wayhome.cases.calendars import MOVED, WEEKEND
from wayhome.cases.derivation import Derivation, Step
from wayhome.cases.law import Law
from wayhome.cases.rules import Fact, local

Lang: TypeAlias = Literal["ru", "en"]
Forms: TypeAlias = tuple[str, str, str]  # for 1, for 2 to 4, for 5 and more


@dataclass(frozen=True, slots=True)
class Tongue:
    """What one language says; holes are named."""

    months: tuple[str, ...]
    day: str
    short_day: str
    units: Mapping[str, Forms]
    since: Mapping[Fact, str]
    no: str
    law: str
    start: Mapping[str, str]
    before: str
    extended: str
    total: str
    rolled: str
    stays: str
    weekend: str
    moved: str
    observed: str
    off: str
    latest: str
    provisional: str
    unchecked: str
    either: str
    earlier: str
    last_of: str
    moved_from: str
    because: str
    longer: str
    new_rule: str
    new_calendar: str

    def listed(self, parts: list[str]) -> str:
        """Join parts by commas and a last «and»."""
        return self.last_of.join([", ".join(parts[:-1]), parts[-1]]) if parts[1:] else parts[0]


ENGLISH = Tongue(
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    day="{day} {month} {year}",
    short_day="{day} {month}",
    units={
        "calendar-days": ("{n} day", "{n} days", "{n} days"),
        "working-days": ("{n} working day", "{n} working days", "{n} working days"),
        "months": ("{n} month", "{n} months", "{n} months"),
    },
    since={
        "sent": "from sending on {day}",
        "delivered": "from delivery on {day}",
        "registered": "from registration on {day}",
        "forwarded": "from forwarding on {day}",
        "extended": "from the extension on {day}",
        "answered": "from the answer on {day}",
        "refused": "from the refusal on {day}",
        "returned": "from the return on {day}",
        "learned": "from {day}, when the refusal or the silence became known",
        "gathering": "before the gathering on {day}",
    },
    no=" under no. {no}",
    law=" ({law})",
    start={"next-day": ", counted from the next day", "same-day": ", that day included"},
    before=", counted back",
    extended="; extended by {term}",
    total=" = {day}",
    rolled=", moved to {day} because {whys}",
    stays="; it stays, although {whys}",
    weekend="{day} is a day off",
    moved="{day} is a day off instead of {instead}",
    observed="{day} is a day off for {name} on {instead}",
    off="{day} is {name}",
    latest=" At the latest: when it was registered is not known, so this counts from the last day"
    " on which it had to be.",
    provisional=" Provisional: the {year} calendar is not complete.",
    unchecked=" Not yet checked by a lawyer.",
    either="What this office does when the last day is off has not been checked. Moved back:"
    " {first}. Moved on: {last}. We count with the later day.",
    earlier=" If a last day that is off is moved back, it had ended on {first} already.",
    last_of=" and ",
    moved_from="Moved from {was} to {day}",
    because=", because {whys}",
    longer=", because they extended the term in time",
    new_rule=", because the rule was changed",
    new_calendar=", because the calendar of days off was changed",
)
RUSSIAN = Tongue(
    months=(
        *("января", "февраля", "марта", "апреля", "мая", "июня"),
        *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
    ),
    day="{day} {month} {year} года",
    short_day="{day} {month}",
    units={
        "calendar-days": ("{n} день", "{n} дня", "{n} дней"),
        "working-days": ("{n} рабочий день", "{n} рабочих дня", "{n} рабочих дней"),
        "months": ("{n} месяц", "{n} месяца", "{n} месяцев"),
    },
    since={
        "sent": "с отправки {day}",
        "delivered": "с вручения {day}",
        "registered": "с регистрации {day}",
        "forwarded": "с пересылки {day}",
        "extended": "с продления {day}",
        "answered": "с ответа {day}",
        "refused": "с отказа {day}",
        "returned": "с возврата {day}",
        "learned": "с {day}, когда стало известно об отказе или о молчании",
        "gathering": "до мероприятия {day}",
    },
    no=" под № {no}",
    law=" ({law})",
    start={"next-day": ", считая со следующего дня", "same-day": ", считая и этот день"},
    before=", считая назад",
    extended="; продлено на {term}",
    total=" = {day}",
    rolled=", перенесено на {day}, потому что {whys}",
    stays="; не переносится, хотя {whys}",
    weekend="{day} — выходной",
    moved="{day} — выходной вместо {instead}",
    observed="{day} — выходной: {name} {instead}",
    off="{day} — {name}",
    latest=" Это крайний день: когда письмо зарегистрировали, неизвестно, поэтому срок посчитан от"
    " последнего дня, когда его должны были зарегистрировать.",
    provisional=" Предварительно: календарь на {year} год ещё не полон.",
    unchecked=" Юрист ещё не проверял.",
    either="Как это ведомство считает, если последний день выходной, не проверено. С переносом"
    " назад: {first}. С переносом вперёд: {last}. Мы считаем по более поздней дате.",
    earlier=" Если последний день, выпавший на выходной, переносится назад, срок истёк уже"
    " {first}.",
    last_of=" и ",
    moved_from="Перенесено с {was} на {day}",
    because=", потому что {whys}",
    longer=", потому что срок вовремя продлили",
    new_rule=", потому что изменилась норма",
    new_calendar=", потому что изменился календарь выходных",
)
TONGUES: Mapping[str, Tongue] = {"ru": RUSSIAN, "en": ENGLISH}


def tell_day(day: dt.date, lang: str) -> str:
    """Write a day."""
    return _day(TONGUES[lang], day, TONGUES[lang].day)


def tell_all(dates: tuple[Derivation, ...], law: Law, lang: str) -> str:
    """Tell a date; both where nobody knows what the office does at a day off, and which counts."""
    last = tell(dates[-1], law, lang)
    if len(dates) == 1:
        return last
    days = [tell_day(one.day, lang) for one in (dates[0], dates[-1])]
    return f"{last} {TONGUES[lang].either.format(first=days[0], last=days[1])}"


def tell_office(dates: tuple[Derivation, ...], law: Law, lang: str) -> str:
    """Tell the office itself, in a letter: the later day with its sum, and an earlier one.

    What no lawyer has looked at is ours to know; a complaint that doubts its own date helps nobody.
    """
    tongue, made = TONGUES[lang], dates[-1]
    said = [_sum(made, law, lang), *([tongue.latest] if made.since.is_latest else [])]
    if len(dates) > 1:
        said.append(tongue.earlier.format(first=tell_day(dates[0].day, lang)))
    return "".join(said)


def tell(made: Derivation, law: Law, lang: str) -> str:
    """Tell one date: what it is counted from, by which article, the sum, and what is not sure."""
    return "".join([_sum(made, law, lang), *_doubts(TONGUES[lang], made)])


def _sum(made: Derivation, law: Law, lang: str) -> str:
    tongue = TONGUES[lang]
    parts = [_counted(made, law, lang, step) for step in made.steps if step.did == "count"]
    parts += [
        tongue.extended.format(term=_term(tongue, step))
        for step in made.steps
        if step.did == "extend"
    ]
    end = next(step.day for step in reversed(made.steps) if step.did in ("count", "extend"))
    parts.append(tongue.total.format(day=_day(tongue, end, tongue.day)))
    offs = [step for step in made.steps if step.did == "off"]
    if offs:
        whys = tongue.listed([tell_why(step, law, lang) for step in offs])
        way = tongue.stays if made.day == end else tongue.rolled
        parts.append(way.format(day=_day(tongue, made.day, tongue.day), whys=whys))
    return "".join([*parts, "."])


def tell_why(step: Step, law: Law, lang: str) -> str:
    """Say why a day is off."""
    tongue = TONGUES[lang]
    day = _day(tongue, step.day, tongue.short_day)
    instead = _day(tongue, step.instead_of, tongue.short_day) if step.instead_of else ""
    if step.word == WEEKEND:
        return tongue.weekend.format(day=day)
    if step.word == MOVED:
        return tongue.moved.format(day=day, instead=instead)
    name = law.name_of(step.word, lang)
    return (tongue.observed if instead else tongue.off).format(day=day, name=name, instead=instead)


def _counted(made: Derivation, law: Law, lang: str, step: Step) -> str:
    tongue, rule, since = TONGUES[lang], law.rules.get(made.rule), made.since
    said = _term(tongue, step) + " "
    said += tongue.since[since.fact].format(day=_day(tongue, since.on, tongue.day))
    said += tongue.no.format(no=since.no) if since.no else ""
    said += tongue.law.format(law=local(rule.law, lang)) if rule else ""
    start = next((one.day for one in made.steps if one.did == "start"), None)
    if start is None:
        return said + tongue.before
    return said + tongue.start["same-day" if start == since.on else "next-day"]


def _doubts(tongue: Tongue, made: Derivation) -> list[str]:
    said = [tongue.latest] if made.since.is_latest else []
    if made.is_provisional:
        said.append(tongue.provisional.format(year=made.day.year))
    return said if made.is_checked else [*said, tongue.unchecked]


def _term(tongue: Tongue, step: Step) -> str:
    return tongue.units[step.word][_form(step.number)].format(n=step.number)


def _form(number: int) -> int:
    """Give which of the three Russian forms a number takes; English has two of them alike."""
    if number % 10 == 1 and number % 100 != 11:  # noqa: PLR2004 - eleven is no one
        return 0
    return 1 if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14 else 2  # noqa: PLR2004 - 2, 3, 4


def _day(tongue: Tongue, day: dt.date, form: str) -> str:
    return form.format(day=day.day, month=tongue.months[day.month - 1], year=day.year)
