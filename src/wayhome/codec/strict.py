"""Strict JSON: no key twice, no fraction, no NaN, no lone surrogate, no control character.

Two readers look at what comes. msgspec reads it into a closed shape, which stops unknown and
missing fields, wrong types, numbers that are not whole, deep nesting and bad UTF-8. It takes the
last of two equal keys, which the standard reader's pairs hook sees. A text that is exactly its own
rewriting has no key twice, so the second reader is not asked for it.
"""

import json
import re
from typing import TypeVar

import msgspec

_Shape = TypeVar("_Shape")

# Where JSON writers disagree, ids would differ: C0 but line feed, DEL, C1; non-characters.
_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


class BadForm(Exception):  # noqa: N818 - turned into a refusal one floor up
    """The bytes are not the closed shape that was asked for; the message says where, never what."""


def decode(decoder: msgspec.json.Decoder[_Shape], raw: bytes) -> _Shape:
    """Read ``raw`` into the decoder's shape.

    Keys that stand twice are not seen here: ask `refuse_doubles`, or compare with the rewriting.

    Raises:
        BadForm: it is not that shape.
    """
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # msgspec quotes no values, only types and places; still nothing of it is passed on but this
        raise BadForm(_place(error)) from None


def refuse_doubles(raw: bytes) -> None:
    """Refuse an object in which a key stands twice; ``raw`` was decoded before.

    Raises:
        BadForm: a key stands twice.
    """
    json.loads(raw, object_pairs_hook=_pairs)


def has_plain_texts(raw: bytes) -> bool:
    """Tell of JSON that was decoded whether nothing in its texts could be refused as a control.

    ASCII without a backslash: no text in it has a character that does not stand there itself, and
    JSON lets no C0 stand in a text.
    """
    return raw.isascii() and b"\\" not in raw and b"\x7f" not in raw


def refuse_controls(text: str, *, lines: bool) -> None:
    """Refuse characters that a reader cannot see or that two writers escape differently.

    Raises:
        BadForm: there is one, or a line feed though ``lines`` is False.
    """
    # what is printable has none of them, which is told in a tenth of the time
    if (text.replace("\n", "") if lines else text).isprintable():
        return
    if _FORBIDDEN.search(text) or (not lines and "\n" in text):
        raise BadForm("a control character or a non-character in a text")


def _place(error: Exception) -> str:
    place = str(error).rpartition(" - at `")[2] if " - at `" in str(error) else "`"
    return f"not the expected shape at {place.rstrip('`') or 'the start'}"


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadForm("a key stands twice")
    return found
