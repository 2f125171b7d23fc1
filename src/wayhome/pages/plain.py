"""Plain: a stranger's text with every character visible; what reorders or hides is written out."""

import re
import unicodedata

# what moves a cursor or hides a letter has one of these; Cs is half a character, as in odd names
_UNSEEN = ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp")
# between two signs they make one of them, as in Persian words and many emoji
_JOINS = re.compile("(?<=[^\u200c\u200d])([\u200c\u200d])(?=[^\u200c\u200d])")


def plain(text: str) -> str:
    """Give a text with every character visible; the ends of its lines stay."""
    if text.isprintable():  # as nearly all are
        return text
    return "".join(
        f"<U+{ord(one):04X}>" if unicodedata.category(one) in _UNSEEN and one != "\n" else one
        for one in text
    )


def in_a_line(text: str) -> str:
    """Give it on one line: where the text ends a line, it says so."""
    return plain(text).replace("\n", "<U+000A>")


def plain_name(text: str) -> str:
    """Give it as a page shows a name: what joins two signs does so, all else is written out."""
    if text.isprintable():
        return text
    return "".join(part if i % 2 else plain(part) for i, part in enumerate(_JOINS.split(text)))
