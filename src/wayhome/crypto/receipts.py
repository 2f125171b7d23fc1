"""Receipts: eight words that a family keeps, and all of its keys grow from them.

90 random bits and 6 that check them are eight words of a list of 4,096. No name, group or node
enters, so the words are all there is to keep; and the bits count, not the words, so a receipt made
in one language may be typed in another.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Final, Literal, TypeAlias

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from wayhome.codec.age import Sort
from wayhome.crypto.keys import SecretKey
from wayhome.crypto.recipients import Identity, identity_of

WordLanguage: TypeAlias = Literal["ru", "en"]

RECEIPT_WORDS: Final = 8
WORD_LIST: Final = 4_096
CODE_BYTES: Final = 12
_WORD_BITS = 12
_CHECK_BITS = 6
_LABEL = b"wayhome/receipt/1"
_SCRYPT = 2**15  # 32 MiB: an old phone has it, and 90 bits need no more
_SEALS: dict[Sort, bytes] = {"x25519": b"seal", "hybrid": b"seal-hybrid"}
_LETTERS = re.compile(r"[^\W\d_]+")


class BadReceipt(Exception):  # noqa: N818 - a slip of the hand
    """Not a receipt; `places`, from 0, are of words that no list has, if that is what is wrong."""

    def __init__(self, places: tuple[int, ...] = ()) -> None:
        super().__init__("there is a slip in the eight words")
        self.places = places


@dataclass(frozen=True, slots=True)
class FamilyKeys:
    """What a family signs with, opens replies with, and finds its mailbox by."""

    sign: SecretKey = field(repr=False)
    box: bytes = field(repr=False)
    _master: bytes = field(repr=False)

    def identity(self, kind: Sort) -> Identity:
        """Give the identity that opens replies of a group with this kind of recipients."""
        return identity_of(kind, _expanded(self._master, _SEALS[kind]))


def new_code() -> bytes:
    """Make a receipt: 90 bits from the system's generator, and their check."""
    return checked(secrets.token_bytes(CODE_BYTES))


def checked(chance: bytes) -> bytes:
    """Give the receipt of the first 90 of 96 bits."""
    kept = int.from_bytes(chance, "big") >> _CHECK_BITS << _CHECK_BITS
    bare = kept.to_bytes(CODE_BYTES, "big")
    return (kept | _check(bare)).to_bytes(CODE_BYTES, "big")


@cache
def word_list(language: WordLanguage) -> tuple[str, ...]:
    """Give the 4,096 words of a language, in their order."""
    folder = resources.files("wayhome.crypto").joinpath("words")
    return tuple(folder.joinpath(f"{language}.txt").read_text("utf-8").split())


def write(code: bytes, language: WordLanguage) -> tuple[str, ...]:
    """Write a receipt as its words."""
    words = word_list(language)
    return tuple(words[number] for number in numbers(code))


def numbers(code: bytes) -> tuple[int, ...]:
    """Give the numbers of a receipt's words."""
    whole = int.from_bytes(code, "big")
    shifts = range((RECEIPT_WORDS - 1) * _WORD_BITS, -1, -_WORD_BITS)
    return tuple(whole >> shift & (WORD_LIST - 1) for shift in shifts)


def read(text: str) -> bytes:
    """Read a receipt as a person typed it, in any of the languages.

    Raises:
        BadReceipt: where the slips are.
    """
    # a phone may write й as two characters
    typed = unicodedata.normalize("NFC", text).lower().replace("ё", "е")
    found = [_numbers().get(word) for word in _LETTERS.findall(typed)]
    slips = tuple(i for i, number in enumerate(found) if number is None)
    if slips or len(found) != RECEIPT_WORDS:
        raise BadReceipt(slips)
    whole = 0
    for number in found:
        whole = whole << _WORD_BITS | (number or 0)
    code = whole.to_bytes(CODE_BYTES, "big")
    if checked(code) != code:
        raise BadReceipt
    return code


def family_keys(code: bytes) -> FamilyKeys:
    """Derive all of a family's keys. It takes a tenth of a second, and is meant to."""
    master = Scrypt(_LABEL, 32, _SCRYPT, 8, 1).derive(code)
    return FamilyKeys(SecretKey(_expanded(master, b"sign")), _expanded(master, b"box"), master)


@cache
def _numbers() -> dict[str, int]:
    lists = (word_list("ru"), word_list("en"))  # their letters differ, so no word stands in both
    return {word: number for words in lists for number, word in enumerate(words)}


def _check(bare: bytes) -> int:
    return sha256(_LABEL + bare).digest()[0] >> 8 - _CHECK_BITS


def _expanded(master: bytes, purpose: bytes) -> bytes:
    return HKDFExpand(SHA256(), 32, purpose).derive(master)
