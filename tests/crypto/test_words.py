"""The word lists keep the rules that receipts rest on."""

import re
from collections.abc import Iterator

import pytest

from wayhome.crypto.receipts import WORD_LIST, WordLanguage, word_list

LETTERS = {"ru": "абвгдежзийклмнопрстуфхцчшщъыьэюя", "en": "abcdefghijklmnopqrstuvwxyz"}
# roots that must not come back, whatever the next list is made from
NEVER = {
    "ru": "^воен|^войн|солдат|оруж|стрел|убий|смерт|^труп|^гроб|могил|вдов|сирот|секс|^жоп|тюрьм",
    "en": "^war$|^warrior|^gun|soldier|weapon|murder|^kill|corpse|coffin|widow|orphan|^sex|^shit",
}
LANGUAGES: tuple[WordLanguage, ...] = ("ru", "en")


def one_slip_from(word: str, letters: str) -> Iterator[str]:
    for i in range(len(word) + 1):
        head, tail = word[:i], word[i:]
        yield from (head + letter + tail for letter in letters)
        yield from (head + letter + tail[1:] for letter in letters if tail)
        yield head + tail[1:]
        yield head + tail[1:2] + tail[:1] + tail[2:]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_has_4096_words_of_4_to_8_letters_in_order(language: WordLanguage) -> None:
    words = word_list(language)
    assert len(set(words)) == WORD_LIST
    assert list(words) == sorted(words)
    assert not [word for word in words if not re.fullmatch(f"[{LETTERS[language]}]{{4,8}}", word)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_slip_of_the_hand_turns_a_word_into_another(language: WordLanguage) -> None:
    words = set(word_list(language))
    near = {
        (word, other)
        for word in words
        for other in one_slip_from(word, LETTERS[language])
        if other != word and other in words
    }
    assert not near


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_speaks_of_war_death_or_worse(language: WordLanguage) -> None:
    assert not [word for word in word_list(language) if re.search(NEVER[language], word)]
