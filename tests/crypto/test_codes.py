"""A code that was mistyped says so, and in which block."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.crypto import codes
from wayhome.crypto.codes import BadCode

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "crypto" / "codes.json").read_text("ascii")
)
KID = "2bc604e9101770d6" + "0" * 48
SECRETS = st.binary(min_size=codes.SECRET_BYTES, max_size=codes.SECRET_BYTES)


def digits_of(text: str) -> str:
    return text.replace("-", "")


@given(SECRETS)
def test_what_is_written_is_read_however_it_is_spaced(secret: bytes) -> None:
    written = codes.write(KID, secret)
    assert codes.read(written) == codes.read(" " + written.replace("-", " \u00a0") + "\n")
    assert codes.read(written).secret == secret
    assert codes.read(written).kid4 == KID[:4]


@given(SECRETS, st.integers(0, 35), st.integers(1, 9))
def test_any_one_wrong_digit_is_seen_in_its_block(secret: bytes, place: int, by: int) -> None:
    digits = list(digits_of(codes.write(KID, secret)))
    digits[place] = str((int(digits[place]) + by) % 10)
    with pytest.raises(BadCode) as caught:
        codes.read("".join(digits))
    assert caught.value.blocks == (place // 6,)


@given(SECRETS, st.integers(0, 34))
def test_two_swapped_neighbours_are_seen(secret: bytes, place: int) -> None:
    digits = list(digits_of(codes.write(KID, secret)))
    if digits[place] == digits[place + 1]:
        return
    digits[place], digits[place + 1] = digits[place + 1], digits[place]
    with pytest.raises(BadCode):
        codes.read("".join(digits))


@given(SECRETS, st.permutations(range(6)))
def test_blocks_in_another_order_are_seen(secret: bytes, order: list[int]) -> None:
    blocks = codes.write(KID, secret).split("-")
    moved = tuple(place for place in range(6) if order[place] != place)
    if not moved:
        return
    with pytest.raises(BadCode) as caught:
        codes.read("".join(blocks[i] for i in order))
    assert caught.value.blocks == moved


@pytest.mark.parametrize("text", ["", "1" * 35, "1" * 37, "no digits at all"])
def test_a_code_with_missing_digits_names_no_block(text: str) -> None:
    with pytest.raises(BadCode) as caught:
        codes.read(text)
    assert caught.value.blocks == ()


def test_a_secret_shows_in_no_repr() -> None:
    assert "secret" not in repr(codes.read(codes.write(KID, b"0123456789")))


@pytest.mark.parametrize("case", VECTORS["written"], ids=lambda case: case["name"])
def test_a_part_is_written_and_hashed_as_the_vectors_say(case: dict[str, str]) -> None:
    secret = bytes.fromhex(case["secret"])
    assert codes.write(case["kid"], secret) == case["code"]
    assert codes.read(case["code"]) == codes.Part(case["kid"][:4], secret)
    assert codes.voucher_hash(case["kid"], secret).hex() == case["hash"]


@pytest.mark.parametrize("case", VECTORS["read"], ids=lambda case: case["name"])
def test_what_is_typed_is_read_or_its_slips_are_named(case: dict[str, object]) -> None:
    typed = str(case["typed"])
    if "code" in case:
        assert codes.read(typed) == codes.read(str(case["code"]))
        return
    with pytest.raises(BadCode) as caught:
        codes.read(typed)
    assert list(caught.value.blocks) == case["slips"]
