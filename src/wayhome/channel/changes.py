"""Changes: the difference of two texts, word by word, in bounded time whatever they are.

Words that stand once in both texts and in the same order are taken as the same; between them the
same is asked again of what is left. So a text made to be hard costs no more than another.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

_AROUND = 4  # words before and after a change that tell where it is
_DEPTH = 24  # questions within questions: each cuts a text in pieces; what is left is one change
_ALIKE = str.maketrans("АВЕЗКМНОРСТУХаеорсухіјѕԁһ", "ABE3KMHOPCTYXaeopcyxijsdh")

_Gap: TypeAlias = tuple[int, int, int, int]  # from and to in the one, from and to in the other


@dataclass(frozen=True, slots=True)
class Change:
    """A piece of an official text and what stands in its place; either may be empty.

    `before` and `after` are official words around it.
    """

    official: str
    asked: str
    before: str = ""
    after: str = ""

    @property
    def looks_alike(self) -> bool:
        """Tell whether letters of another alphabet were put in that the eye does not tell apart."""
        alike = self.official.translate(_ALIKE) == self.asked.translate(_ALIKE)
        return alike and self.official != self.asked


def changes(official: str, asked: str, *, is_piece: bool = False) -> tuple[Change, ...]:
    """Give the difference of two texts. Of a piece, what is missing at its ends is none."""
    ours, theirs = official.split(" "), asked.split(" ")
    found = _gaps(ours, theirs)
    if is_piece:
        found = [_within(gap, len(theirs)) for gap in found]
        found = [(a, b, c, d) for a, b, c, d in found if (a, c) != (b, d)]
    return tuple(
        Change(
            " ".join(ours[a:b]),
            " ".join(theirs[c:d]),
            " ".join(ours[max(0, a - _AROUND) : a]),
            " ".join(ours[b : b + _AROUND]),
        )
        for a, b, c, d in found
    )


def _within(gap: _Gap, end: int) -> _Gap:
    """Leave out what the official text has beyond the ends of a piece."""
    a, b, c, d = gap
    if c == 0:
        a = max(a, b - d)
    return (a, min(b, a + d - c), c, d) if d == end else (a, b, c, d)


def weight(found: Sequence[Change]) -> int:
    """Give how many letters a difference takes."""
    return sum(len(one.official) + len(one.asked) for one in found)


def _gaps(ours: Sequence[str], theirs: Sequence[str]) -> list[_Gap]:
    found: list[_Gap] = []
    left = [(0, (0, len(ours), 0, len(theirs)))]
    while left:
        depth, gap = left.pop()
        a, b, c, d = _trimmed(ours, theirs, gap)
        if (a, c) == (b, d):
            continue
        anchors = _anchors(ours[a:b], theirs[c:d]) if depth < _DEPTH else []
        if not anchors:
            found.append((a, b, c, d))
            continue
        ends = [(a - 1, c - 1), *((a + i, c + j) for i, j in anchors), (b, d)]
        pieces = [(depth + 1, (i + 1, k, j + 1, m)) for (i, j), (k, m) in pairwise(ends)]
        left += reversed(pieces)
    return found


def _trimmed(ours: Sequence[str], theirs: Sequence[str], gap: _Gap) -> _Gap:
    a, b, c, d = gap
    while a < b and c < d and ours[a] == theirs[c]:
        a, c = a + 1, c + 1
    while a < b and c < d and ours[b - 1] == theirs[d - 1]:
        b, d = b - 1, d - 1
    return a, b, c, d


def _anchors(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]]:
    """Give the longest run of words that stand once in each, in the order of both."""
    here, there = Counter(ours), Counter(theirs)
    places = {word: j for j, word in enumerate(theirs) if there[word] == 1}
    pairs = [(i, places[word]) for i, word in enumerate(ours) if here[word] == 1 and word in places]
    ends: list[int] = []  # the least end of a run of each length
    last: list[int] = []  # which pair has that end
    before: list[int] = []  # the pair before each in its run
    for at, (_, j) in enumerate(pairs):
        size = bisect_left(ends, j)
        before.append(last[size - 1] if size else -1)
        ends[size : size + 1] = [j]
        last[size : size + 1] = [at]
    found = []
    at = last[-1] if last else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]
