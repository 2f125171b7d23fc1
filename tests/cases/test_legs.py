"""Legs: a letter's way through the offices, what is late, what moves when a calendar changes."""

import re
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.lawful import before_the_transfers_of, law
from cases.letterfacts import GARRISON, day, happened
from wayhome.cases.agenda import write_agenda
from wayhome.cases.derivation import Derivation
from wayhome.cases.grades import EFFECTS, GRADES, next_steps
from wayhome.cases.law import Law, Office
from wayhome.cases.legs import ORDER, Due, Way, dues_of, legs_of, span_of
from wayhome.cases.moved import derived_again, tell_moved
from wayhome.cases.rules import FACTS, Grade


def dues(*facts: str, today: str = "2026-03-10", **way: object) -> dict[tuple[int, str], Due]:
    way_ = Way(GARRISON, happened(*facts), **way)
    return {(due.leg, due.rule.id): due for due in dues_of(way_, law(), day(today))}


def last(due: Due) -> str:
    return due.dates[-1].day.isoformat() if due.dates else ""


def test_where_only_delivery_is_known_the_answer_is_owed_at_the_latest() -> None:
    found = dues("sent 2026-05-01", "delivered 2026-05-08")
    assert last(found[0, "ru.59.register"]) == "2026-05-12"
    answer = found[0, "ru.59.answer"]
    assert last(answer) == "2026-06-11"
    assert answer.dates[-1].since.is_latest


def test_a_mistyped_day_is_said_again_and_lies_between_what_comes_before_and_after() -> None:
    # nobody is late because of a slip: the later word holds, and none lies out of its turn
    found = dues("sent 2026-02-20", "registered 2025-03-03 7", "registered 2026-03-03 7")
    assert last(found[0, "ru.59.answer"]) == "2026-04-02"
    facts = ("sent 2026-02-20", "delivered 2026-02-27", "answered 2026-03-30")
    way = Way(GARRISON, happened(*facts))
    assert span_of(way, "registered") == (day("2026-02-27"), day("2026-03-30"))
    assert span_of(way, "answered") == (day("2026-02-27"), None)
    onward = Way(GARRISON, happened(*facts[:2], "forwarded 2026-03-06 to ru.mod"))
    assert span_of(onward, "registered") == (day("2026-03-06"), None)
    assert set(ORDER) == set(FACTS) - {"learned", "gathering"}


def test_before_delivery_is_known_nothing_is_guessed() -> None:
    found = dues("sent 2026-05-01")
    assert [rule for _, rule in found] == ["ru.59.register"]
    assert found[0, "ru.59.register"].dates == ()


def test_two_forwardings_make_three_legs_and_the_first_is_never_late_after_it() -> None:
    facts = (
        "sent 2026-02-20",
        "delivered 2026-02-27",
        "registered 2026-03-03 1",
        "forwarded 2026-03-06 to ru.mod",
        "delivered 2026-03-12",
        "forwarded 2026-03-16 to ru.unit",
        "delivered 2026-03-20",
    )
    legs = legs_of(Way(GARRISON, happened(*facts)))
    assert [leg.authority for leg in legs] == [GARRISON, "ru.mod", "ru.unit"]
    found = dues(*facts, today="2027-03-01")
    assert not any(due.is_late(day("2027-03-01")) for (leg, _), due in found.items() if leg < 2)
    assert found[2, "ru.59.answer"].is_late(day("2027-03-01"))
    assert found[0, "ru.59.answer"].ended == happened(facts[3])[0]


def test_a_letter_sent_on_nobody_knows_whereto_is_shown_as_unknown() -> None:
    found = dues("registered 2026-03-03", "forwarded 2026-03-06")
    assert found[1, "ru.59.register"].dates == ()
    assert not found[1, "ru.59.register"].is_late(day("2030-01-01"))


def test_an_extension_counts_only_if_they_said_so_in_time() -> None:
    assert last(dues("registered 2026-03-04")[0, "ru.59.answer"]) == "2026-04-03"
    in_time = dues("registered 2026-03-04", "extended 2026-04-03")
    too_late = dues("registered 2026-03-04", "extended 2026-04-04")
    assert last(in_time[0, "ru.59.answer"]) == "2026-05-04"
    assert last(too_late[0, "ru.59.answer"]) == "2026-04-03"


def test_it_is_late_only_after_the_later_day_and_until_we_act() -> None:
    found = dues("registered 2025-12-05")[0, "ru.59.answer"]
    assert [one.day.isoformat() for one in found.dates] == ["2025-12-30", "2026-01-12"]
    assert not found.is_late(day("2026-01-12"))
    assert found.is_late(day("2026-01-13"))
    acted = dues("registered 2025-12-05", acted=True)[0, "ru.59.answer"]
    assert not acted.is_late(day("2026-01-13"))


