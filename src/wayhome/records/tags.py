"""Small exact readers for what stands in tags; each refuses with its reason."""

import re

from wayhome.codec import limits
from wayhome.crypto import keys
from wayhome.records.refused import Reason, Refused

_ID = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")
_LANGUAGE = re.compile(r"[a-z]{2}")


def read_id(text: str, reason: Reason = "bad-tags") -> str:
    """Read the id of a record or group: 64 lower-case hex digits."""
    if not _ID.fullmatch(text):
        raise Refused(reason, "an id is 64 lower-case hex digits")
    return text


def read_public_key(text: str) -> str:
    """Read a public key; it must be a point of the curve (`bad-key`)."""
    if not (_ID.fullmatch(text) and keys.is_public_key(text)):
        raise Refused("bad-key", "a public key is 64 lower-case hex digits of a point (BIP-340)")
    return text


def read_number(text: str, least: int = 0, most: int = limits.NUMBER_MAX) -> int:
    """Read a decimal number without leading zeros, within bounds (`bad-number`)."""
    if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
        raise Refused("bad-number", f"a decimal number from {least} to {most}")
    return int(text)


def read_text(text: str, most: int) -> str:
    """Read a text of 1 to ``most`` characters that does not begin or end with a space."""
    if not 1 <= len(text) <= most or text != text.strip():
        raise Refused("bad-text", f"1 to {most} characters, no space at either end")
    return text


def read_language(text: str) -> str:
    """Read a language: two lower-case letters (ISO 639-1)."""
    if not _LANGUAGE.fullmatch(text):
        raise Refused("bad-tags", "a language is two lower-case letters")
    return text
