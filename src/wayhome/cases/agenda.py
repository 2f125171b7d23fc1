"""Agenda: deadlines as a calendar file for a phone, in words that tell nobody anything.

RFC 5545. No name of an office, a law, a man or this program stands in it: a phone is searched.
"""

import datetime as dt
from collections.abc import Iterable
from hashlib import sha256

from wayhome.cases.legs import Due

_SAID = {
    "ru": ("Письмо {no}, день {n}", "Письмо {no}, месяц {n}"),
    "en": ("Letter {no}, day {n}", "Letter {no}, month {n}"),
}


def write_agenda(
    case: str, letters: Iterable[tuple[int, Iterable[Due]]], today: dt.date, lang: str
) -> str:
    """Write the running deadlines of a case's letters, by number, as a calendar file.

    ``case`` is its id: it is under the entries' own ids, so that those of two cases never meet.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//-//-//EN"]
    for no, dues in letters:
        for due in dues:
            if due.is_running():
                lines += _entry(f"{case} {no}", no, due, (today, lang))
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def _entry(whose: str, no: int, due: Due, seen: tuple[dt.date, str]) -> list[str]:
    today, lang = seen
    day = due.dates[-1].day
    said = _SAID[lang][due.rule.unit == "months"].format(no=no, n=due.rule.count)
    uid = sha256(f"{whose} {due.rule.id} {due.leg} {day}".encode()).hexdigest()[:32]
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{today:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + dt.timedelta(1):%Y%m%d}",
        "SUMMARY:" + said.replace(",", "\\,"),
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]
