"""A copy is genuine however it was copied; one changed word is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.channel.genuine import Change, Known, judge, normalised

TEXT = (
    "Мы, родные мобилизованных, требуем **назвать срок** их службы. Её нельзя длить без конца —\n"
    "закон должен сказать, когда она кончается.\n\n"
    "1. Вернуть домой тех, кто отслужил «год» и больше.\n"
    "2. Отпустить раненых. Подробнее: [закон](https://law.example/31)\n"
)
OTHER = "Собрание переносится на субботу, приходите в платках, с детьми, к полудню на площадь."
KNOWN = [Known("a" * 64, "Верните наших мужей домой", TEXT), Known("b" * 64, "Собрание", OTHER)]
OURS = ("a" * 64,)


@pytest.mark.parametrize(
    "copy",
    [
        TEXT,
        "Верните наших мужей домой\n\n" + TEXT,
        TEXT.replace("\n", " "),
        TEXT.replace("ё", "е").replace("Ё", "Е"),
        TEXT.replace("«", '"').replace("»", "“"),
        TEXT.replace("—", "-"),
        TEXT.replace("**", ""),
        TEXT.replace("1. ", "").replace("2. ", ""),
        TEXT.replace("[закон](https://law.example/31)", "закон"),
        TEXT.replace("Мы", "М\u200bы\ufeff"),
        TEXT.replace("й", "и\u0306"),
        TEXT.replace(" ", "\u00a0"),
    ],
    ids=range(12),
)
def test_what_copying_changes_does_not_matter(copy: str) -> None:
    answer = judge(copy, KNOWN)
    assert (answer.word, answer.ids, answer.is_part) == ("genuine", OURS, False)


@given(st.integers(0, 200), st.integers(60, 200))
def test_a_piece_of_it_is_genuine_and_said_to_be_a_piece(start: int, size: int) -> None:
    words = normalised(TEXT).split()
    piece = " ".join(words[start % 10 : start % 10 + 6 + size % 10])
    answer = judge(piece, KNOWN)
    assert (answer.word, answer.is_part) == ("genuine", True)


def test_one_changed_word_is_named() -> None:
    answer = judge(TEXT.replace("Отпустить", "Оставить"), KNOWN)
    assert (answer.word, answer.ids) == ("altered", OURS)
    assert answer.changes == (Change("Отпустить", "Оставить"),)


def test_a_word_put_in_or_left_out_is_named() -> None:
    assert judge(TEXT.replace("раненых", "не раненых"), KNOWN).changes == (Change("", "не"),)
    assert judge(TEXT.replace(" домой", ""), KNOWN).changes == (Change("домой", ""),)


def test_a_digit_and_a_capital_are_changes_too() -> None:
    assert judge(TEXT.replace("«год»", "«год 2»"), KNOWN).word == "altered"
    assert judge(TEXT.replace("закон должен", "Закон должен"), KNOWN).word == "altered"


def test_an_invented_appeal_is_nobodys_we_know() -> None:
    invented = "Все на митинг сегодня ночью, берите с собой паспорта, нас поддержали военные части."
    assert judge(invented, KNOWN) == judge(invented, [])
    assert judge(invented, KNOWN).word == "unknown"


def test_too_little_is_not_judged() -> None:
    assert judge("Мы, родные", KNOWN).word == "too-short"
    assert judge("\u200b" * 500, KNOWN).word == "too-short"


@given(st.text(max_size=300))
def test_any_text_gets_an_answer_and_is_genuine_against_itself(text: str) -> None:
    assert judge(text, KNOWN).word in ("genuine", "altered", "unknown", "too-short")
    itself = judge(text, [Known("0" * 64, "Заглавие", text)])
    assert itself.word in ("genuine", "too-short")
