"""Genuine: is this text really ours? A text against everything official that is known here.

Two texts are one when they differ only in what copying changes: letters in their composed form,
spaces and line breaks, the shape of quotes and dashes, ё written е, signs that nobody sees, and the
marks of our Markdown. Case, digits and punctuation stay, for a changed word may hide there.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, Self

LONGEST = 40_000  # characters of a text that is asked about: what a post may have
SHORTEST = 20  # signs; less is in everybody's mouth
_NEAR = 0.5  # of the shingles of the shorter text: below it two texts have only a subject in common
_SHINGLE = 3  # words

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_SAME = str.maketrans(
    {"ё": "е", "Ё": "Е"}
    | dict.fromkeys("«»„“”‟〝〞＂", '"')
    | dict.fromkeys("‘’‚‛ʼ`´", "'")
    | dict.fromkeys("‐‑‒–—―−", "-")
    | {"…": "..."}
)
_MARKS = re.compile(
    r"^[ ]{0,3}(?:#{1,6} |> ?|[-*+] |[0-9]{1,3}[.)] )|[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}"
)
_LINK = re.compile(r"\[([^\]]*)\]\([^)\s]*\)")


def normalised(text: str, *, marked: bool = False) -> str:
    """Give what two copies of one text have in common.

    ``marked`` leaves Markdown's marks where they are: a copy whose lines were joined has them too.
    """
    seen = _UNSEEN.sub("", unicodedata.normalize("NFC", text)).translate(_SAME)
    lines = (" ".join(line.split()) for line in seen.splitlines())
    if not marked:
        lines = (_MARKS.sub("", _LINK.sub(r"\1", line)) for line in lines)
    return " ".join(" ".join(lines).split())


@dataclass(frozen=True, slots=True)
class Known:
    """An official text by the id of its record."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A piece of an official text and what stands in its place; either may be empty."""

    official: str
    asked: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a text. `ids` are official records, the nearest first."""

    word: Literal["genuine", "altered", "unknown", "too-short"]
    ids: tuple[str, ...] = ()
    is_part: bool = False  # genuine, but only a piece of the record
    changes: tuple[Change, ...] = ()


def judge(asked: str, known: Iterable[Known]) -> Answer:
    """Say of a text whether it is official, nearly so, or nobody's we know."""
    asked = asked[:LONGEST]
    text = normalised(asked)
    if len(text) < SHORTEST:
        return Answer("too-short")
    every = [_Spelt.of(one) for one in known]
    copies = {text, normalised(asked, marked=True)}
    whole = tuple(one.id for one in every if copies & one.wholes)
    if whole:
        return Answer("genuine", whole)
    part = tuple(one.id for one in every if any(c in w for c in copies for w in one.wholes))
    return Answer("genuine", part, is_part=True) if part else _nearest(text, every)


@dataclass(frozen=True, slots=True)
class _Spelt:
    """The spellings of one official text: with its title and without, with marks and without."""

    id: str
    wholes: frozenset[str]
    plain: tuple[str, str]

    @classmethod
    def of(cls, known: Known) -> Self:
        joined = f"{known.title}\n{known.text}"
        plain = (normalised(known.text), normalised(joined))
        marked = (normalised(known.text, marked=True), normalised(joined, marked=True))
        return cls(known.id, frozenset((*plain, *marked, normalised(known.title))), plain)


def _nearest(text: str, every: Sequence[_Spelt]) -> Answer:
    words = _shingles(text)
    near = sorted((_likeness(words, _shingles(one.plain[1])), one.id) for one in every)[::-1]
    ids = tuple(name for likeness, name in near if likeness >= _NEAR)
    if not ids:
        return Answer("unknown")
    best = next(one for one in every if one.id == ids[0])
    # whoever copied the text alone did not leave out the title
    fewest = min((changes(one, text) for one in best.plain), key=_weight)
    return Answer("altered", ids, changes=fewest)


def _weight(found: Sequence[Change]) -> int:
    return sum(len(one.official) + len(one.asked) for one in found)


def changes(official: str, asked: str) -> tuple[Change, ...]:
    """Give the difference of two texts, word by word."""
    ours, theirs = official.split(), asked.split()
    match = SequenceMatcher(None, ours, theirs, autojunk=False)
    return tuple(
        Change(" ".join(ours[a:b]), " ".join(theirs[c:d]))
        for word, a, b, c, d in match.get_opcodes()
        if word != "equal"
    )


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    size = min(_SHINGLE, len(words)) or 1
    return frozenset(tuple(words[i : i + size]) for i in range(len(words) - size + 1))


def _likeness(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    return len(one & other) / (min(len(one), len(other)) or 1)
