"""Letters and facts for the tests: a complaint, and a letter's way told in short."""

import datetime as dt

from cases.lawful import law
from wayhome.cases.derivation import Since
from wayhome.cases.law import Office
from wayhome.cases.legs import Happened
from wayhome.cases.letters import Answered, Complaint, Earlier, Man, Reply, Sender, Writing
from wayhome.cases.rules import FACTS

GARRISON = "ru.mil-prosecutor.garrison"
WORDS = "Мой муж ранен в марте. Его возвращают в часть без комиссии, рана не зажила."


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def happened(*said: str) -> tuple[Happened, ...]:
    """Read facts written as `registered 2026-03-03 1234` or `forwarded 2026-03-05 to ru.mod`."""
    found = []
    for one in said:
        word, on, *rest = one.split(" ")
        what = next(fact for fact in FACTS if fact == word)
        to = rest[1] if rest[:1] == ["to"] else ""
        found.append(Happened(what, day(on), "" if to else "".join(rest), to))
    return tuple(found)


def writing(**changes: object) -> Writing:
    """Give a letter that a family signs at home."""
    said: dict[str, object] = {
        "template": "medical-board",
        "to": "ru.medical-board",
        "way": "post",
        "sender": Sender("home"),
        "day": day("2026-11-26"),
        "own_words": WORDS,
        "man": Man("Иван Иванов", "часть 00000"),
        "answers": (Answered("Была ли военно-врачебная комиссия?", "нет"),),
        "enclosures": ("копия выписки",),
        "address": "город, улица, дом",
    }
    return Writing(**{**said, **changes})


def complaint(about: str = "ru.unit", **changes: object) -> Writing:
    """Give a complaint about an office that was silent."""
    answer = law().rules["ru.59.answer"]
    dates = law().dates(
        answer, Since("registered", day("2026-03-03"), "77"), Office(law().authorities.get(about))
    )
    letter = Earlier("Командир части", day("2026-02-25"), "14000000000000", "77", day("2026-03-03"))
    reply = Reply(day("2026-04-01"), "5")
    gone = Complaint(about, letter, dates, reply, ("Почему не было комиссии?",))
    return writing(**{"template": "silence", "to": GARRISON, "complaint": gone, **changes})
