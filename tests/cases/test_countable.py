"""What a group's cases add up to: by quarter, once in a cell, without those who said no."""

import datetime as dt

import pytest

from cases.caselife import ANNA, CASE, FAMILY, RECIPIENT, SECRET, Life
from cases.lawful import law
from wayhome.cases import said
from wayhome.cases.countable import count_cases, quarters_before
from wayhome.cases.figures import rows_of

TODAY = dt.date(2026, 11, 26)
QUARTER = "2026-01-01"


def reported(day: str, *, figures: bool = True, region: str = "RU-X") -> Life:
    life = Life().on(day)
    return life.say(
        FAMILY, said.Report, kind="wounded-sent-back", region=region, lang="ru", story="Рана.",
        answers={}, sender="home", recipient=RECIPIENT, box=SECRET,
        consent=said.Consent(figures=figures),
    )  # fmt: skip


def closed(day: str, word: str = "helped") -> Life:
    return reported(day).held().say(ANNA, said.Outcome, word=word)


def test_cases_of_a_quarter_are_counted_and_rounded_and_no_other_and_no_family_that_said_no() -> (
    None
):
    lives = [reported("2026-03-31") for _ in range(13)]
    lives += [closed("2026-01-01"), closed("2026-02-02", "refused")]
    lives += [reported("2026-03-01", figures=False), reported("2026-04-01"), reported("2025-12-31")]
    lives.append(reported("2026-03-01").held().say(ANNA, said.Related, case=CASE, why="duplicate"))
    lives.append(
        reported("2026-03-01").say(ANNA, said.StatusChange, to="declined", reason="not-ours")
    )
    counted = count_cases([one.folded() for one in lives], QUARTER, law(), TODAY)
    assert (counted.total, counted.left_out) == (15, 1)
    assert counted.tables["kind"] == {"wounded-sent-back": 15}
    assert counted.tables["outcome"] == {"helped": 1, "refused": 1}
    rows = {(one.table, one.cell): one.count for one in rows_of(counted.total, counted.tables)}
    assert rows == {
        ("total", "all"): "10",
        ("kind", "wounded-sent-back"): "10",
        ("region", "RU-X"): "10",
        ("outcome", "helped"): "few",
        ("outcome", "refused"): "few",
        ("kind-outcome", "wounded-sent-back/helped"): "few",
        ("kind-outcome", "wounded-sent-back/refused"): "few",
    }


@pytest.mark.parametrize(
    ("answered", "told"), [("2026-03-20", "in-time"), ("2026-05-20", "late"), ("", "late")]
)
def test_an_office_is_late_by_its_later_day_and_counts_once_for_a_case(
    answered: str, told: str
) -> None:
    life = Life().sent().on("2026-06-01")
    if answered:
        life.happened("answered", answered)
    cells = count_cases([life.folded()], QUARTER, law(), TODAY).tables["authority-late"]
    assert cells == {f"ru.medical-board/{told}": 1}


def test_an_office_that_still_has_time_is_neither() -> None:
    counted = count_cases([Life().sent().folded()], QUARTER, law(), dt.date(2026, 3, 10))
    assert "authority-late" not in counted.tables


@pytest.mark.parametrize(
    ("today", "first"),
    [("2026-11-26", "2026-07-01"), ("2026-01-01", "2025-10-01"), ("2026-03-31", "2025-10-01")],
)
def test_the_last_whole_quarters_are_offered(today: str, first: str) -> None:
    found = quarters_before(dt.date.fromisoformat(today), 4)
    assert found[0] == first
    assert len(set(found)) == 4
    assert list(found) == sorted(found, reverse=True)
