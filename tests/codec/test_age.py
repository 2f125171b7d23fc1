"""An age file from outside: how many it is sealed for and how much is in it, or it is none."""

import pytest

from agefiles import plain, sealed_file, stanza
from wayhome.codec import age
from wayhome.codec.age import Outside

CHUNK = 65_536
BEGIN, MAC = b"age-encryption.org/v1\n", b"--- " + plain(32) + b"\n"
ONE = stanza("X25519", 32)
REST = bytes(16 + 16 + 5)


@pytest.mark.parametrize("sort", ["x25519", "hybrid"])
@pytest.mark.parametrize("recipients", [1, 2, 12])
@pytest.mark.parametrize("inside", [0, 1, 2_048, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_recipients_and_what_is_inside_are_told_from_outside(
    sort: age.Sort, recipients: int, inside: int
) -> None:
    file = sealed_file(recipients, inside, sort)
    assert age.read(file) == Outside(sort, recipients, inside)
    assert age.size_of(sort, recipients, inside) == len(file)


def test_the_sizes_are_those_of_casework() -> None:
    assert len(sealed_file(3, 2_048)) == 102 + 98 * 3 + 2_048 == 2_444
    assert len(sealed_file(8, 32_768, "hybrid")) == 102 + 1_557 * 8 + 32_768


SPOILT = {
    "empty": b"",
    "a text": "Мужа вернули в часть".encode(),
    "another version": sealed_file().replace(b"/v1", b"/v2"),
    "armoured": b"-----BEGIN AGE ENCRYPTED FILE-----\n" + plain(300),
    "no recipient": BEGIN + MAC + REST,
    "a passphrase": BEGIN + b"-> scrypt " + plain(16) + b" 18\n" + plain(32) + b"\n" + MAC + REST,
    "a stanza of another sort besides": BEGIN + ONE + stanza("grease", 32) + MAC + REST,
    "both sorts": BEGIN + ONE + stanza("mlkem768x25519", 1_120) + MAC + REST,
    "a short share": BEGIN + stanza("X25519", 31) + MAC + REST,
    "two arguments": BEGIN + ONE.replace(b"-> X25519 ", b"-> X25519 x ") + MAC + REST,
    "line ends of another system": BEGIN + ONE.replace(b"\n", b"\r\n") + MAC + REST,
    "padding": BEGIN + ONE.replace(b"\n", b"=\n") + MAC + REST,
    "bits left over in base64": BEGIN
    + b"-> X25519 "
    + b"A" * 42
    + b"B\n"
    + plain(32)
    + b"\n"
    + MAC
    + REST,
    "no mac": BEGIN + ONE + REST,
    "a mac cut short": BEGIN + ONE + b"--- " + plain(31) + b"\n" + REST,
    "no payload": BEGIN + ONE + MAC,
    "half a nonce": BEGIN + ONE + MAC + bytes(8),
    "half a tag": BEGIN + ONE + MAC + bytes(31),
    "a last chunk of nothing": BEGIN + ONE + MAC + bytes(16 + CHUNK + 16 + 16),
    "half a tag at the end": BEGIN + ONE + MAC + bytes(16 + CHUNK + 16 + 8),
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_not_an_age_file_to_the_byte_is_none(name: str) -> None:
    assert age.read(SPOILT[name]) is None


def test_the_smallest_file_is_one() -> None:
    assert age.read(BEGIN + ONE + MAC + bytes(32)) == Outside("x25519", 1, 0)
