"""A thousand true copies and a thousand with one sign changed: no other is called genuine."""

from random import Random

import pytest

from wayhome.channel.genuine import Known, judge
from wayhome.channel.spelling import plain

WORDS = (
    "мы родные мобилизованных требуем назвать срок службы вернуть домой тех кто отслужил год "
    "и больше отпустить раненых закон должен сказать когда она кончается письмо ответ отказ "
    "министерство суд комиссия область город площадь полдень суббота дети мужья сыновья братья"
)
SIGNS = "абвгдежзиклмнопрстуфхцчшщыэюяАБВГД0123456789.,!?abcdxyz"


def texts(chance: Random) -> list[Known]:
    found = []
    for i in range(100):
        lines = [
            " ".join(chance.choices(WORDS.split(), k=chance.randint(5, 14))).capitalize() + "."
            for _ in range(chance.randint(2, 12))
        ]
        found.append(Known(f"{i:064x}", f"Текст номер {i}", "\n".join(lines)))
    return found


def copied(chance: Random, text: str) -> str:
    """What a messenger, a keyboard or a printer makes of it."""
    for old, new in (("\n", " "), (" ", "\u00a0"), (".", ".\u200b"), ("\n", "\r\n\r\n")):
        if chance.random() < 0.4:
            text = text.replace(old, new)
    return text


def changed(chance: Random, text: str) -> str:
    """One sign put in, left out or put in place of another, where the spelling does not forgive."""
    while True:
        at = chance.randrange(len(text))
        put = chance.choice(["", chance.choice(SIGNS)])
        other = text[:at] + put + text[at + chance.choice((0, 1)) :]
        if plain(other).text != plain(text).text:
            return other


def test_a_thousand_copies_are_genuine() -> None:
    chance = Random(11)  # noqa: S311 - invented texts
    known = texts(chance)
    for _ in range(1_000):
        one = chance.choice(known)
        asked = copied(chance, chance.choice((one.text, f"{one.title}\n\n{one.text}")))
        answer = judge(asked, known)
        assert (answer.word, answer.ids) == ("genuine", (one.id,)), asked


@pytest.mark.slow
def test_a_thousand_with_one_sign_changed_are_not_and_the_place_is_named() -> None:
    chance = Random(12)  # noqa: S311 - invented texts
    known = texts(chance)
    for _ in range(1_000):
        one = chance.choice(known)
        asked = changed(chance, one.text)
        answer = judge(asked, known)
        if answer.word == "genuine":  # what was left out stood at an end: a piece, and it is said
            assert answer.is_part, asked
            assert plain(asked).text in plain(one.text).text
            continue
        assert (answer.word, answer.ids[0]) == ("altered", one.id), asked
        assert len(answer.changes) == 1, (asked, answer.changes)
        change = answer.changes[0]
        assert change.official in plain(one.text).text
        assert change.asked in plain(asked).text
