"""Part: no changed byte is counted, and the quick reader says yes to nothing but the good."""

import json
from base64 import b64decode, b64encode
from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petition_world import OPEN, World, secret_key
from wayhome.crypto import keys
from wayhome.petition.kinds import signature
from wayhome.petition.part import Part, Quick, Scope, check_part
from wayhome.records.draft import Draft
from wayhome.records.record import read_line
from wayhome.records.refused import Refused
from wayhome.records.signing import sign


@cache
def world() -> World:
    made = World(regions=("east", "west"))
    made.sign_up(region="east")
    made.sign_up()
    return made


def scope() -> Scope:
    return Scope(world().petition.id, world().panel)


def judged(*lines: bytes) -> Part:
    return check_part(lines, scope())


def test_a_good_line_is_read_quickly_and_gives_the_row_of_its_kind() -> None:
    quick = Quick(world().panel)
    for record in world().extra:
        (fact,) = signature.count(record)
        assert quick.row(record.line) == fact.row
        assert judged(record.line).rows == [fact.row]


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 1), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_a_changed_byte_is_never_counted(which: int, place: float, change: int) -> None:
    line = bytearray(world().extra[which].line)
    line[int(place * len(line))] ^= change
    part = judged(bytes(line))
    assert part.rows == []
    assert Quick(world().panel).row(bytes(line)) is None


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 1), st.data())
def test_a_line_cut_short_or_with_something_put_in_is_never_counted(
    which: int, data: st.DataObject
) -> None:
    line = world().extra[which].line
    at = data.draw(st.integers(0, len(line) - 1))
    put = data.draw(st.binary(max_size=4))
    cut = data.draw(st.integers(0 if put else 1, 4))
    changed = line[:at] + put + line[at + cut :]
    if changed != line:
        assert judged(changed).rows == []


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 255), st.integers(1, 255), st.integers(1, 2))
def test_a_flipped_stamp_signed_anew_is_refused_as_a_bad_stamp(
    at: int, change: int, which: int
) -> None:
    made = world()
    who = made.signer()
    draft = who.draft(made.stamps(who), OPEN)
    stamps = [list(tag) for tag in draft.tags]
    body = bytearray(b64decode(stamps[which][2]))
    body[at] ^= change
    stamps[which][2] = b64encode(body).decode()
    tags = tuple(tuple(tag) for tag in stamps)
    record = sign(Draft(draft.kind, tags, "", OPEN), who.secret_key)
    part = judged(record.line)
    assert (part.rows, [reason for _, reason in part.refused]) == ([], ["bad-stamp"])


def test_a_bad_sig_is_refused_unless_the_count_is_fast() -> None:
    said = json.loads(world().extra[0].line)
    forged = world().extra[0].line.replace(said["sig"].encode(), b"0" * 128)
    assert [reason for _, reason in judged(forged).refused] == ["bad-sig"]
    fast = Scope(world().petition.id, world().panel, is_fast=True)
    assert len(check_part([forged], fast).rows) == 1


@pytest.mark.parametrize("field", ["pubkey", "sig"])
def test_capitals_are_not_hex(field: str) -> None:
    """Signed and hashed as they stand, so that nothing but their form is wrong."""
    record = world().extra[0]
    loud = json.loads(record.line)
    secret = next(
        secret
        for secret in map(secret_key, "abcdefgh")
        if any(letter.isalpha() for letter in keys.public_key(secret))
    )
    if field == "sig":
        loud["sig"] = loud["sig"].upper()
    else:
        loud["pubkey"] = keys.public_key(secret).upper()
        said = [0, loud["pubkey"], loud["created_at"], 3971, loud["tags"], ""]
        digest = sha256(json.dumps(said, separators=(",", ":")).encode()).digest()
        loud |= {"id": digest.hex(), "sig": keys.sign(secret, digest).hex()}
    part = judged(json.dumps(loud, separators=(",", ":")).encode())
    assert (part.rows, [reason for _, reason in part.refused]) == ([], ["bad-form"])


def test_signatures_of_other_petitions_are_left_aside() -> None:
    other = World(1, 1)
    _, record = other.sign_up()
    part = judged(record.line)
    assert (part.rows, part.refused) == ([], set())


@pytest.mark.parametrize("line", [b"", b"\xff", b"null", b'{"id":1}', b'{"kind":3971}'])
def test_what_is_no_record_is_refused_once(line: bytes) -> None:
    part = judged(line, line)
    assert [reason for _, reason in part.refused] == ["bad-form"]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([0, 1]), st.integers(0, 1300), st.integers(0, 255))
def test_the_quick_reader_agrees_with_the_ordinary_one(which: int, at: int, byte: int) -> None:
    line = bytearray(world().extra[which].line)
    line[at % len(line)] = byte
    quick = Quick(world().panel).row(bytes(line)) is not None
    try:
        read_line(bytes(line))
        ordinary = bytes(line) == world().extra[which].line
    except Refused:
        ordinary = False
    assert quick == ordinary
