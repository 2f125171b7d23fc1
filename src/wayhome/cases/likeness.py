"""Likeness: how much of one letter stands in another, for letters all alike are filed together."""

from collections.abc import Iterable

SHINGLE = 5  # words in a row; fewer would find the language alike, more would miss a changed word
TOO_ALIKE = 0.8


def likeness(one: str, other: str) -> float:
    """Give the share of both letters' rows of five words that stand in both, from 0 to 1."""
    ours, theirs = shingles(one), shingles(other)
    return len(ours & theirs) / len(ours | theirs) if ours | theirs else 0.0


def is_too_alike(letter: str, others: Iterable[str]) -> bool:
    """Tell whether an office would put a letter to those it has already answered."""
    return any(likeness(letter, other) >= TOO_ALIKE for other in others)


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Give every row of five words of a text, without regard to case and marks."""
    words = ["".join(one for one in word if one.isalnum()) for word in text.casefold().split()]
    words = [word for word in words if word]
    rows = range(max(1, len(words) - SHINGLE + 1))
    return frozenset(tuple(words[i : i + SHINGLE]) for i in rows) if words else frozenset()
