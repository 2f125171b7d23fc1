"""Bech32 as BIP-173 has it, in lower case only, and as age spells keys that are known."""

import random

import pytest

from wayhome.codec import bech32

# BIP-173's valid addresses and strings, those in lower case, and age's own example
KNOWN = (
    ("a", "a12uel5l", b""),
    ("abcdef", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", None),
    ("split", "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", None),
    ("?", "?1ezyfcl", b""),
)
RECIPIENT = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"


@pytest.mark.parametrize(("name", "text", "content"), KNOWN)
def test_bip_173s_own_strings_have_a_good_checksum(
    name: str, text: str, content: bytes | None
) -> None:
    found = bech32.read(name, text)
    assert found is not None or content is None  # some hold bits that are no whole bytes
    assert content is None or found == content
    spoilt = text[:-1] + ("q" if text[-1] != "q" else "p")
    assert bech32.read(name, spoilt) is None


def test_a_known_recipient_is_read_and_spelt_the_same() -> None:
    found = bech32.read("age", RECIPIENT)
    assert found is not None
    assert len(found) == 32
    assert bech32.write("age", found) == RECIPIENT


def test_any_bytes_come_back_and_any_one_slip_is_seen() -> None:
    chance = random.Random(5)  # noqa: S311 - any bytes will do
    for size in (0, 1, 4, 5, 32, 1_216):
        content = chance.randbytes(size)
        text = bech32.write("age", content)
        assert bech32.read("age", text) == content
        for at in {4, len(text) - 1, chance.randrange(4, len(text))}:
            other = "q" if text[at] != "q" else "z"
            assert bech32.read("age", text[:at] + other + text[at + 1 :]) is None


@pytest.mark.parametrize("text", ["", "age", "age1", RECIPIENT.upper(), f" {RECIPIENT}", "1qqqqqq"])
def test_what_is_not_bech32_is_none(text: str) -> None:
    assert bech32.read("age", text) is None


def test_bits_left_over_must_be_zero_and_fewer_than_a_sign() -> None:
    # else the same bytes would be spelt in two ways
    signs = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    assert read_signs(signs, [0] * 8) == bytes(5)
    assert read_signs(signs, [0] * 9) is None
    assert read_signs(signs, [0] * 4) == bytes(2)
    assert read_signs(signs, [0, 0, 0, 1]) is None


def read_signs(signs: str, values: list[int]) -> bytes | None:
    """Read these groups of five bits, with the checksum that they have."""
    total = bech32._polymod([*bech32._expanded("age"), *values, *[0] * 6]) ^ 1  # noqa: SLF001
    summed = [total >> 5 * place & 31 for place in reversed(range(6))]
    return bech32.read("age", "age1" + "".join(signs[one] for one in values + summed))
