"""Voucher codes: random, read aloud in any language, typed on any keyboard, each block checked.

A part of a voucher is 80 random bits. It is written as six blocks of six digits. Block i holds a
16-bit number w as 11 * w + i, so one wrong digit, two swapped neighbours or a block in another's
place is seen at once, and in which block. The first block tells petition and group.
"""

import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256

SECRET_BYTES = 10
BLOCKS = 6
BLOCK_DIGITS = 6
_WORD_MOST = 0xFFFF
_CHECK = 11


class BadCode(Exception):  # noqa: N818 - a slip of the hand
    """Not a code; `blocks`, from 0, are where a slip is; none of them when digits are missing."""

    def __init__(self, blocks: tuple[int, ...] = ()) -> None:
        super().__init__("there is a slip in the code")
        self.blocks = blocks


@dataclass(frozen=True, slots=True)
class Part:
    """One group's code: the first four hex digits of the kid it is for, and the secret."""

    kid4: str
    secret: bytes = field(repr=False)


def new_secret() -> bytes:
    """Make the secret of one part."""
    return secrets.token_bytes(SECRET_BYTES)


def write(kid: str, secret: bytes) -> str:
    """Write a part as its six blocks, joined by hyphens."""
    whole = bytes.fromhex(kid[:4]) + secret
    words = (int.from_bytes(whole[at : at + 2], "big") for at in range(0, len(whole), 2))
    return "-".join(f"{_CHECK * word + i:0{BLOCK_DIGITS}}" for i, word in enumerate(words))


def read(text: str) -> Part:
    """Read a code as a person typed it: whatever is not a digit is left out.

    Raises:
        BadCode: where the slips are.
    """
    digits = re.sub(r"[^0-9]", "", text)
    if len(digits) != BLOCKS * BLOCK_DIGITS:
        raise BadCode
    blocks = [int(digits[i * BLOCK_DIGITS : (i + 1) * BLOCK_DIGITS]) for i in range(BLOCKS)]
    slips = tuple(i for i, block in enumerate(blocks) if not _is_right(i, block))
    if slips:
        raise BadCode(slips)
    whole = b"".join((block // _CHECK).to_bytes(2, "big") for block in blocks)
    return Part(whole[:2].hex(), whole[2:])


def voucher_hash(kid: str, secret: bytes) -> bytes:
    """Give the 32 bytes by which a stamping desk knows a part; it never keeps the part."""
    return sha256(b"wayhome/voucher/1" + bytes.fromhex(kid) + secret).digest()


def _is_right(place: int, block: int) -> bool:
    return block % _CHECK == place and block // _CHECK <= _WORD_MOST
