"""Letters: what would get no answer is not written; what is written shows how dates were made."""

from dataclasses import replace

import msgspec
import pytest

from cases.lawful import law
from cases.letterfacts import GARRISON, WORDS, complaint, day, writing
from wayhome.cases.law import Law
from wayhome.cases.letters import GAP, Earlier, Man, Sender, Writing, fault_of, fits, write_letter
from wayhome.cases.likeness import TOO_ALIKE, is_too_alike, likeness
from wayhome.cases.said import Letter
from wayhome.records.refused import Refused

FIRST = [one for one in law().letters if one not in ("silence", "form-reply")]


@pytest.mark.parametrize("template", FIRST)
def test_every_first_letter_of_the_sample_can_be_written(template: str) -> None:
    text = write_letter(writing(template=template), law())
    assert WORDS in text
    assert "Иван Иванов" in text
    assert "26 ноября 2026 года" in text
    assert "{" not in text


@pytest.mark.parametrize("template", ["silence", "form-reply"])
def test_every_complaint_of_the_sample_can_be_written(template: str) -> None:
    text = write_letter(complaint(template=template), law())
    assert "почтовый номер 14000000000000" in text
    assert "25 февраля 2026 года направлено обращение: Командир части" in text


def test_a_complaint_about_silence_holds_the_sum_and_the_proof_of_sending() -> None:
    text = write_letter(complaint(), law())
    assert "30 дней с регистрации 3 марта 2026 года под № 77 (59-ФЗ, ст. 12 ч. 1)" in text
    assert "= 2 апреля 2026 года" in text
    # what our lawyer has not looked at yet is nothing to tell the office
    assert "Юрист" not in text
    assert "не проверено" not in text
    assert "Приложения: 1) копия выписки." in text


def test_who_signs_at_home_finds_gaps_and_nobody_else_learns_the_name() -> None:
    text = write_letter(writing(man=Man()), law())
    assert f"От: {GAP}\nАдрес для ответа: {GAP}" in text
    assert f"военнослужащем: {GAP}, {GAP}." in text


REFUSED = [
    (writing(way="email"), "way-not-accepted"),
    (writing(address=""), "no-address"),
    (writing(sender=Sender("caseworker", "", "дом")), "no-sender"),
    (writing(sender=Sender("group", "Анна", " ")), "no-address"),
    (writing(own_words=" "), "missing-field"),
    (writing(template="none"), "missing-field"),
    (writing(to="ru.nobody"), "missing-field"),
    (writing(template="silence"), "missing-field"),
    (writing(sender=Sender("group", "Анна", "дом"), man=Man()), "missing-field"),
    (complaint(about=GARRISON), "wrong-recipient"),
    (writing(own_words="раз\u202eдва\x07"), "bad-text"),
    (writing(own_words="слово " * 3_000), "too-large"),
]


@pytest.mark.parametrize(("asked", "reason"), REFUSED)
def test_a_letter_that_would_get_no_answer_is_not_written(asked: Writing, reason: str) -> None:
    with pytest.raises(Refused) as found:
        write_letter(asked, law())
    assert found.value.reason == reason
    assert "слово" not in str(found.value)


def test_a_letter_that_is_handed_over_in_person_needs_no_address_of_the_office() -> None:
    assert write_letter(writing(address="", way="in-person"), law())


def test_a_day_that_is_missing_is_a_missing_field_and_never_a_blank() -> None:
    unknown = complaint()
    assert unknown.complaint
    letter = Earlier("Часть", day("2026-02-25"), registered_no="77")
    asked = replace(unknown, complaint=replace(unknown.complaint, letter=letter))
    with pytest.raises(Refused, match="missing-field"):
        write_letter(asked, law())


def with_template(text: str) -> Law:
    letters = dict(law().letters)
    letters["unit"] = msgspec.structs.replace(letters["unit"], text=text)
    return replace(law(), letters=letters)


@pytest.mark.parametrize(
    "text",
    [
        "{{ own_words.__class__.__mro__ }}",
        "{{ today.__class__ }}",
        "{% for one in range(10**9) %}{% endfor %}",
        "{{ answers.append(1) }}",
    ],
)
def test_a_template_cannot_reach_out_of_its_box(text: str) -> None:
    with pytest.raises((AssertionError, OverflowError, Refused)):
        write_letter(writing(template="unit"), with_template(text))


def test_what_people_write_is_never_read_as_a_template() -> None:
    text = write_letter(writing(own_words="{{ 7 * 7 }} {% raw %} <b>"), law())
    assert "{{ 7 * 7 }} {% raw %} <b>" in text


def test_a_template_with_a_slip_names_its_line() -> None:
    assert fault_of("one\ntwo {% if %}\n")[0] == 2
    assert fault_of("one {{ two }}") == (0, "")


def test_the_same_writing_gives_the_same_letter() -> None:
    assert write_letter(complaint(), law()) == write_letter(complaint(), law())


def test_a_letter_fits_only_an_office_and_a_way_that_there_are() -> None:
    letter = Letter(
        v=1, n=1, at=day("2026-11-26"), no=1, authority="ru.unit", template="unit",
        hash="0" * 64, sender="home", way="post", text="",
    )  # fmt: skip
    assert fits(letter, law())
    assert not fits(letter, law(), about="ru.unit")
    assert not fits(msgspec.structs.replace(letter, way="email"), law())
    assert not fits(msgspec.structs.replace(letter, authority="ru.nobody"), law())


TEXT = " ".join(f"слово{i}" for i in range(100))


def test_letters_alike_to_four_parts_of_five_are_told_of() -> None:
    near = TEXT + " " + " ".join(f"своё{i}" for i in range(20))
    far = TEXT + " " + " ".join(f"своё{i}" for i in range(30))
    assert likeness(TEXT, near) >= TOO_ALIKE > likeness(TEXT, far)
    assert is_too_alike(near, ["другое", TEXT])
    assert not is_too_alike(far, [TEXT])


def test_case_and_marks_make_no_letter_another() -> None:
    assert likeness("Прошу проверить, что это так.", "прошу ПРОВЕРИТЬ — что это так") == 1
    assert likeness("", "") == 0
    assert likeness("одно слово", "другое слово") == 0


def test_two_families_with_their_own_words_are_not_too_alike() -> None:
    own = "Я не видела сына восемь месяцев. " * 12
    other = "Муж звонил в последний раз из госпиталя, нога не зажила, комиссии не было. " * 12
    first, second = (write_letter(writing(own_words=one), law()) for one in (own, other))
    assert not is_too_alike(second, [first])
    assert is_too_alike(first, [first])
