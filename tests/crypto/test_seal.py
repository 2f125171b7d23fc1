"""What is sealed opens for each of its recipients and for nobody else, and shows only its size."""

import base64
import json
import random
import zlib
from hashlib import sha256
from pathlib import Path

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from wayhome.codec import bech32
from wayhome.codec.age import Sort, size_of
from wayhome.codec.age_header import BadFile, read_header, read_unpadded, write_unpadded
from wayhome.crypto.recipients import (
    BadKey,
    Identity,
    Recipient,
    kind_of,
    new_identity,
    recipient_of,
)
from wayhome.crypto.seal import seal
from wayhome.crypto.unseal import LOW_ORDER, NotForUs, is_low_order, unseal

VECTORS = Path(__file__).parents[2] / "vectors"
FILES = json.loads((VECTORS / "sealed-files.json").read_text("utf-8"))["cases"]
CCTV = json.loads((VECTORS / "crypto" / "age-cctv.json").read_text("utf-8"))["cases"]
KINDS: tuple[Sort, ...] = ("x25519", "hybrid")
MOST = {"x25519": 12, "hybrid": 8}
PARTS = {"header": "header failure", "mac": "HMAC failure", "text": "payload failure"}
PEOPLE = {kind: [new_identity(kind) for _ in range(5)] for kind in KINDS}


def chance(size: int) -> bytes:
    return random.Random(size).randbytes(size)  # noqa: S311 - any bytes do


def verdict(case: dict[str, object]) -> str:
    """Say of a file of C2SP's what its vector says of it."""
    raw = base64.b64decode(str(case["file"]))
    raw = zlib.decompress(raw) if case["compressed"] else raw
    try:
        plain = unseal(raw, [Identity(one) for one in case["identities"]])
    except NotForUs:
        return "no match"
    except BadFile as error:
        return PARTS[str(error).partition(":")[0]]
    return "success" if sha256(plain).hexdigest() == case["payload"] else "another payload"


@pytest.mark.parametrize("case", CCTV, ids=lambda case: case["name"])
def test_a_file_of_c2sp_gets_the_verdict_of_its_vector(case: dict[str, object]) -> None:
    assert verdict(case) == case["expect"]


def test_c2sp_speaks_of_both_kinds_and_of_texts_of_many_chunks() -> None:
    names = {str(case["name"]).partition("_")[0] for case in CCTV}
    assert {"x25519", "hybrid", "stream", "stanza", "hmac", "header"} <= names
    assert len(CCTV) > 70


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("size", [0, 1, 2**20 - 1, 2**20, 2**20 + 1])
def test_every_recipient_reads_the_same_bytes(kind: Sort, count: int, size: int) -> None:
    plain = chance(size)
    people = PEOPLE[kind][:count]
    sealed = seal(plain, [recipient_of(one) for one in people])
    assert len(sealed) == size_of(kind, count, size)
    assert all(unseal(sealed, [one]) == plain for one in people)
    with pytest.raises(NotForUs):
        unseal(sealed, [new_identity(kind)])


@pytest.mark.parametrize("kind", KINDS)
def test_places_that_nobody_needs_cannot_be_told_from_the_others(kind: Sort) -> None:
    mine, theirs = PEOPLE[kind][:2]
    stood: set[int] = set()
    for _ in range(200):  # one of four places is missed by chance once in 10^24 runs
        sealed = seal(b"text", [recipient_of(mine), recipient_of(theirs)], places=4)
        assert len(sealed) == size_of(kind, 4, 4)
        stanzas = read_header(sealed).stanzas
        assert {(one.args[0], len(one.args[1]), len(one.body)) for one in stanzas} == {
            (stanzas[0].args[0], len(stanzas[0].args[1]), 32)
        }
        (place,) = (i for i in range(4) if opens_alone(sealed, i, mine))
        stood.add(place)
        if len(stood) == 4:
            return
    raise AssertionError(stood)


def opens_alone(sealed: bytes, place: int, identity: Identity) -> bool:
    """Tell whether the stanza at this place is the one that this identity needs."""
    header = read_header(sealed)
    share = header.stanzas[place].args[1].encode("ascii")
    other = (b"A" if share[:1] != b"A" else b"B") + share[1:]
    try:
        unseal(sealed.replace(share, other, 1), [identity])
    except (NotForUs, BadFile) as error:
        return not str(error).startswith("mac")
    return False


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [2_048, 8_192, 32_768])
def test_a_sealed_body_has_the_length_that_the_protocol_states(kind: Sort, size: int) -> None:
    per = {"x25519": 98, "hybrid": 1_557}[kind]
    for places in (2, MOST[kind]):
        sealed = seal(bytes(size), [recipient_of(PEOPLE[kind][0])], places)
        assert len(sealed) == 102 + per * places + size


