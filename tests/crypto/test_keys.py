"""BIP-340, by its own vectors."""

import json
from pathlib import Path

import pytest

from wayhome.crypto import keys

CASES = json.loads(
    (Path(__file__).parents[2] / "vectors" / "crypto" / "bip340.json").read_text("ascii")
)["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["index"]))
def test_a_sig_verifies_as_the_vectors_say(case: dict[str, object]) -> None:
    public, message, sig = (bytes.fromhex(str(case[name])) for name in ("public", "message", "sig"))
    if len(message) == 32:
        assert keys.verifies(public, message, sig) is case["valid"]


def test_what_is_signed_verifies_and_with_another_key_does_not() -> None:
    one, other = keys.new_secret_key(), keys.new_secret_key()
    sig = keys.sign(one, bytes(32))
    assert keys.verifies(bytes.fromhex(keys.public_key(one)), bytes(32), sig)
    assert not keys.verifies(bytes.fromhex(keys.public_key(other)), bytes(32), sig)


def test_a_key_that_is_no_point_or_in_capitals_is_no_public_key() -> None:
    good = keys.public_key(keys.new_secret_key())
    assert keys.is_public_key(good)
    assert not keys.is_public_key("f" * 64)
    assert not keys.is_public_key(good[:-1])
    assert good == good.upper() or not keys.is_public_key(good.upper())
