"""Called: what states, piles and colleagues are called, in a reader's language."""

from collections.abc import Mapping

from wayhome.crypto.receipts import WordLanguage, word_list
from wayhome.pages.words import Words

_DIGITS = 6  # of a key: two words of 4,096 each


def states(words: Words) -> Mapping[str, str]:
    """Name where a case may stand."""
    say = words.say
    return {
        "waiting": say("nobody has taken it"),
        "taken": say("taken"),
        "declined": say("declined"),
        "asked": say("waits for the family"),
        "drafted": say("letter written"),
        "sent": say("letter sent"),
        "answered": say("answered"),
        "closed": say("closed"),
        "duplicate": say("a duplicate"),
        "erased": say("erased"),
        "": say("not whole yet"),
    }


def piles(words: Words) -> Mapping[str, str]:
    """Name the piles of the board."""
    say = words.say
    return {
        "waiting": say("Nobody has taken these"),
        "late": say("Past the day"),
        "wanted": say("To be erased: the family asks"),
        "week": say("Due this week"),
        "ungraded": say("Answered, and nobody has graded it"),
        "lapsing": say("Ending within 30 days"),
        "open": say("In work"),
        "ended": say("Closed"),
    }


def name_of(key: str, lang: str) -> str:
    """Give two words for a key, the same at every desk: one can say them on the telephone.

    The charter has no names. Among twelve keys two words are enough to tell them apart; whom a
    deed is sealed to is decided by the whole key.
    """
    language: WordLanguage = "ru" if lang == "ru" else "en"
    both = divmod(int(key[:_DIGITS], 16), 1 << 12)
    return " ".join(word_list(language)[number] for number in both)
