"""Bech32 (BIP-173) in lower case and without its limit of length, as age spells its keys."""

from functools import reduce
from operator import xor

_SIGNS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUE = {sign: value for value, sign in enumerate(_SIGNS)}
_DIGITS = str.maketrans(_SIGNS, "0123456789abcdefghijklmnopqrstuv")  # as `int` reads base 32
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_FOLDED = [  # what each five bits at the top add: a recipient of today has 2,000 signs
    reduce(xor, (part for i, part in enumerate(_GENERATOR) if top >> i & 1), 0) for top in range(32)
]
_TWICE = [  # what each ten bits at the top add in two steps: half as many for a long text
    (one & 0x1FFFFFF) << 5 ^ _FOLDED[one >> 25]
    for one in ((top & 31) << 25 ^ _FOLDED[top >> 5] for top in range(1024))
]
_PLACES = bytes(_VALUE.get(chr(one), 0) for one in range(128)).ljust(256, b"\0")
_SUM = 6  # signs of the checksum


def read(name: str, text: str) -> bytes | None:
    """Give the bytes of a text under that human-readable ``name``; None where it is none."""
    before, mark, rest = text.rpartition("1")
    if not mark or before != name or len(rest) < _SUM or not _VALUE.keys() >= set(rest):
        return None
    values = rest.encode("ascii").translate(_PLACES)
    if _polymod(bytes(_expanded(name)) + values) != 1:
        return None
    return _bytes_of(rest[:-_SUM])


def write(name: str, content: bytes) -> str:
    """Spell ``content`` under a human-readable ``name``."""
    bits = int.from_bytes(content, "big") << (-8 * len(content) % 5)
    count = -(-8 * len(content) // 5)
    values = [bits >> 5 * place & 31 for place in reversed(range(count))]
    total = _polymod(bytes((*_expanded(name), *values, *[0] * _SUM))) ^ 1
    values += [total >> 5 * place & 31 for place in reversed(range(_SUM))]
    return f"{name}1{''.join(_SIGNS[value] for value in values)}"


def _bytes_of(signs: str) -> bytes | None:
    """Join groups of five bits; what is left over is less than a group, and zero."""
    bits = int(signs.translate(_DIGITS) or "0", 32)
    size, over = divmod(5 * len(signs), 8)
    if over >= 5 or bits & ((1 << over) - 1):  # noqa: PLR2004 - the bits of one sign
        return None
    return (bits >> over).to_bytes(size, "big")


def _expanded(name: str) -> list[int]:
    return [*(ord(sign) >> 5 for sign in name), 0, *(ord(sign) & 31 for sign in name)]


def _polymod(values: bytes) -> int:
    total, odd = 1, len(values) % 2
    if odd:
        total = 1 << 5 ^ values[0]
    for value, after in zip(values[odd::2], values[odd + 1 :: 2], strict=True):
        total = (total & 0xFFFFF) << 10 ^ value << 5 ^ after ^ _TWICE[total >> 20]
    return total
