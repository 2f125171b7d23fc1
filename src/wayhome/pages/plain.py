"""Plain: a stranger's text with every character visible; what reorders or hides is written out."""

import unicodedata

_UNSEEN = ("Cc", "Cf", "Co", "Cn")  # what moves a cursor or hides a letter has one of these


def plain(text: str) -> str:
    """Give a text with every character visible; the ends of its lines stay."""
    if text.isprintable():  # as nearly all are
        return text
    return "".join(
        f"<U+{ord(one):04X}>" if unicodedata.category(one) in _UNSEEN and one != "\n" else one
        for one in text
    )
