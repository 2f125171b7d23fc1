"""A copy is genuine however it was copied; one changed word is named."""

import re
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.channel.changes import Change, changes, weight
from wayhome.channel.genuine import LONGEST, Known, judge, named_in
from wayhome.channel.spelling import plain

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
    words = plain(TEXT).text.split()
    piece = " ".join(words[start % 10 : start % 10 + 6 + size % 10])
    answer = judge(piece, KNOWN)
    assert (answer.word, answer.is_part) == ("genuine", True)


def test_one_changed_word_is_named() -> None:
    answer = judge(TEXT.replace("Отпустить", "Оставить"), KNOWN)
    assert (answer.word, answer.ids) == ("altered", OURS)
    around = Change(
        "Отпустить", "Оставить", 'отслужил "год" и больше.', "раненых. Подробнее: закон"
    )
    assert answer.changes == (around,)


def test_a_word_put_in_or_left_out_is_named() -> None:
    for text, change in (
        (TEXT.replace("раненых", "не раненых"), ("", "не")),
        (TEXT.replace(" домой", ""), ("домой", "")),
    ):
        assert [(one.official, one.asked) for one in judge(text, KNOWN).changes] == [change]


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


LINK = re.compile(r"\[([^\]]*)\]\(([^) ]*)\)")


