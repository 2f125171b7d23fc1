"""Agenda: deadlines as a calendar file for a phone, in words that tell nobody anything.

RFC 5545. No name of an office, a law, a man or this program stands in it: a phone is searched.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from hashlib import sha256

from wayhome.cases.legs import Due

_WIDTH = 75  # bytes of a line
_BEFORE = dt.date(2020, 1, 1)  # days since then number the files
_SAID = {
    "ru": ("Письмо {no}, день {n}", "Письмо {no}, месяц {n}"),
    "en": ("Letter {no}, day {n}", "Letter {no}, month {n}"),
}


def write_agenda(
    cases: Mapping[str, Mapping[int, Iterable[Due]]], today: dt.date, lang: str
) -> str:
    """Write the running deadlines of the letters of cases, by id and number, as a calendar file.

    A case's id is under its entries' own ids, so that those of two cases never meet, and that an
    entry that has moved takes the place of the one before.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//-//-//EN"]
    for case, letters in cases.items():
        for no, dues in letters.items():
            for due in dues:
                if due.is_running():
                    lines += _entry(f"{case} {no}", no, due, (today, lang))
    return "".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def _entry(whose: str, no: int, due: Due, seen: tuple[dt.date, str]) -> list[str]:
    today, lang = seen
    day = due.dates[-1].day
    said = _SAID[lang][due.rule.unit == "months"].format(no=no, n=due.rule.count)
    uid = sha256(f"{whose} {due.rule.id} {due.leg}".encode()).hexdigest()[:32]
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{today:%Y%m%d}T000000Z",
        f"SEQUENCE:{(today - _BEFORE).days}",  # the later file is right
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + dt.timedelta(1):%Y%m%d}",
        "SUMMARY:" + _escaped(said),
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    for mark in "\\;,":
        text = text.replace(mark, "\\" + mark)
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Write a line in pieces of at most 75 bytes, none of which cuts a letter (RFC 5545, 3.1)."""
    made, size = "", 0
    for letter in line:
        more = len(letter.encode())
        if size + more > _WIDTH:
            made, size = made + "\r\n ", 1
        made, size = made + letter, size + more
    return made + "\r\n"
