"""Twelve invented cases come to the states that they name, and show every one there is."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from cases.lawful import PACK, law
from wayhome.cases.casefile import ENDED, OPEN, CaseFile, fold
from wayhome.cases.caseworkers import SEASON
from wayhome.cases.familytalk import tell_case
from wayhome.democases import BEFORE
from wayhome.desk.seasons import SOON
from wayhome.packfile import PackFault
from wayhome.samplecases import Cast, SampleCase, played, read_samples

TODAY = dt.date(2026, 11, 26)
CAST = Cast(
    family="f" * 64,
    recipient="age1" + "q" * 58,
    box="1" * 64,
    holders=("a" * 64, "b" * 64),
    case="0" * 32,
    desk="2" * 64,
    identity="AGE-SECRET-KEY-1" + "Q" * 58,
    office="г. Примерный, ул. Почтовая, 1",
)
SAMPLES = {one.word: one for one in read_samples(PACK, law()).case}


def case(word: str) -> CaseFile:
    return fold(played(SAMPLES[word], CAST, law(), TODAY), law(), 3)


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=lambda one: one.word)
def test_a_sample_case_comes_to_its_state_without_a_bad_step(sample: SampleCase) -> None:
    found = case(sample.word)
    assert found.state == sample.state
    assert [one.entry.said for one in found.placed if one.is_bad] == []
    assert bool(tell_case(found, law(), TODAY, "ru")) is (sample.state != "erased")


def test_the_samples_show_every_state_that_a_case_can_be_in() -> None:
    assert len(SAMPLES) == 12
    assert {one.state for one in SAMPLES.values()} == OPEN | ENDED | {"erased"}
    assert {one.kind for one in SAMPLES.values()} == set(law().kinds)


def test_a_samples_letters_are_written_by_the_packs_templates() -> None:
    first, complaint = (one.letter for one in case("form-reply").letters.values())
    assert first.text.startswith("Военно-врачебная комиссия")
    assert "ЖАЛОБА\nна ответ не по существу" in complaint.text
    assert "14000000000059" in complaint.text
    assert "1. Назначено ли освидетельствование?" in complaint.text


def test_one_is_late_one_is_at_the_latest_and_one_has_gone_through_three_offices() -> None:
    late = case("late").late(law(), TODAY)
    assert [due.rule.id for _, due in late] == ["ru.59.answer"]
    owed = case("at-the-latest").dues(law(), TODAY)[1]
    assert any(due.dates and due.dates[-1].since.is_latest for due in owed)
    assert {due.leg for due in case("passed-on").dues(law(), TODAY)[1]} == {0, 1, 2}
    assert [word for word in SAMPLES if case(word).late(law(), TODAY)] == ["late"]


def test_the_desk_wrote_down_every_date_that_was_running() -> None:
    written = {one.rule for one in case("passed-on").letters[1].deadlines}
    assert written == {"ru.59.register", "ru.59.answer", "ru.59.forward"}


def test_the_demos_caseworkers_are_in_the_middle_of_their_season() -> None:
    assert max(one.ago for one in SAMPLES.values()) < BEFORE < SEASON - SOON


def swap(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (swap('kind = "pay"', 'kind = "rain"'), "no-such-name"),
        (swap('authority = "ru.unit"', 'authority = "ru.sea"'), "no-such-name"),
        (swap('letter = "unit"', 'letter = "sea"'), "no-such-name"),
        (swap('to = "form-reply"', 'to = "form-answer"'), "no-such-name"),
        (swap("owed =", "owned ="), "no-such-name"),
        (swap('state = "taken"', 'state = "lost"'), "bad-value"),
        (swap('say = "held"', 'say = "sung"'), "bad-value"),
    ],
)
def test_a_slip_in_a_sample_is_named(
    change: Callable[[str], str], word: str, tmp_path: Path
) -> None:
    text = change((PACK / "cases.toml").read_text("utf-8"))
    (tmp_path / "cases.toml").write_text(text, "utf-8")
    with pytest.raises(PackFault) as found:
        read_samples(tmp_path, law())
    assert found.value.word == word
    assert found.value.line > 1
