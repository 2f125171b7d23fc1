"""The committed files are what the program and the calendars' package say today."""

import json
from dataclasses import replace

import pytest

from cases import write_calendar, write_deadlines
from cases.lawful import PACK, law
from cases.write_deadlines import CASES, Case
from wayhome.cases.storedsum import stored
from wayhome.cases.telling import tell

SAID = json.loads(write_deadlines.PATH.read_text("utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_term_is_counted_and_told_as_its_vector_says(case: Case) -> None:
    said = next(one for one in SAID if one["name"] == case.name)
    made = case.made()
    assert made.day.isoformat() == said["sum"]["day"] == case.day
    assert json.loads(json.dumps(stored(made).steps)) == said["sum"]["steps"]
    assert {lang: tell(made, law(), lang) for lang in ("en", "ru")} == said["said"]


def test_the_file_of_vectors_is_what_its_program_writes() -> None:
    assert write_deadlines.whole() == write_deadlines.PATH.read_text("utf-8")


def test_another_day_than_the_one_counted_by_hand_stops_the_writing() -> None:
    with pytest.raises(SystemExit, match="is not 2026-04-03"):
        write_deadlines.written(replace(CASES[0], day="2026-04-03"))


def test_the_calendar_is_what_the_package_knows() -> None:
    committed = (PACK / "calendars" / "ru.toml").read_text("utf-8")
    assert write_calendar.whole() == committed
