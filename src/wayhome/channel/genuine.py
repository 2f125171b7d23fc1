"""Genuine: is this text really ours? A text against everything official that is known here."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal, Self
from unicodedata import combining
from zlib import crc32

from wayhome.channel import spelling
from wayhome.channel.changes import Change, changes, weight
from wayhome.channel.spelling import Spelling

LONGEST = 41_000  # characters of a text that is asked about: a post, its title and its number
_LINK = 2_000  # characters of a link that is asked about
_STACK = 1_000  # marks on one letter: normalizing takes as long as their number squared
SHORTEST = 20  # signs; less is in everybody's mouth
_NEAR = 0.5  # of the shingles of the shorter text: below it two texts have only a subject in common
_LONG, _SHORT = 16, 5  # words; shingles of three words in long texts, of two and one in short ones
_PIECE = 0.8  # of the official text: less is a piece of it, and what is around it is not missing
_PLACES = 100  # where a text has a piece but other marks: then it is looked for no more
_KEPT = 1_000  # texts whose spelling is remembered
_PUNCTUATION = str.maketrans(dict.fromkeys("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", " "))
_NUMBER = re.compile(r"[0-9a-f]{64}")
_ADDRESS = re.compile(
    r"https?://[^\s]*/(?:(?:post|petition|poll|group)/(?P<id>[0-9a-f]{64})[^\s]*|s/(?P<start>[0-9a-f]{16}))"
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
    copies = (spelling.plain(asked), spelling.marked(asked))
    if len(copies[0].text) < SHORTEST:
        return Answer("too-short")
    every = [_spelt(one) for one in known]
    whole = tuple(one.id for one in every if one.is_whole(copies))
    if whole:
        return Answer("genuine", whole)
    part = tuple(one.id for one in every if one.has(copies))
    return Answer("genuine", part, is_part=True) if part else _nearest(copies, every)


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
class _Whole:
    """One spelling of an official text, with its title and the place where that ends."""

    text: str
    end: int
    marks: frozenset[tuple[int, str]]

    @classmethod
    def of(cls, title: Spelling, text: Spelling) -> Self:
        """Put title and text together."""
        before = spelling.signs(title.text)
        marks = title.marks | {(at + before, mark) for at, mark in text.marks}
        return cls(f"{title.text} {text.text}", len(title.text) + 1, marks)

    def is_said_by(self, copy: Spelling) -> bool:
        """Tell whether a copy is all of it, or one of its two parts."""
        if copy.text in (self.text, self.text[: self.end - 1]):
            return self._has_marks_of(copy, 0)
        is_rest = len(copy.text) == len(self.text) - self.end and self.text.endswith(copy.text)
        return is_rest and self._has_marks_of(copy, spelling.signs(self.text[: self.end]))

    def has(self, copy: Spelling) -> bool:
        """Tell whether a copy is a piece of it, cut between words."""
        at, done, before, tries = self.text.find(copy.text), 0, 0, 0
        while at >= 0 and tries < _PLACES:
            end = at + len(copy.text)
            before, done = before + spelling.signs(self.text[done:at]), at
            if not (_is_within(self.text, at) or _is_within(self.text, end)):
                if self._has_marks_of(copy, before):
                    return True
                tries += 1
            at = self.text.find(copy.text, at + 1)
        return False

    def _has_marks_of(self, copy: Spelling, before: int) -> bool:
        """Tell whether nothing was left out of a copy but marks that stand here in their place."""
        return all((at + before, mark) in self.marks for at, mark in copy.marks)


@dataclass(frozen=True, slots=True)
class _Spelt:
    """The spellings of one official text; the last has its marks where they are."""

    id: str
    spellings: tuple[_Whole, ...]

    def is_whole(self, copies: Iterable[Spelling]) -> bool:
        """Tell whether a copy is the text, its title before it or not, its number after it."""
        asked = [self.unnumbered(copy) for copy in copies]
        return any(whole.is_said_by(copy) for whole in self.spellings for copy in asked)

    def has(self, copies: Iterable[Spelling]) -> bool:
        """Tell whether a copy is a piece of the text, its number after it."""
        asked = [self.unnumbered(copy) for copy in copies]
        return any(whole.has(copy) for whole in self.spellings for copy in asked)

    def unnumbered(self, copy: Spelling) -> Spelling:
        """Leave out the text's own number behind a copy: pages hand both out together."""
        return Spelling(copy.text.removesuffix(f" {self.id}"), copy.marks)


@lru_cache(_KEPT)  # a text under one id never changes
def _spelt(known: Known) -> _Spelt:
    spells = (spelling.plain, spelling.shown, spelling.marked)
    found = [_Whole.of(spell(known.title), spell(known.text)) for spell in spells]
    return _Spelt(known.id, tuple(dict.fromkeys(found)))


def _is_within(text: str, at: int) -> bool:
    """Tell whether a place lies between two letters or digits of one word."""
    return 0 < at < len(text) and _is_letter(text[at - 1]) and _is_letter(text[at])


def _is_letter(sign: str) -> bool:
    return sign.lower() != sign.upper() or "0" <= sign <= "9"


def _nearest(copies: tuple[Spelling, Spelling], every: Sequence[_Spelt]) -> Answer:
    words = _words(copies[0].text)
    asked = {size: _shingles(words, size) for size in (1, 2, 3)}
    near = sorted((_likeness(len(words), asked, one), one.id) for one in every)[::-1]
    ids = tuple(name for likeness, name in near if likeness >= _NEAR)
    if not ids:
        return Answer("unknown")
    best = next(one for one in every if one.id == ids[0])
    fewest, is_piece = _fewest(best.spellings, best.unnumbered(copies[0]).text)
    if not fewest:  # what differs is a mark: the address of a link, a point's number
        fewest, is_piece = _fewest(best.spellings[-1:], best.unnumbered(copies[1]).text)
    return Answer("altered", ids, is_piece, fewest)


def _fewest(spellings: Iterable[_Whole], asked: str) -> tuple[tuple[Change, ...], bool]:
    """Give what differs from the nearest spelling, and whether only a piece was asked about."""
    found = []
    for whole in spellings:
        # whoever copied the text alone did not leave out the title
        for official in (whole.text, whole.text[whole.end :]):
            is_piece = len(asked) < _PIECE * len(official)
            found.append((changes(official, asked, is_piece=is_piece), is_piece))
    return min(found, key=lambda one: weight(one[0]))


def _words(text: str) -> list[str]:
    return text.lower().translate(_PUNCTUATION).split()


def _likeness(length: int, asked: dict[int, set[int]], other: _Spelt) -> float:
    known = len(_words_of(other))
    size = _shingle(min(length, known), max(length, known))
    one, two = asked[size], _shingles_of(other, size)
    return len(one & two) / (min(len(one), len(two)) or 1)


@lru_cache(_KEPT)
def _words_of(spelt: _Spelt) -> tuple[str, ...]:
    return tuple(_words(spelt.spellings[0].text))


@lru_cache(2 * _KEPT)
def _shingles_of(spelt: _Spelt, size: int) -> set[int]:
    return _shingles(_words_of(spelt), size)


def _shingle(shorter: int, longer: int) -> int:
    if shorter >= _LONG:
        return 3
    return 1 if longer < _LONG and shorter <= 2 * _SHORT else 2


def _shingles(words: Sequence[str], size: int) -> set[int]:
    return {crc32(" ".join(words[i : i + size]).encode()) for i in range(len(words) - size + 1)}
