"""Prose: the tree of a text as HTML; whatever the text, only these elements come out."""

from collections.abc import Iterable

from markupsafe import Markup

from wayhome.codec import prose
from wayhome.codec.prose import (
    Block,
    Break,
    Emphasis,
    Heading,
    Inline,
    Link,
    Paragraph,
    Point,
    Points,
    Quote,
    Strong,
    Words,
)

EXCERPT = 300  # signs of a text on a card
_LOOKED_AT = 2_000  # signs that are read for it: a list of texts reads the beginnings of them all
_LAST_LEVEL = 6
# the words of a link may name another address than it leads to, and marks of direction before it
# could turn the host's letters around: so the host is said, in a frame of its own
_LINK = Markup('<a href="%s" rel="noreferrer nofollow">%s</a> <small>(<bdi>%s</bdi>)</small>')


def to_html(text: str, top: int = 2) -> Markup:
    """Draw a text; its highest heading becomes ``top``, for the page has the one above."""
    tree = prose.read(text)
    levels = [one.level for one in tree if isinstance(one, Heading)]
    return _blocks(tree, top - min(levels, default=top))


def excerpt(text: str, size: int = EXCERPT) -> str:
    """Give the first words of a text, whole ones, as plain text."""
    said = " ".join(prose.words_of(prose.read(text[:_LOOKED_AT])).split())
    if len(said) <= size and len(text) <= _LOOKED_AT:
        return said
    cut = said[:size].rpartition(" ")[0] or said[:size]
    return cut.rstrip(" ,;:—–-") + "…"


def _blocks(blocks: Iterable[Block], shift: int) -> Markup:
    return Markup("\n").join(_block(one, shift) for one in blocks)


def _block(block: Block, shift: int) -> Markup:
    match block:
        case Paragraph(within):
            return Markup("<p>%s</p>") % _inline(within)
        case Heading(level, within):
            name = f"h{min(max(level + shift, 2), _LAST_LEVEL)}"
            return Markup("<{0}>{1}</{0}>").format(name, _inline(within))
        case Quote(within):
            return Markup("<blockquote>%s</blockquote>") % _blocks(within, shift)
        case Points(within):
            return _points(within, shift)


def _points(points: tuple[Point, ...], shift: int) -> Markup:
    name = "ul" if any(one.number is None for one in points) else "ol"
    inner = Markup().join(_point(one, shift) for one in points)
    return Markup("<{0}>{1}</{0}>").format(name, inner)


def _point(point: Point, shift: int) -> Markup:
    match point.within:
        case (Paragraph(within),):
            inner = _inline(within)
        case within:
            inner = _blocks(within, shift)
    number = "" if point.number is None else Markup(' value="%d"') % point.number
    return Markup("<li%s>%s</li>") % (number, inner)


def _inline(nodes: Iterable[Inline]) -> Markup:
    return Markup().join(_leaf(one) for one in nodes)


def _leaf(node: Inline) -> Markup:
    match node:
        case Words(text):
            return Markup.escape(text)
        case Break():
            return Markup("<br>")
        case Emphasis(within):
            return Markup("<em>%s</em>") % _inline(within)
        case Strong(within):
            return Markup("<strong>%s</strong>") % _inline(within)
        case Link(url, host, within):
            return _LINK % (url, _inline(within), host)