def test_the_sizes_that_the_casework_tests_name() -> None:
    assert size_of("x25519", 3, 2_048) == 2_444
    assert 4 * -(-size_of("x25519", 3, 2_048) // 3) == 3_260
    assert 4 * -(-size_of("hybrid", 8, 32_768) // 3) == 60_436


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_no_flipped_bit_opens(kind: Sort, place: int, bit: int) -> None:
    plain, mine = b"to be read by one", PEOPLE[kind][0]
    sealed = bytearray(seal(plain, [recipient_of(mine)]))
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises((BadFile, NotForUs)):
        unseal(bytes(sealed), [mine])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 200))
def test_whatever_bytes_come_only_a_broken_file_is_said_of_them(tail: bytes, cut: int) -> None:
    mine = PEOPLE["x25519"][0]
    raw = seal(b"text", [recipient_of(mine)])[:cut] + tail
    with pytest.raises((BadFile, NotForUs)):
        unseal(raw, [mine])


def test_no_cut_file_opens() -> None:
    mine = PEOPLE["x25519"][0]
    sealed = seal(b"x" * 100, [recipient_of(mine)])
    for size in range(len(sealed)):
        with pytest.raises(BadFile):
            unseal(sealed[:size], [mine])


def test_kinds_are_not_mixed_and_nobody_is_named_twice() -> None:
    weak, strong = (recipient_of(PEOPLE[kind][0]) for kind in KINDS)
    for wrong in ([weak, strong], [weak, weak], [], [weak.upper()], ["age1" + "q" * 58]):
        with pytest.raises(BadKey):
            seal(b"", wrong)
    with pytest.raises(BadKey):
        seal(b"", [recipient_of(one) for one in PEOPLE["x25519"]], places=4)
    assert (kind_of(weak), kind_of(strong), kind_of("npub1")) == ("x25519", "hybrid", None)


def test_a_recipient_that_everybody_could_read_is_refused() -> None:
    point = bytes(32)  # of order 1: a secret with it is zero for all
    with pytest.raises(BadKey, match="low order"):
        seal(b"", [Recipient(bech32.write("age", point))])


@pytest.mark.parametrize("kind", KINDS)
def test_a_share_of_low_order_is_the_files_fault_and_the_library_knows_no_other(kind: Sort) -> None:
    mine = PEOPLE[kind][0]
    sealed = seal(b"x", [recipient_of(mine)], places=2)
    share = read_header(sealed).stanzas[0].args[1]
    rest = read_unpadded(share)[:-32]
    own = X25519PrivateKey.generate()
    for low in LOW_ORDER:
        for point in (low, low[:-1] + bytes((low[-1] | 0x80,))):
            assert is_low_order(point)
            with pytest.raises(ValueError, match="Error computing shared key"):
                own.exchange(X25519PublicKey.from_public_bytes(point))
            changed = sealed.replace(share.encode(), write_unpadded(rest + point).encode())
            with pytest.raises(BadFile, match="low order"):
                unseal(changed, [mine])
    assert not is_low_order(own.public_key().public_bytes_raw())


def test_another_program_opens_what_is_sealed_here_and_the_other_way_round() -> None:
    # rage, by pyrage: an age that is none of ours
    theirs = pyrage.x25519.Identity.generate()
    mine = PEOPLE["x25519"][0]
    for size in (0, 1, 65_536, 65_537):
        plain = chance(size)
        sealed = seal(plain, [str(theirs.to_public()), recipient_of(mine)], places=7)
        assert pyrage.decrypt(sealed, [theirs]) == plain
        recipient = pyrage.x25519.Recipient.from_str(recipient_of(mine))
        assert unseal(pyrage.encrypt(plain, [recipient]), [mine]) == plain
        assert unseal(sealed, [Identity(str(theirs))]) == plain


@pytest.mark.parametrize("case", FILES, ids=lambda case: f"{case['by']}-{case['sort']}")
def test_files_of_this_program_and_of_typage_open_here(case: dict[str, str]) -> None:
    plain = unseal(base64.b64decode(case["file"]), [Identity(case["identity"])])
    assert plain.decode() == case["plain"]


def test_both_programs_sealed_both_kinds() -> None:
    made = {(case["by"], case["sort"]) for case in FILES}
    assert made == {(by, sort) for by in ("typage", "python") for sort in KINDS}
