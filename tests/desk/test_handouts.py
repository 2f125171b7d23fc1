"""What is saved from a desk as a plain file tells as little as it can."""

import csv
import datetime as dt
import re
from dataclasses import replace
from io import StringIO

import pytest

from cases.lawful import before_the_transfers_of, law
from desk.deskpage import Page
from desk.offices import Family, Offices

LETTER = {
    "template": "medical-board", "to": "ru.medical-board", "way": "post", "sender": "home",
    "own_words": "Рана не зажила.", "office_address": "улица Мира, 1",
}  # fmt: skip


def sent(page: Page, offices: Offices, registered: str) -> str:
    """Have a case whose letter was registered on a day."""
    day = dt.date.fromisoformat(registered)
    offices.of_group.now = int(
        dt.datetime(day.year, day.month, day.day, 9, tzinfo=dt.UTC).timestamp()
    )
    offices.taken()
    case = offices.case("u").id
    page.done("letter", case, **LETTER)
    page.done("fact", case, letter="1", what="sent", on=registered, no="80088800000017")
    page.done("fact", case, letter="1", what="registered", on=registered, no="77")
    return case


def unfolded(text: str) -> list[str]:
    """Read a calendar's lines as RFC 5545 says."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def test_a_deadline_that_moves_is_told_written_down_and_the_same_entry_of_a_calendar(
    page: Page, offices: Offices
) -> None:
    desk = offices.desks["u"]
    before = replace(law(), calendar=before_the_transfers_of(2027))
    desk.law = offices.work("u").load.law = before
    case = sent(page, offices, "2027-01-23")
    old = unfolded(page.ask("/calendar", case=case).text)
    desk.law = offices.work("u").load.law = law()
    shown = page.ask("/view", view="case", case=case).text
    said = "Перенесено с 22 февраля 2027 года на 24 февраля 2027 года, потому что"
    assert said in shown
    assert (
        "Moved from 22 February 2027" in page.ask("/view", view="case", case=case, lang="en").text
    )
    assert "Записать перенесённые сроки" in shown
    done = page.done("settle", case)
    assert said in done
    assert "Записать перенесённые сроки" not in done
    new = unfolded(page.ask("/calendar", case=case).text)
    assert [one for one in old if one.startswith("UID")] == [
        one for one in new if one.startswith("UID")
    ]
    assert "DTSTART;VALUE=DATE:20270222" in old
    assert "DTSTART;VALUE=DATE:20270224" in new


def test_a_calendar_of_the_board_has_every_case_and_names_nobody(
    page: Page, offices: Offices
) -> None:
    case = sent(page, offices, "2026-03-03")
    one, every = page.ask("/calendar", case=case).text, page.ask("/calendar", lang="en").text
    assert "SUMMARY:Письмо 1\\, день 30" in one
    assert "SUMMARY:Letter 1\\, day 30" in every
    for text in (one, every):
        lines = unfolded(text)
        assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
        assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") > 0
        for name in ("UID", "DTSTAMP", "SEQUENCE", "DTSTART;VALUE=DATE", "SUMMARY"):
            assert len([line for line in lines if line.startswith(f"{name}:")]) == lines.count(
                "BEGIN:VEVENT"
            )
        told = re.compile(r"wayhome|ранен|комисси|board|77|ФЗ|RU-", re.IGNORECASE)
        assert not told.search("\n".join(line for line in lines if not line.startswith("UID")))
    assert page.ask("/calendar", case="0" * 32).status_code == 422


@pytest.mark.parametrize(
    "title", ["=1+1", "+7", "-2", "@a", "=cmd|'/c calc'!A1", "\uff1d1", 'a";=1+1']
)
def test_a_title_is_no_formula_in_the_boards_table(
    page: Page, offices: Offices, title: str
) -> None:
    # row 29
    Family(offices).report()
    offices.pass_hour()
    case = offices.case("u").id
    page.done("take", case, title=title, holder=[offices.key("v")])
    text = page.ask("/table").content.decode("utf-8-sig")
    heads, row = csv.reader(StringIO(text))
    assert heads[1:4] == ["Название", "Стопка", "Стадия"]
    assert row[0].lstrip("'") == case[:8]
    assert row[1] == (f"'{title}" if title[0] in "=+-@\uff1d" else title)
    assert row[3:5] == ["взято", "Вологодская область"]
    assert "Мужа" not in text
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
