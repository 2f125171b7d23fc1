"""Prose: a text in the small Markdown subset, to a tree of values; never to HTML.

Paragraphs, headings, quotes, lists, emphasis, links, hard breaks. Everything else is text and stays
as it was typed: no images, no HTML, no entities (which would bring in characters that `strict`
keeps out of records). No word that its author wrote is left out, and no list is numbered anew.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from markdown_it import MarkdownIt
from markdown_it.token import Token

from wayhome.codec import limits


@dataclass(frozen=True, slots=True)
class Words:
    """Text as it is; a line feed in it is a space."""

    text: str


@dataclass(frozen=True, slots=True)
class Break:
    """The line ends here."""


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Stressed."""

    within: tuple["Inline", ...]


@dataclass(frozen=True, slots=True)
class Strong:
    """Stressed strongly."""

    within: tuple["Inline", ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another page; `host` is shown beside it, since words may say anything."""

    url: str
    host: str
    within: tuple["Inline", ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What stands together."""

    within: tuple["Inline", ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 6."""

    level: int
    within: tuple["Inline", ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody else's words."""

    within: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a list; `number` as its author wrote it, None for a bullet."""

    number: int | None
    within: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class Points:
    """A list."""

    within: tuple[Point, ...]


Inline: TypeAlias = Words | Break | Emphasis | Strong | Link
Block: TypeAlias = Paragraph | Heading | Quote | Points
Node: TypeAlias = Inline | Block | Point

_RULES = ["heading", "blockquote", "list", "emphasis", "link", "autolink", "newline", "escape"]
_WEB = re.compile(r"(?i:https?)://(?P<host>[a-zA-Z0-9.-]+(?::[0-9]{1,5})?)(?:[/?#][!-~]*)?")


def read(text: str) -> tuple[Block, ...]:
    """Give the tree of ``text``, whatever the text is.

    A text too long for any record, or with lists and quotes nested beyond what a reader could
    follow, is given as plain paragraphs.
    """
    if len(text) > limits.POST_TEXT:
        return _plain(text)
    tokens = _READER.parse(text)
    if any(_is_too_deep(token) for token in tokens):
        return _plain(text)
    return tuple(_blocks(iter(tokens)))


def words_of(nodes: Iterable[Node]) -> str:
    """Give the words alone, for summaries; blocks are parted by a line feed."""
    return "".join(_words(nodes)).strip("\n")


class _Reader(MarkdownIt):
    """CommonMark's rules of those above; a link leads to the web, and shows what was typed."""

    def __init__(self) -> None:
        super().__init__("zero", {"maxNesting": limits.PROSE_DEPTH})
        self.enable(_RULES)

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        return len(url) <= limits.LINK and _WEB.fullmatch(url) is not None

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - the library's name
        return link  # decoding %-signs for show would let in what `strict` keeps out


_READER = _Reader()


def _is_too_deep(token: Token) -> bool:
    # the library leaves out what stands deeper than its limit; we show it all, as it was typed
    return token.level >= limits.PROSE_DEPTH - 1 and token.type in (
        "blockquote_open",
        "list_item_open",
    )


def _plain(text: str) -> tuple[Block, ...]:
    parts = (part.strip("\n") for part in re.split(r"\n{2,}", text))
    return tuple(Paragraph((Words(part),)) for part in parts if part)


def _blocks(tokens: Iterator[Token]) -> Iterator[Block]:
    """Read blocks up to the end of what surrounds them; no deeper than the library's limit."""
    for token in tokens:
        match token.type:
            case "paragraph_open":
                yield Paragraph(_inline(next(tokens)))
            case "heading_open":
                yield Heading(int(token.tag[1:]), _inline(next(tokens)))
            case "blockquote_open":
                yield Quote(tuple(_blocks(tokens)))
            case "bullet_list_open" | "ordered_list_open":
                yield Points(tuple(_points(tokens)))
            case "blockquote_close" | "list_item_close":
                return


def _points(tokens: Iterator[Token]) -> Iterator[Point]:
    for token in tokens:
        if token.nesting < 0:
            return
        number = int(token.info) if token.info else None
        yield Point(number, tuple(_blocks(tokens)))


def _inline(token: Token) -> tuple[Inline, ...]:
    """Read a line's tokens with a stack of our own: emphasis may open forty thousand times."""
    levels: list[list[Inline]] = [[]]
    opened: list[Token] = []
    for child in token.children or []:
        if child.nesting > 0:
            opened.append(child)
            levels.append([])
        elif child.nesting < 0:
            within = levels.pop()
            levels[-1] += _made(opened.pop(), within, len(opened))
        else:
            levels[-1].append(_leaf(child))
    return _joined(levels[0])


def _joined(nodes: Iterable[Inline]) -> tuple[Inline, ...]:
    joined: list[Inline] = []
    for node in nodes:
        if isinstance(node, Words) and joined and isinstance(joined[-1], Words):
            joined[-1] = Words(joined[-1].text + node.text)
        elif node != Words(""):
            joined.append(node)
    return tuple(joined)


def _leaf(token: Token) -> Inline:
    if token.type == "hardbreak":
        return Break()
    return Words("\n" if token.type == "softbreak" else token.content)


def _made(token: Token, within: list[Inline], depth: int) -> list[Inline]:
    if token.type == "link_open":
        return _linked(token, within)
    kept = _joined(within)
    if depth >= limits.PROSE_DEPTH or not kept:
        return list(kept)
    return [Strong(kept) if token.type == "strong_open" else Emphasis(kept)]


def _linked(token: Token, within: list[Inline]) -> list[Inline]:
    url, title = str(token.attrs.get("href", "")), token.attrs.get("title")
    if title:
        within.append(Words(f" “{title}”"))  # a title would show to a mouse only
    found = _WEB.fullmatch(url)
    if not found:  # an empty address passes the library's rule
        return within
    return [Link(url, found["host"].lower(), _joined(within))]


def _words(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        match node:
            case Words(text):
                yield text
            case Break():
                yield "\n"
            case Paragraph(within) | Heading(_, within):
                yield from _words(within)
                yield "\n"
            case Point(number, within):
                yield f"{number}. " if number is not None else ""
                yield from _words(within)
            case _:
                yield from _words(node.within)
