"""Dates by law: the rows of days that were counted by hand, and what must hold for all days."""

import datetime as dt

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cases.lawful import before_the_transfers_of, counted, law, rule_of
from wayhome.cases.authorities import Authorities
from wayhome.cases.calendars import Calendar, DayOff
from wayhome.cases.derivation import Ground, Since, derive
from wayhome.cases.law import Office, late_after
from wayhome.cases.rules import Roll, Rule
from wayhome.cases.said import Since as KeptSince
from wayhome.cases.said import Sum
from wayhome.cases.storedsum import read_stored, stored
from wayhome.cases.telling import tell, tell_all
from wayhome.records.refused import Refused

ANSWER = rule_of(30, "calendar-days")
REGISTER = rule_of(3, "calendar-days", since="delivered")
FORWARD = rule_of(7, "calendar-days")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("rule", "on", "roll", "expected"),
    [
        (ANSWER, "2026-03-03", "next", "2026-04-02"),
        (ANSWER, "2025-12-05", "next", "2026-01-12"),
        (ANSWER, "2025-12-05", "previous", "2025-12-30"),
        (ANSWER, "2024-10-03", "next", "2024-11-02"),
        (ANSWER, "2024-10-03", "previous", "2024-11-02"),
        (ANSWER, "2026-04-09", "next", "2026-05-12"),
        (ANSWER, "2026-04-09", "previous", "2026-05-08"),
        (REGISTER, "2026-05-08", "next", "2026-05-12"),
        (FORWARD, "2026-06-05", "next", "2026-06-15"),
        (ANSWER, "2026-03-04", "next", "2026-04-03"),
        (rule_of(15, "working-days"), "2024-10-25", "next", "2024-11-15"),
        (rule_of(3, "months", since="learned"), "2026-11-30", "next", "2027-03-01"),
        (rule_of(3, "months", since="learned"), "2026-11-30", "none", "2027-02-28"),
        (ANSWER, "2025-12-05", "none", "2026-01-04"),
    ],
)
def test_a_term_ends_on_the_day_that_was_counted_by_hand(
    rule: Rule, on: str, roll: Roll, expected: str
) -> None:
    assert counted(rule, on, roll).day == day(expected)


@pytest.mark.parametrize(("roll", "expected"), [("next", "2026-05-04"), ("previous", "2026-04-30")])
def test_an_extension_is_counted_on_from_the_first_term(roll: Roll, expected: str) -> None:
    assert counted(ANSWER, "2026-03-04", roll, is_extended=True).day == day(expected)


def test_a_working_saturday_is_no_day_off() -> None:
    made = counted(ANSWER, "2024-10-03", "next")
    assert made.day.isoweekday() == 6
    assert [step.did for step in made.steps] == ["start", "count"]


def test_a_new_years_transfers_move_the_date() -> None:
    since = Since("registered", day("2027-01-23"))
    before = derive(ANSWER, since, Ground(before_the_transfers_of(2027), "next"))
    after = derive(ANSWER, since, Ground(law().calendar, "next"))
    assert (before.day, before.is_provisional) == (day("2027-02-22"), True)
    assert (after.day, after.is_provisional) == (day("2027-02-24"), False)


def test_beyond_what_the_calendar_covers_a_date_is_provisional() -> None:
    made = counted(ANSWER, "2027-12-10", "next")
    assert (made.day, made.is_provisional) == (day("2028-01-10"), True)
    assert "Provisional: the 2028 calendar is not complete." in tell(made, law(), "en")
    assert not counted(ANSWER, "2026-03-03", "next").is_provisional
    assert counted(ANSWER, "2023-03-03", "next").is_provisional


def test_what_must_be_filed_before_a_day_is_counted_back() -> None:
    rules = law().rules
    made = [counted(rules[one], "2026-12-12", "none").day for one in rules if "notice" in one]
    assert made == [day("2026-11-27"), day("2026-12-02")]


def office(**changes: object) -> Office:
    unchecked = law().authorities.get("ru.mil-prosecutor.garrison")
    return Office(msgspec.structs.replace(unchecked, **changes))


def test_while_nobody_has_checked_an_office_both_days_are_given_and_the_later_counts() -> None:
    since = Since("registered", day("2025-12-05"))
    both = law().dates(ANSWER, since, office())
    assert [one.day for one in both] == [day("2025-12-30"), day("2026-01-12")]
    assert late_after(both) == day("2026-01-12")
    assert not any(one.is_checked for one in both)


def test_once_an_office_is_checked_its_own_way_is_the_only_one() -> None:
    since = Since("registered", day("2025-12-05"))
    checked = office(roll="previous", checked="2026-11-01, a lawyer")
    assert [one.day for one in law().dates(ANSWER, since, checked)] == [day("2025-12-30")]


def test_where_both_ways_lead_to_one_day_it_is_given_once() -> None:
    since = Since("registered", day("2026-03-03"))
    assert len(law().dates(ANSWER, since, office())) == 1


SAID = {
    "en": "30 days from registration on 5 December 2025 under no. 1234 (59-FZ, art. 12(1)), counted"
    " from the next day = 4 January 2026, moved to 12 January 2026 because 4 January is one of the"
    " New Year holidays, 7 January is Christmas and 9 January is a day off instead of 3 January."
    " Not yet checked by a lawyer.",
    "ru": "30 дней с регистрации 5 декабря 2025 года под № 1234 (59-ФЗ, ст. 12 ч. 1), считая со"
    " следующего дня = 4 января 2026 года, перенесено на 12 января 2026 года, потому что 4 января"
    " — новогодние каникулы, 7 января — Рождество и 9 января — выходной вместо 3 января."
    " Юрист ещё не проверял.",
}


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_sum_is_told_whole(lang: str) -> None:
    since = Since("registered", day("2025-12-05"), "1234")
    made = derive(ANSWER, since, Ground(law().calendar, "next"))
    assert tell(made, law(), lang) == SAID[lang]


