"""A proof stands by itself: whatever is changed, left out or put in, it says no more than is so."""

import json
from random import Random

import pytest

from groups.world import World
from wayhome.channel.proof import Proof, is_proof, read_proof, write_proof
from wayhome.codec import limits
from wayhome.records.record import Record
from wayhome.records.refused import Refused


def volga() -> tuple[World, Record, Record]:
    world = World()
    first = world.found("Волга", 2, "abc")
    return world, first, world.post(first, "ab", "Мы ждём их дома.")


def judged(record: Record, records: list[Record]) -> Proof:
    return read_proof(write_proof(record, records))


def answer(raw: bytes) -> str:
    try:
        return "official" if read_proof(raw).is_official else "not official"
    except Refused as refused:
        return refused.reason


def test_a_proof_says_who_signed_under_which_charter() -> None:
    world, first, post = volga()
    proof = judged(post, world.records)
    assert proof.is_official
    assert (proof.name, proof.signed, proof.organisers, proof.k) == ("Волга", 2, 3, 2)
    assert (proof.group, proof.post.title) == (first.id, "Мы ждём их дома.")
    assert not proof.is_replaced
    assert not proof.is_split


def test_it_does_not_hold_with_fewer_cosigns_than_are_needed() -> None:
    world, _, post = volga()
    for missing in world.records:
        if missing.kind == 3961:
            left = [one for one in world.records if one is not missing]
            proof = judged(post, left)
            needed = missing.tags[0][1] == post.id or proof.signed < 2
            assert proof.is_official != needed
    without = [one for one in world.records if one.kind != 3960]
    assert answer(write_proof(post, without)) == "unknown-charter"


def test_one_changed_byte_anywhere_and_it_does_not_hold() -> None:
    world, _, post = volga()
    raw = write_proof(post, world.records)
    chance = Random(5)  # noqa: S311 - places, not secrets
    for _ in range(300):
        at = chance.randrange(len(raw))
        flipped = raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :]
        assert answer(flipped) != "official" or json.loads(flipped) == json.loads(raw)


def test_a_stranger_can_put_nothing_in() -> None:
    world, first, post = volga()
    forged = world.post(first, "xyz", "Не мы")
    world.amend([first], 1, "x", "xyz")
    assert answer(write_proof(forged, world.records)) == "not official"
    assert answer(write_proof(post, world.records)) == "official"


def test_a_later_charter_and_a_dispute_are_said() -> None:
    world, first, post = volga()
    kept = world.amend([first], 2, "bcd", "bcd", [post])
    proof = judged(post, world.records)
    assert (proof.is_official, proof.is_replaced) == (True, True)
    assert world.standing.is_in_force(kept.id)
    world.amend([first], 2, "abx", "abx")
    assert judged(post, world.records).is_split


def test_what_the_next_charter_did_not_seal_is_not_official_by_the_file() -> None:
    world, first, post = volga()
    world.amend([first], 2, "bcd", "bcd")
    assert answer(write_proof(post, world.records)) == "not official"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"proof":1,"records":[]}',
        b'{"proof":"00","records":[]}',
        b'{"proof":"00","records":[1]}',
        b'{"proof":"00","records":[],"more":1}',
        b'{"proof":"\xff","records":[]}',
        b"[" * 10_000,
    ],
    ids=range(8),
)
def test_whatever_else_is_refused(raw: bytes) -> None:
    assert answer(raw) == "bad-form"


def test_it_has_a_size_and_holds_what_proves_a_post_and_nothing_besides() -> None:
    world, first, post = volga()
    assert answer(b" " * (limits.PROOF_BYTES + 1)) == "too-large"
    link = world.link(first, "ab", world.found("Урал", 1, "u"))
    assert answer(write_proof(post, [*world.records, link])) == "bad-form"
    assert answer(write_proof(first, world.records)) == "bad-form"
    assert is_proof(write_proof(post, []))
    assert not is_proof(b'{"record":1}')
