"""Genuine: is this text really ours? A text against everything official that is known here."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal
from unicodedata import combining
from zlib import crc32

from wayhome.channel import spelling
from wayhome.channel.changes import Change, changes, weight

LONGEST = 41_000  # characters of a text that is asked about: a post, its title and its number
_LINK = 2_000  # characters of a link that is asked about
_STACK = 1_000  # marks on one letter: normalizing takes as long as their number squared
SHORTEST = 20  # signs; less is in everybody's mouth
_NEAR = 0.5  # of the shingles of the shorter text: below it two texts have only a subject in common
_LONG, _SHORT = 16, 5  # words; shingles of three words in long texts, of two and one in short ones
_PIECE = 0.8  # of the official text: less is a piece of it, and what is around it is not missing
_KEPT = 1_000  # texts whose spelling is remembered
_PUNCTUATION = str.maketrans(dict.fromkeys("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", " "))
_NUMBER = re.compile(r"[0-9a-f]{64}")
_ADDRESS = re.compile(
    r"https?://[^\s]*/(?:(?:post|petition|poll)/(?P<id>[0-9a-f]{64})[^\s]*|s/(?P<start>[0-9a-f]{16}))"
)


@dataclass(frozen=True, slots=True)
class Known:
    """An official text by the id of its record."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a text. `ids` are official records, the nearest first."""

    word: Literal["genuine", "altered", "unknown", "too-short", "too-long"]
    ids: tuple[str, ...] = ()
    is_part: bool = False  # only a piece of the record
    changes: tuple[Change, ...] = ()


def judge(asked: str, known: Iterable[Known]) -> Answer:
    """Say of a text whether it is official, nearly so, or nobody's we know."""
    if len(asked) > LONGEST:
        return Answer("too-long")
    if not asked.isascii() and _is_stacked(asked):
        return Answer("unknown")
    text = spelling.plain(asked)
    if len(text) < SHORTEST:
        return Answer("too-short")
    every = [_spelt(one) for one in known]
    copies = {text, spelling.marked(asked)}
    whole = tuple(one.id for one in every if one.is_whole(copies))
    if whole:
        return Answer("genuine", whole)
    part = tuple(one.id for one in every if one.has(copies))
    return Answer("genuine", part, is_part=True) if part else _nearest(text, every)


def named_in(asked: str) -> str:
    """Give the id, or the 16 digits it begins with, when all that is asked is a number or link."""
    said = asked.strip()
    if len(said) > _LINK:
        return ""
    number = re.sub(r"\s", "", said)
    if _NUMBER.fullmatch(number):
        return number
    found = _ADDRESS.fullmatch(said)
    return (found["id"] or found["start"]) if found else ""


def _is_stacked(text: str) -> bool:
    """Tell whether a letter bears more marks than any writing has."""
    marks = groupby(text, key=lambda sign: combining(sign) > 0)
    return any(is_marked and sum(1 for _ in run) > _STACK for is_marked, run in marks)


@dataclass(frozen=True, slots=True)
class _Spelt:
    """The spellings of one official text, each with its title and the place where that ends."""

    id: str
    spellings: tuple[tuple[str, int], ...]

    def is_whole(self, copies: Iterable[str]) -> bool:
        """Tell whether a copy is the text, its title before it or not, its number after it."""
        asked = {self.unnumbered(copy) for copy in copies}
        return any(
            copy in (whole, whole[: end - 1])
            or (len(copy) == len(whole) - end and whole.endswith(copy))
            for whole, end in self.spellings
            for copy in asked
        )

    def has(self, copies: Iterable[str]) -> bool:
        """Tell whether a copy is a piece of the text, cut between words, its number after it."""
        asked = {self.unnumbered(copy) for copy in copies}
        return any(_has(whole, copy) for whole, _ in self.spellings for copy in asked)

    def unnumbered(self, copy: str) -> str:
        """Leave out the text's own number behind a copy: pages hand both out together."""
        return copy.removesuffix(f" {self.id}")


@lru_cache(_KEPT)  # a text under one id never changes
def _spelt(known: Known) -> _Spelt:
    found = {}
    for spell in (spelling.plain, spelling.shown, spelling.marked):
        title = spell(known.title)
        found[f"{title} {spell(known.text)}"] = len(title) + 1
    return _Spelt(known.id, tuple(found.items()))


def _has(whole: str, copy: str) -> bool:
    at = whole.find(copy)
    while at >= 0:
        end = at + len(copy)
        if not (_is_within(whole, at) or _is_within(whole, end)):
            return True
        at = whole.find(copy, at + 1)
    return False


def _is_within(text: str, at: int) -> bool:
    """Tell whether a place lies between two letters or digits of one word."""
    return 0 < at < len(text) and _is_letter(text[at - 1]) and _is_letter(text[at])


def _is_letter(sign: str) -> bool:
    return sign.lower() != sign.upper() or "0" <= sign <= "9"


def _nearest(text: str, every: Sequence[_Spelt]) -> Answer:
    words = _words(text)
    asked = {size: _shingles(words, size) for size in (1, 2, 3)}
    near = sorted((_likeness(len(words), asked, one), one.id) for one in every)[::-1]
    ids = tuple(name for likeness, name in near if likeness >= _NEAR)
    if not ids:
        return Answer("unknown")
    best = next(one for one in every if one.id == ids[0])
    asked_for, found = best.unnumbered(text), []
    for whole, end in best.spellings:
        # whoever copied the text alone did not leave out the title
        for official in (whole, whole[end:]):
            is_piece = len(asked_for) < _PIECE * len(official)
            found.append((changes(official, asked_for, is_piece=is_piece), is_piece))
    fewest, is_piece = min(found, key=lambda one: weight(one[0]))
    return Answer("altered", ids, is_piece, fewest)


def _words(text: str) -> list[str]:
    return text.lower().translate(_PUNCTUATION).split()


def _likeness(length: int, asked: dict[int, set[int]], other: _Spelt) -> float:
    known = len(_words_of(other))
    size = _shingle(min(length, known), max(length, known))
    one, two = asked[size], _shingles_of(other, size)
    return len(one & two) / (min(len(one), len(two)) or 1)


@lru_cache(_KEPT)
def _words_of(spelt: _Spelt) -> tuple[str, ...]:
    return tuple(_words(spelt.spellings[0][0]))


@lru_cache(2 * _KEPT)
def _shingles_of(spelt: _Spelt, size: int) -> set[int]:
    return _shingles(_words_of(spelt), size)


def _shingle(shorter: int, longer: int) -> int:
    if shorter >= _LONG:
        return 3
    return 1 if longer < _LONG and shorter <= 2 * _SHORT else 2


def _shingles(words: Sequence[str], size: int) -> set[int]:
    return {crc32(" ".join(words[i : i + size]).encode()) for i in range(len(words) - size + 1)}