def test_a_checked_sum_does_not_say_that_nobody_looked() -> None:
    rule = msgspec.structs.replace(ANSWER, checked="2026-11-01, a lawyer")
    since = Since("registered", day("2025-12-05"))
    made = derive(rule, since, Ground(law().calendar, "next", is_checked=True))
    assert made.is_checked
    assert "lawyer" not in tell(made, law(), "en")


def test_both_days_are_told_with_the_one_that_counts() -> None:
    both = law().dates(ANSWER, Since("registered", day("2025-12-05")), office())
    told = tell_all(both, law(), "en")
    assert "Moved back: 30 December 2025. Moved on: 12 January 2026." in told
    assert told.startswith("30 days from registration on 5 December 2025 (59-FZ, art. 12(1))")


@pytest.mark.parametrize(
    ("number", "said"), [(1, "день"), (3, "дня"), (7, "дней"), (11, "дней"), (21, "день")]
)
def test_a_number_of_days_is_said_as_people_say_it(number: int, said: str) -> None:
    told = tell(counted(rule_of(number, "calendar-days"), "2026-03-03", "none"), law(), "ru")
    assert told.startswith(f"{number} {said} с регистрации")


days = st.dates(dt.date(2024, 1, 1), dt.date(2028, 6, 1))
terms = st.builds(
    rule_of,
    st.integers(1, 90),
    st.sampled_from(["calendar-days", "working-days"]),
    st.sampled_from(["next-day", "same-day"]),
)


@given(on=days, rule=terms, roll=st.sampled_from(["next", "previous"]))
@example(on=dt.date(2024, 10, 3), rule=ANSWER, roll="next")
def test_a_rolled_date_is_never_a_day_off(on: dt.date, rule: Rule, roll: Roll) -> None:
    assert law().calendar.why_off(counted(rule, on.isoformat(), roll).day) is None


@given(on=days, rule=terms)
def test_the_two_ways_of_rolling_lie_around_the_day_that_was_counted(
    on: dt.date, rule: Rule
) -> None:
    back, plain, forth = (
        counted(rule, on.isoformat(), roll).day for roll in ("previous", "none", "next")
    )
    assert back <= plain <= forth
    is_off = law().calendar.why_off(plain) is not None
    assert (back < plain < forth) == is_off


@given(on=days, rule=terms, roll=st.sampled_from(["none", "next", "previous"]))
def test_a_stored_sum_is_read_as_it_was(on: dt.date, rule: Rule, roll: Roll) -> None:
    made = counted(rule, on.isoformat(), roll, is_extended=rule.count % 2 == 0)
    kept = msgspec.json.encode(stored(made))
    assert read_stored(msgspec.json.decode(kept, type=Sum)) == made


@pytest.mark.parametrize(
    "step",
    [("start",), ("start", 5), ("start", "2026-02-30"), ("count", "30", "months", "2026-02-01")],
)
def test_a_step_that_is_none_is_refused(step: tuple[str | int, ...]) -> None:
    good = stored(counted(ANSWER, "2026-03-03", "next"))
    with pytest.raises(Refused, match="bad-form"):
        read_stored(msgspec.structs.replace(good, steps=(step,)))


def test_a_sum_that_hangs_on_no_fact_is_refused() -> None:
    good = stored(counted(ANSWER, "2026-03-03", "next"))
    odd = msgspec.structs.replace(good, since=KeptSince("promised", day("2026-03-03")))
    with pytest.raises(Refused, match="bad-form"):
        read_stored(odd)


def region(version: str, until: str, *off: str) -> Calendar:
    found = {one: DayOff("feast") for one in off}
    names = {"feast": {"en": "a feast of the region", "ru": "праздник региона"}}
    return Calendar(version, day("2024-01-01"), day(until), frozenset(), found, names=names)


def test_a_region_adds_its_days_and_covers_no_more_than_both() -> None:
    own = law().calendar.with_region(region("RU-TA.1", "2026-12-31", "2026-04-02"))
    made = derive(ANSWER, Since("registered", day("2026-03-03")), Ground(own, "next"))
    assert (made.day, made.calendar) == (day("2026-04-03"), "ru-2026.1+RU-TA.1")
    assert own.covered_until == day("2026-12-31")


def test_a_complaint_never_goes_to_the_office_it_is_about() -> None:
    for one in law().authorities.by_id:
        assert one not in {step.authority for step in law().authorities.above(one)}


def test_an_office_that_stands_above_itself_hears_no_complaint_about_itself() -> None:
    by_id = dict(law().authorities.by_id)
    by_id["ru.unit"] = office(
        id="ru.unit", above="ru.unit", oversees=("ru.unit",), court=""
    ).authority
    found = Authorities(by_id).above("ru.unit")
    assert [step.authority for step in found] == ["ru.mil-prosecutor.garrison"]


def test_above_an_office_stand_its_superior_its_prosecutor_and_a_court() -> None:
    found = law().authorities.above("ru.commissariat")
    assert [(step.authority, step.why) for step in found] == [
        ("ru.commissariat.region", "above"),
        ("ru.mil-prosecutor.garrison", "oversees"),
        ("ru.court.garrison", "court"),
    ]
