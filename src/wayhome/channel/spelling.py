"""Spelling: what two copies of one text have in common, as docs/protocol/check.md writes it down.

Case, digits and punctuation stay, for a changed word may hide there.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable

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
_LINES = re.compile("\r\n|[\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile("[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_TARGET_END = re.compile("[) ]")
_HEAD = re.compile(r"(?:#{1,6} |> ?|[-*+] |[0-9]{1,3}[.)] )")
_MARKS = re.compile(r"[*_]+")


def plain(text: str) -> str:
    """Give a text without what copying changes and without the marks of our Markdown."""
    return _joined(_unmarked(_linked(line, _words)) for line in _lines(text))


def shown(text: str) -> str:
    """Give the same as a page shows it: behind the words of a link stands its host."""
    return _joined(_unmarked(_linked(line, _with_host)) for line in _lines(text))


def marked(text: str) -> str:
    """Give the same with the marks where they are: a copy whose lines were joined has them too."""
    return _joined(_lines(text))


def _lines(text: str) -> list[str]:
    seen = _UNSEEN.sub("", unicodedata.normalize("NFC", text)).translate(_SAME)
    return [_SPACES.sub(" ", line).strip(" ") for line in _LINES.split(seen)]


def _joined(lines: Iterable[str]) -> str:
    return _SPACES.sub(" ", " ".join(lines)).strip(" ")


def _linked(line: str, written: Callable[[str, str], str]) -> str:
    """Write every link otherwise: `[words](address)`, as one search after another would find it.

    One way through the line: an expression would begin anew at every bracket of a hostile one.
    """
    pieces: list[str] = []
    done = at = stop = 0
    while (at := line.find("[", at)) >= 0 and (shut := line.find("]", at)) >= 0:
        at, begun = shut, at  # brackets before it that are still open end there too
        if not line.startswith("](", shut):
            continue
        if stop < shut + 2:
            end = _TARGET_END.search(line, shut + 2)
            stop = end.start() if end else len(line)
        if line[stop : stop + 1] == ")":
            pieces += line[done:begun], written(line[begun + 1 : shut], line[shut + 2 : stop])
            done = at = stop + 1
    return "".join((*pieces, line[done:]))


def _words(words: str, _: str) -> str:
    return words


def _with_host(words: str, address: str) -> str:
    host = re.match(r"[a-z]+://([^/?#]*)", address)
    return f"{words} ({host[1]})" if host else words


def _unmarked(line: str) -> str:
    """Leave out a mark at the line's head, and emphasis; a lone mark between spaces is a sign."""
    rest = _HEAD.sub("", line, count=1) if _HEAD.match(line) else line

    def kept(run: re.Match[str]) -> str:
        at, end = run.span()
        is_alone = (at == 0 or rest[at - 1] == " ") and (end == len(rest) or rest[end] == " ")
        return run[0] if is_alone and len(run[0]) == 1 else ""

    return _MARKS.sub(kept, rest)
