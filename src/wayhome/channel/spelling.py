"""Spelling: what two copies of one text have in common, as docs/protocol/check.md writes it down.

Case, digits and punctuation stay, for a changed word may hide there. A mark may hide a changed
address or name, so what was left out is told with its place; signs that turn words around stay.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_LEFT_OUT = "\0"  # stands where a mark was; texts have it nowhere else
_UNSEEN = re.compile(
    "[\0\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200e\u202a\u202c\u2060-\u2066\u2068-\u206f\ufe00-\ufe0f\ufeff]"
)
_SAME = str.maketrans(
    {"ё": "е", "Ё": "Е"}
    | dict.fromkeys("«»„“”‟〝〞＂", '"')
    | dict.fromkeys("‘’‚‛ʼ`´", "'")
    | dict.fromkeys("‐‑‒–—―−", "-")
    | {"…": "..."}
)
_LINES = re.compile("\r\n|[\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile("[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_TARGET_END = re.compile("[) ]")
_HEAD = re.compile(r"(?:#{1,6} |> ?|[-*+] |[0-9]{1,3}[.)] )")
_MARKS = re.compile(r"\*+|_+|\0")


@dataclass(frozen=True, slots=True)
class Spelling:
    """A text as it is compared, and each mark that was left out of it.

    Of a mark, how many signs stand before it, spaces aside, and what it was.
    """

    text: str
    marks: frozenset[tuple[int, str]] = frozenset()


def plain(text: str) -> Spelling:
    """Give a text without what copying changes and without the marks of our Markdown."""
    return _spelt(text, _words)


def shown(text: str) -> Spelling:
    """Give the same as a page shows it: behind the words of a link stands its host."""
    return _spelt(text, _with_host)


def marked(text: str) -> Spelling:
    """Give the same with the marks where they are: a copy whose lines were joined has them too."""
    return Spelling(_squeezed(" ".join(_lines(text))))


def signs(text: str) -> int:
    """Give how many signs a spelling has, spaces aside."""
    return len(text) - text.count(" ")


def _lines(text: str) -> list[str]:
    seen = _UNSEEN.sub("", unicodedata.normalize("NFC", text)).translate(_SAME)
    return [_SPACES.sub(" ", line).strip(" ") for line in _LINES.split(seen)]


def _squeezed(text: str) -> str:
    return _SPACES.sub(" ", text).strip(" ")


def _spelt(text: str, written: Callable[[str, str], str]) -> Spelling:
    blocks: list[tuple[list[str], list[str]]] = [([], [])]  # lines and their marks
    for line in _lines(text):
        said, marks = _linked(line, written)
        head = _HEAD.match(said)
        if head:
            said, marks = _LEFT_OUT + said[head.end() :], [head[0], *marks]
        if head or not line:
            blocks.append(([], []))
        blocks[-1][0].append(said)
        blocks[-1][1].extend(marks)
    unmarked = [_unmarked(" ".join(lines), iter(marks)) for lines, marks in blocks]
    parts = " ".join(said for said, _ in unmarked).split(_LEFT_OUT)
    before, places = 0, []
    for part, mark in zip(parts, (mark for _, marks in unmarked for mark in marks), strict=False):
        before += signs(part)
        places.append((before, mark))
    return Spelling(_squeezed("".join(parts)), frozenset(places))


def _linked(line: str, written: Callable[[str, str], str]) -> tuple[str, list[str]]:
    """Write every link otherwise: `[words](address)`, as one search after another would find it.

    One way through the line: an expression would begin anew at every bracket of a hostile one.
    """
    pieces: list[str] = []
    marks: list[str] = []
    done = at = stop = 0
    while (at := line.find("[", at)) >= 0 and (shut := line.find("]", at)) >= 0:
        at, begun = shut, at  # brackets before it that are still open end there too
        if not line.startswith("](", shut):
            continue
        if stop < shut + 2:
            end = _TARGET_END.search(line, shut + 2)
            stop = end.start() if end else len(line)
        if line[stop : stop + 1] == ")":
            words, address = line[begun + 1 : shut], line[shut + 2 : stop]
            pieces += line[done:begun], _LEFT_OUT, written(words, address), _LEFT_OUT
            marks += "[", address
            done = at = stop + 1
    return "".join((*pieces, line[done:])), marks


def _words(words: str, _: str) -> str:
    return words


def _with_host(words: str, address: str) -> str:
    host = re.match(r"[a-z]+://([^/?#]*)", address)
    return f"{words} ({host[1]})" if host else words


def _unmarked(block: str, known: Iterator[str]) -> tuple[str, list[str]]:
    """Leave out emphasis; ``known`` are the marks whose places are there already."""
    if "*" not in block and "_" not in block:
        return block, [*known]
    paired = _paired(block)
    marks: list[str] = []

    def kept(run: re.Match[str]) -> str:
        if run[0] == _LEFT_OUT:
            marks.append(next(known))
            return _LEFT_OUT
        number = paired[run.start()]
        if not number:
            return run[0]
        # messengers write one star where we have two; an underline more is another name
        marks.append("*" if run[0][0] == "*" else "_" * number)
        return run[0][number:] + _LEFT_OUT

    return _MARKS.sub(kept, block), marks


def _paired(block: str) -> Counter[int]:
    """Tell of each run of stars or underlines, by its place, how many of it are emphasis.

    CommonMark, 6.2, but for its multiples of three. What has no pair is a sign: of a sum, a name.
    """
    found: Counter[int] = Counter()
    opened: dict[str, list[tuple[int, int]]] = {"*": [], "_": []}  # places, and how many are left
    for run in re.finditer(r"\*+|_+", block):
        sign, size = run[0][0], len(run[0])
        before = block[max(0, run.start() - 1) : run.start()]
        opens, closes = _flanks(sign, before, block[run.end() : run.end() + 1])
        own, other = opened[sign], opened["_" if sign == "*" else "*"]
        while closes and size and own:
            place, left = own.pop()
            number = min(size, left)
            size -= number
            found[place] += number
            found[run.start()] += number
            if left > number:
                own.append((place, left - number))
            while other and other[-1][0] > place:
                other.pop()
        if opens and size:
            own.append((run.start(), size))
    return found


def _flanks(sign: str, before: str, after: str) -> tuple[bool, bool]:
    """Tell whether a run may open and may close emphasis, by what stands beside it."""
    left = after.strip(" ") != "" and (after.isalnum() or not before.isalnum())
    right = before.strip(" ") != "" and (before.isalnum() or not after.isalnum())
    if sign == "*":
        return left, right
    return left and not (right and before.isalnum()), right and not (left and after.isalnum())
