"""Likeness: how much of one letter stands in another, for letters all alike are filed together."""

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

SHINGLE = 5  # words in a row; fewer would find the language alike, more would miss a changed word
TOO_ALIKE = 0.8
ALIKE = 0.5  # two reports of which half is the same are of one hand, or of one model
_LONG = 8  # letters of a long word, with the marks beside it: thousands of texts are looked at
_WORTH = 0.3  # of the long words of both; where half of the rows are the same, more are
_WORD = re.compile(r"[^\W_]+")


def likeness(one: str, other: str) -> float:
    """Give the share of both letters' rows of five words that stand in both, from 0 to 1."""
    ours, theirs = shingles(one), shingles(other)
    return _share(ours, theirs)


def is_too_alike(letter: str, others: Iterable[str]) -> bool:
    """Tell whether an office would put a letter to those it has already answered."""
    return any(likeness(letter, other) >= TOO_ALIKE for other in others)


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Give every row of five words of a text, without regard to case and marks."""
    words = _WORD.findall(text.casefold())
    if len(words) < SHINGLE:
        return frozenset({tuple(words)} if words else ())
    return frozenset(zip(*(words[i:] for i in range(SHINGLE)), strict=False))


def long_words(text: str) -> frozenset[str]:
    """Give a text's long words: texts that have few in common have few rows in common."""
    return frozenset(word for word in text.split() if len(word) >= _LONG)


def may_be_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell by their long words whether two texts are worth comparing row by row."""
    return one == other or _share(one, other) >= _WORTH


def _share(one: AbstractSet[object], other: AbstractSet[object]) -> float:
    both = len(one & other)
    return both / (len(one) + len(other) - both) if one or other else 0.0
