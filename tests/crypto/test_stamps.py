"""Stamps are RFC 9474's, byte for byte, whichever back end signs."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from wayhome.crypto import pss, rawrsa, stamps
from wayhome.crypto.rawrsa import BadBlinded, Signer
from wayhome.crypto.stamps import BadAnswer, BadSpki, StampKey

VECTORS = Path(__file__).parents[2] / "vectors" / "crypto"
RFC9474 = json.loads((VECTORS / "rfc9474.json").read_text("ascii"))["cases"]
BACKENDS = ("openssl", "gmpy2")
SECRET = stamps.new_stamp_secret()
KEY = StampKey.of(stamps.spki_of(SECRET))
MESSAGE = stamps.token_input("a" * 64, "b" * 64, KEY.kid)


def signer_of(case: dict[str, str], backend: str) -> Signer:
    p, q, d, e, n = (int(case[name], 16) for name in "pqden")
    crt = (rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q))
    numbers = rsa.RSAPrivateNumbers(p, q, d, *crt, rsa.RSAPublicNumbers(e, n))
    return Signer(rawrsa.pkcs8(numbers.private_key()), backend)


@pytest.mark.parametrize("case", RFC9474, ids=lambda case: case["name"])
def test_every_variant_of_the_rfc_encodes_blinds_and_finalises_as_printed(
    case: dict[str, str],
) -> None:
    raw = {name: bytes.fromhex(value) for name, value in case.items() if name != "name"}
    modulus, exponent = int(case["n"], 16), int(case["e"], 16)
    factor = pow(int(case["inv"], 16), -1, modulus)
    encoded = pss.encode(raw["prepared_msg"], raw["salt"], modulus.bit_length())
    assert encoded == raw["encoded_msg"]
    assert stamps.blind_number(modulus, exponent, encoded, factor) == raw["blinded_msg"]
    assert stamps.unblind_number(modulus, raw["blind_sig"], factor) == raw["sig"]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("case", RFC9474, ids=lambda case: case["name"])
def test_both_back_ends_sign_as_the_rfc_prints(case: dict[str, str], backend: str) -> None:
    blind_sig = signer_of(case, backend).sign(bytes.fromhex(case["blinded_msg"]))
    assert blind_sig.hex() == case["blind_sig"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_self_test_of_a_desk_passes(backend: str) -> None:
    assert rawrsa.self_test(backend) is None


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_blind_stamp_becomes_a_stamp_that_anyone_verifies(backend: str) -> None:
    signer = Signer(SECRET, backend)
    salt, factor = stamps.new_blinding(KEY)
    blinded = stamps.blind(KEY, MESSAGE, salt, factor)
    stamp = stamps.finalise(KEY, MESSAGE, factor, signer.sign(blinded))
    assert KEY.verifies(MESSAGE, stamp)
    assert not KEY.verifies(stamps.token_input("a" * 64, "c" * 64, KEY.kid), stamp)
    assert signer.sign(blinded) == signer.sign(blinded)


@pytest.mark.parametrize("place", range(0, 256, 17))
def test_a_flipped_bit_of_the_answer_is_no_stamp(place: int) -> None:
    salt, factor = stamps.new_blinding(KEY)
    answer = bytearray(Signer(SECRET).sign(stamps.blind(KEY, MESSAGE, salt, factor)))
    answer[place] ^= 1
    with pytest.raises(BadAnswer):
        stamps.finalise(KEY, MESSAGE, factor, bytes(answer))


@pytest.mark.parametrize("number", [0, KEY.modulus, KEY.modulus + 1])
def test_numbers_outside_the_modulus_are_not_signed(number: int) -> None:
    with pytest.raises(BadBlinded):
        Signer(SECRET).sign(number.to_bytes(256, "big"))


@pytest.mark.parametrize("size", [0, 255, 257])
def test_a_blinded_message_of_another_length_is_not_signed(size: int) -> None:
    with pytest.raises(BadBlinded):
        Signer(SECRET).sign(b"\1" * size)


def test_an_answer_that_does_not_check_never_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    signer = Signer(SECRET)
    monkeypatch.setattr(signer._power, "power", lambda number: number)  # noqa: SLF001 - a fault
    with pytest.raises(rawrsa.SignerFault):
        signer.sign(b"\1" * 256)


@pytest.mark.parametrize(
    "spki",
    [
        b"",
        KEY.spki[:-1],
        KEY.spki + b"\0",
        b"\x31" + KEY.spki[1:],
        KEY.spki[:81] + b"\x7f" + KEY.spki[82:],  # the first bit is not set
        KEY.spki[:-6] + b"\x02" + KEY.spki[-5:],  # even
        KEY.spki[:-1] + b"\x03",  # another exponent
    ],
)
def test_a_key_has_one_spelling(spki: bytes) -> None:
    with pytest.raises(BadSpki):
        StampKey.of(spki)


def test_the_vector_that_a_desk_carries_is_the_rfcs() -> None:
    carried = json.loads((Path(rawrsa.__file__).parent / "rfc9474_a3.json").read_text("ascii"))
    case = next(case for case in RFC9474 if case["name"] == carried["name"])
    assert carried == {name: case[name] for name in carried}