@pytest.mark.parametrize("grade", GRADES)
def test_only_an_answer_to_the_matter_stops_the_term(grade: Grade) -> None:
    found = dues("registered 2026-03-03", "answered 2026-03-20", today="2026-05-01", grade=grade)
    is_running = EFFECTS[grade] == "runs"
    assert (found[0, "ru.59.answer"].ended is None) == is_running
    assert found[0, "ru.59.answer"].is_late(day("2026-05-01")) == is_running


def test_the_way_to_court_opens_with_an_answer_or_with_their_silence() -> None:
    assert (
        last(dues("registered 2026-03-03", "refused 2026-03-20")[0, "ru.kas.court"]) == "2026-06-20"
    )
    assert (0, "ru.kas.court") not in dues("registered 2026-03-03", today="2026-04-02")
    silent = dues("registered 2026-03-03", today="2026-04-03")[0, "ru.kas.court"]
    assert silent.dates[-1].since.on == day("2026-04-03")


def test_no_date_at_all_moves_by_a_word_about_consideration() -> None:
    before = dues("registered 2026-03-03")[0, "ru.59.answer"]
    after = dues("registered 2026-03-03", "answered 2026-03-20", grade="stalling")
    assert after[0, "ru.59.answer"].dates == before.dates


def with_calendar_before() -> Law:
    return replace(law(), calendar=before_the_transfers_of(2027))


def answer_before(way: Way) -> Derivation:
    """Give the date of the answer as it was counted before the transfers were known."""
    found = dues_of(way, with_calendar_before(), day("2026-06-01"))
    return next(due for due in found if due.rule.extend).dates[-1]


def office() -> Office:
    return Office(law().authorities.get(GARRISON))


def test_new_transfers_make_a_new_deadline_that_says_what_it_was_and_why() -> None:
    way = Way(GARRISON, happened("registered 2027-01-23"))
    moved = derived_again(answer_before(way), law(), office())
    assert moved
    assert (moved.was, moved.made.day) == (day("2027-02-22"), day("2027-02-24"))
    assert tell_moved(moved, law(), "en") == (
        "Moved from 22 February 2027 to 24 February 2027, because 22 February is a day off instead"
        " of 20 February and 23 February is Defender of the Fatherland Day."
    )
    assert tell_moved(moved, law(), "ru").startswith("Перенесено с 22 февраля 2027 года на 24")


def test_a_new_rule_is_told_as_one() -> None:
    kept = dues("registered 2026-03-03")[0, "ru.59.answer"].dates[-1]
    rules = dict(law().rules)
    rules["ru.59.answer"] = msgspec.structs.replace(rules["ru.59.answer"], count=31)
    changed = replace(law(), rules=rules, rules_sum="sha256:other")
    moved = derived_again(kept, changed, office())
    assert moved
    assert tell_moved(moved, changed, "en").endswith("because the rule was changed.")
    gone = replace(law(), rules={})
    assert derived_again(kept, gone, office()) is None


@given(on=st.dates(day("2026-06-01"), day("2027-11-30")))
def test_a_deadline_that_was_derived_again_stays(on: object) -> None:
    way = Way(GARRISON, happened(f"registered {on}"))
    old = answer_before(way)
    moved = derived_again(old, law(), office())
    newest = moved.made if moved else old
    assert derived_again(newest, law(), office()) is None


def test_each_grade_offers_what_can_be_done_and_never_the_office_itself() -> None:
    for grade in GRADES:
        steps = next_steps(grade, "ru.unit", law())
        assert steps
        assert "ru.unit" not in {step.to for step in steps}
    silence = {(step.template, step.to) for step in next_steps("silence", "ru.unit", law())}
    assert silence == {("silence", "ru.mod"), ("silence", GARRISON), ("", "ru.court.garrison")}
    assert {step.template for step in next_steps("form-reply", "ru.unit", law())} == {
        "form-reply",
        "",
    }
    assert [step.offer for step in next_steps("stalling", "ru.unit", law())] == ["wait"]


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_a_calendar_file_tells_a_searched_phone_nothing(lang: str) -> None:
    found = dues_of(Way(GARRISON, happened("registered 2026-03-03 1234")), law(), day("2026-03-10"))
    text = write_agenda({"ab" * 16: {1: found}}, day("2026-03-10"), lang)
    said = {"ru": "SUMMARY:Письмо 1\\, день 30", "en": "SUMMARY:Letter 1\\, day 30"}
    assert said[lang] in text
    assert "DTSTART;VALUE=DATE:20260402" in text
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert not re.search(r"wayhome|1234|ФЗ|FZ|прокур|prosecut|ab{4}|59", text, re.IGNORECASE)


def test_what_has_ended_is_in_no_calendar() -> None:
    found = dues_of(
        Way(GARRISON, happened("registered 2026-03-03", "answered 2026-03-10")),
        law(),
        day("2026-03-11"),
    )
    text = write_agenda({"00" * 16: {1: found}}, day("2026-03-11"), "en")
    assert "day 30" not in text
    assert "month 3" in text
