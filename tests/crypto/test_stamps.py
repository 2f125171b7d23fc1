"""Stamps are RFC 9474's, byte for byte, whichever back end signs."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from wayhome.crypto import pss, rawrsa, stamps
from wayhome.crypto.rawrsa import BadBlinded, Signer
from wayhome.crypto.stamps import BadAnswer, BadSpki, StampKey

VECTORS = Path(__file__).parents[2] / "vectors" / "crypto"
RFC9578 = json.loads((VECTORS / "rfc9578.json").read_text("ascii"))["cases"]
RFC9474 = json.loads((VECTORS / "rfc9474.json").read_text("ascii"))["cases"]
BACKENDS = ("openssl", "gmpy2")
SECRET = rawrsa.new_stamp_secret()
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
@pytest.mark.parametrize("case", RFC9578, ids=lambda case: case["name"])
def test_a_token_of_rfc_9578_is_made_as_printed(case: dict[str, str], backend: str) -> None:
    raw = {name: bytes.fromhex(value) for name, value in case.items() if name != "name"}
    private = serialization.load_pem_private_key(raw["skS"], None)
    assert isinstance(private, rsa.RSAPrivateKey)
    secret = rawrsa.pkcs8(private)
    assert stamps.spki_of(secret) == raw["pkS"]
    key, factor = StampKey.of(raw["pkS"]), int(case["blind"], 16)
    challenge = sha256(raw["token_challenge"]).hexdigest()
    message = stamps.token_input(challenge, case["nonce"], key.kid)
    blinded = stamps.blind(key, message, raw["salt"], factor)
    assert raw["token_request"] == b"\0\2" + bytes.fromhex(key.kid)[-1:] + blinded
    answer = Signer(secret, backend).sign(blinded)
    assert answer == raw["token_response"]
    assert message + stamps.finalise(key, message, factor, answer) == raw["token"]


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


@pytest.mark.parametrize(("moduli", "more"), [(0, 0), (1, 0), (1, 1)])
def test_numbers_outside_the_modulus_are_not_signed(moduli: int, more: int) -> None:
    with pytest.raises(BadBlinded):
        Signer(SECRET).sign((moduli * KEY.modulus + more).to_bytes(256, "big"))


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


@pytest.mark.parametrize("size", [0, 255, 257])
def test_a_stamp_or_answer_of_another_length_is_no_stamp(size: int) -> None:
    assert not KEY.verifies(MESSAGE, b"\1" * size)
    with pytest.raises(BadAnswer):
        stamps.finalise(KEY, MESSAGE, 1, b"\1" * size)


def test_a_stamp_of_another_key_or_petition_does_not_verify() -> None:
    other = StampKey.of(stamps.spki_of(rawrsa.new_stamp_secret()))
    salt, factor = stamps.new_blinding(KEY)
    answer = Signer(SECRET).sign(stamps.blind(KEY, MESSAGE, salt, factor))
    stamp = stamps.finalise(KEY, MESSAGE, factor, answer)
    assert not other.verifies(MESSAGE, stamp)
    assert not KEY.verifies(stamps.token_input("d" * 64, "b" * 64, KEY.kid), stamp)
    assert not KEY.verifies(stamps.token_input("a" * 64, "b" * 64, other.kid), stamp)
    assert not KEY.verifies(MESSAGE, (int.from_bytes(stamp, "big") + KEY.modulus).to_bytes(257))


@pytest.mark.parametrize("backend", BACKENDS)
def test_threads_share_a_signer_and_each_gets_its_own_answer(backend: str) -> None:
    signer, chance = Signer(SECRET, backend), random.Random(1)  # noqa: S311 - only to be many
    asked = [chance.randrange(1, KEY.modulus).to_bytes(256, "big") for _ in range(80)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(signer.sign, asked))
    assert answers == [signer.sign(blinded) for blinded in asked]


def test_the_back_ends_agree_at_the_edges() -> None:
    one, other = (Signer(SECRET, backend) for backend in BACKENDS)
    for number in (1, 2, KEY.modulus - 1, KEY.modulus // 2):
        blinded = number.to_bytes(256, "big")
        assert one.sign(blinded) == other.sign(blinded)


def test_without_openssl_the_fallback_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rawrsa, "_LIBRARIES", ("libcrypto-that-is-not-there",))
    assert Signer(SECRET).backend == "gmpy2"
    with pytest.raises(rawrsa.SignerFault, match="no OpenSSL"):
        Signer(SECRET, "openssl")


def test_an_openssl_older_than_3_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rawrsa, "_OLDEST", 0x7000_0000)
    assert Signer(SECRET).backend == "gmpy2"


def test_a_key_that_is_not_rsa_is_refused_by_name() -> None:
    private = ed25519.Ed25519PrivateKey.generate()
    form = (serialization.Encoding.DER, serialization.PrivateFormat.PKCS8)
    secret = private.private_bytes(*form, serialization.NoEncryption())
    with pytest.raises(rawrsa.SignerFault, match="RSA"):
        Signer(secret)
    with pytest.raises(TypeError, match="RSA"):
        stamps.spki_of(secret)


def test_no_secret_shows_in_a_repr() -> None:
    shown = repr(Signer(SECRET)) + repr(KEY)
    assert str(KEY.modulus) not in shown
    assert SECRET.hex() not in shown
