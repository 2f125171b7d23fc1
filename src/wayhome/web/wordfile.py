"""Word file: a receipt's list of words as a page takes it, a third shorter than the words.

What a word shares with the one before it is a digit, and Cyrillic letters are written as `A` and
the 31 signs behind it. The page needs the lists of both languages before anything is sealed.
"""

from collections.abc import Iterable

_CYRILLIC, _MANY = 0x430, 32  # letters of the alphabet in one row; words of receipts have no other
_WRITTEN = {_CYRILLIC + i: ord("A") + i for i in range(_MANY)}


def packed(words: Iterable[str]) -> bytes:
    """Write a list of words of at most nine letters, in their order."""
    before, parts = "", list[str]()
    for word in words:
        shared = next((i for i, sign in enumerate(word) if before[i : i + 1] != sign), len(word))
        parts.append(f"{shared}{word[shared:].translate(_WRITTEN)}")
        before = word
    return "".join(parts).encode("ascii")