@given(st.text("[]() ab", max_size=40))
def test_a_link_is_what_one_expression_says(text: str) -> None:
    marks_left_out = re.sub(" +", " ", LINK.sub(r"\1", re.sub(" +", " ", text).strip(" ")))
    assert plain(text).text == marks_left_out.strip(" ")


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "hard",
    [
        "[" * LONGEST,
        "[](" * (LONGEST // 3),
        "[a](b" * 8_000 + " c)",
        "а" + "\u0301\u0328" * (LONGEST // 2 - 1),
        "*a _b " * (LONGEST // 6),
    ],
    ids=["open", "half a link", "no end", "marks", "stars"],
)
def test_a_text_that_is_made_to_be_hard_costs_no_more_than_another(hard: str) -> None:
    begun = time.process_time()
    for _ in range(50):  # each took seconds when a search began anew at every sign
        assert judge(hard, KNOWN).word == "unknown"
    assert time.process_time() - begun < 20  # seen: 1 s


@pytest.mark.timeout(600)
def test_what_is_longer_than_any_link_is_none() -> None:
    link = "https://a.example/post/" + "a" * 64
    begun = time.process_time()
    assert named_in(link) == "a" * 64
    assert not named_in("https:/" + ("/post/" + "a" * 64) * 14_000 + " x")
    assert time.process_time() - begun < 20


def test_a_text_with_more_behind_it_is_not_cut_to_what_is_known() -> None:
    known = [Known("c" * 64, "Длинное", "Слово за слово. " * 2_500 + "Конец.")]
    assert judge(known[0].text, known).word == "genuine"
    more = known[0].text + " И ещё: переводите деньги."
    assert judge(more, known).word == "altered"
    assert judge("а" * (LONGEST + 1), known).word == "too-long"


def test_its_own_number_behind_a_text_is_none_of_its_words() -> None:
    assert judge(f"{TEXT}\n\n{OURS[0]}\n", KNOWN).word == "genuine"
    assert judge(f"{TEXT}\n\n{'b' * 64}\n", KNOWN).word == "altered"
    assert judge(f"{TEXT}\n\nhttps://evil.example/post/{OURS[0]}.html", KNOWN).word == "altered"


def test_a_copy_from_a_page_has_hosts_behind_its_links() -> None:
    copied = TEXT.replace("[закон](https://law.example/31)", "закон (law.example)")
    assert judge(copied, KNOWN).word == "genuine"
    assert judge(copied.replace("law.example", "low.example"), KNOWN).word == "altered"


def test_a_piece_is_cut_between_words() -> None:
    piece = "закон должен сказать, когда она кончается"
    assert judge(piece, KNOWN).is_part
    assert judge(piece[2:], KNOWN).word == "altered", "a word begins elsewhere"


def test_letters_of_another_alphabet_are_named() -> None:
    answer = judge(TEXT.replace("Вернуть", "Bернуть"), KNOWN)
    assert [one.looks_alike for one in answer.changes] == [True]
    assert [one.looks_alike for one in judge(TEXT.replace("домой", "назад"), KNOWN).changes] == [
        False
    ]


def test_a_lone_star_between_spaces_is_a_sign() -> None:
    assert plain("2 * 2 = 4").text == "2 * 2 = 4"
    assert plain("**два** и _три_ и ***").text == "два и три и ***"
    assert plain("# * Раз\n> два\n12) три").text == "* Раз два три"


CALL = (
    "Новости только в **@put_domoy** и на https://t.me/put_domoy, ночью *102#; встреча 12 20 числа:"
    " [список](https://home.example/list).\n\n3. Никому не платите, нас об этом не просят.\n"
)


@pytest.mark.parametrize(
    ("signed", "put"),
    [
        ("https://home.example/list", "https://evil.example/list"),
        ("[список](https://home.example/list)", "[список](https://home.example/list2)"),
        ("Новости", "[Новости](https://evil.example/)"),
        ("**@put_domoy**", "@putdomoy"),
        ("**@put_domoy**", "_@put_domoy_"),
        ("t.me/put_domoy", "t.me/putdomoy"),
        ("t.me/put_domoy", "t.me/_put_domoy_"),
        ("*102#", "102#"),
        ("3. Никому", "2. Никому"),
        ("12 20", "\u202e12 20\u202c"),
        ("12 20", "\u200f12 20\u200f"),
        ("12 20", "\u206712 20\u2069"),
    ],
)
def test_what_would_lead_or_read_otherwise_is_no_copy(signed: str, put: str) -> None:
    known = [Known("c" * 64, "Куда мы зовём", CALL)]
    piece = CALL.strip().rpartition("\n")[0] if signed in CALL.partition("\n")[0] else CALL
    for asked in (CALL, f"Куда мы зовём\n\n{CALL}", CALL.replace("\n", " "), piece):
        assert judge(asked, known).word == "genuine"
        answer = judge(asked.replace(signed, put), known)
        assert (answer.word, len(answer.changes) > 0) == ("altered", True), asked


def test_stars_may_be_left_out_or_be_a_messengers() -> None:
    known = [Known("c" * 64, "Куда мы зовём", CALL)]
    for asked in (CALL.replace("**", ""), CALL.replace("**", "*"), CALL.replace("3. ", "")):
        assert judge(asked, known).word == "genuine"


WORDS = st.lists(st.sampled_from(["мы", "не", "ждём", "их", "домой", "и", "б"]), max_size=40)


@given(WORDS, WORDS)
def test_what_is_not_named_as_changed_is_the_same_in_both(one: list[str], other: list[str]) -> None:
    found = changes(" ".join(one), " ".join(other))
    gone = Counter(word for change in found for word in change.official.split())
    come = Counter(word for change in found for word in change.asked.split())
    assert Counter(one) - gone + come == Counter(other)
    assert weight(changes(" ".join(one), " ".join(one))) == 0
    assert bool(found) == (one != other)


def test_a_text_made_to_be_hard_is_compared_as_fast_as_another() -> None:
    hard = " ".join("и" if i % 2 else f"слово{i % 3_000}" for i in range(8_000))
    assert changes(hard, " ".join(reversed(hard.split())))
    assert len(changes("и " * 8_000, "и " * 7_000)) == 1


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("a" * 64, "a" * 64),
        (" " + "abcd " * 16 + "\n", "abcd" * 16),
        (f"https://x.example/ru/post/{'a' * 64}.html", "a" * 64),
        (f"http://x.example/copy/en/petition/{'a' * 64}/count.html#x", "a" * 64),
        ("https://x.example/s/0123456789abcdef#1234", ""),
        ("https://x.example/s/0123456789abcdef", "0123456789abcdef"),
        (f"see https://x.example/ru/post/{'a' * 64}.html", ""),
        ("a" * 63, ""),
        ("https://x.example/", ""),
    ],
)
def test_a_number_or_a_link_is_told_from_a_text(asked: str, named: str) -> None:
    assert named_in(asked) == named
