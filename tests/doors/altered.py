"""Altered: signatures in which one thing is wrong, each signed again by its own one-time key."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from faults.life import Life
from petition_world import DAY, OPEN
from wayhome.petition.kinds.signature import Signature
from wayhome.petition.signer import Signer
from wayhome.records.draft import Draft
from wayhome.records.record import Record, Tag
from wayhome.records.signing import sign

_SIGNS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


@dataclass(frozen=True, slots=True)
class Altered:
    """What was done to it, what comes to the door, and the reason it must get."""

    name: str
    raw: bytes
    reason: str


def altered(life: Life) -> Iterator[Altered]:
    """Give them; none of them may ever count."""
    signer, other = life.world.signer(), life.world.signer()
    good, theirs = life.signature_of(signer), life.signature_of(other)
    stamps = Signature.of(good).stamps
    yield from _stamps(signer, good, stamps, Signature.of(theirs).stamps)
    yield from _moduli(life, signer, good, stamps)
    for name, changes, reason in (
        ("another petition", {"tags": (("e", "ab" * 32), *good.tags[1:])}, "unknown-petition"),
        ("an option", {"tags": (good.tags[0], ("option", "1"), *good.tags[1:])}, "bad-option"),
        ("a region", {"tags": (good.tags[0], ("region", "x"), *good.tags[1:])}, "bad-region"),
        ("a tag more", {"tags": (*good.tags, ("t", "x"))}, "bad-tags"),
        ("no petition", {"tags": good.tags[1:]}, "bad-tags"),
        ("words", {"content": "x"}, "bad-content"),
        ("an hour", {"created_at": OPEN + 3_600}, "bad-time"),
        ("the day before", {"created_at": OPEN - DAY}, "bad-time"),
        ("tomorrow", {"created_at": OPEN + DAY}, "not-yet"),
        ("the other's key", {"by": other}, "bad-stamp"),
    ):
        yield Altered(name, again(signer, good, **changes).line, reason)
    yield from _proofs(good, theirs)


def again(signer: Signer, good: Record, **changes: Any) -> Record:
    """Sign the same record with changes."""
    by = changes.pop("by", signer)
    said = {"kind": 3971, "tags": good.tags, "content": "", "created_at": good.created_at}
    return sign(Draft(**{**said, **changes}), by.secret_key)


def _stamps(
    signer: Signer,
    good: Record,
    own: tuple[tuple[str, bytes], ...],
    theirs: tuple[tuple[str, bytes], ...],
) -> Iterator[Altered]:
    (first, one), (second, two) = own
    written = [tag[2] for tag in good.tags if tag[0] == "stamp"]

    def told(name: str, reason: str, *tags: Tag) -> Altered:
        return Altered(name, again(signer, good, tags=(good.tags[0], *tags)).line, reason)

    def stamp(kid16: str, raw: bytes) -> Tag:
        return ("stamp", kid16, b64encode(raw).decode())

    for at in (0, 1, 128, 255):
        flipped = bytearray(one)
        flipped[at] ^= 1
        yield told(f"a bit of byte {at}", "bad-stamp", stamp(first, flipped), stamp(second, two))
    yield told("swapped", "bad-stamp", stamp(first, two), stamp(second, one))
    yield told("replayed", "bad-stamp", *(stamp(*there) for there in theirs))
    yield told("one replayed", "bad-stamp", stamp(first, one), stamp(*theirs[1]))
    yield told("one twice", "bad-stamp-form", stamp(first, one), stamp(first, one))
    yield told("one under both names", "bad-stamp", stamp(first, one), stamp(second, one))
    yield told("turned round", "bad-stamp-form", stamp(second, two), stamp(first, one))
    yield told("one left out", "no-quorum", stamp(first, one))
    yield told("none", "bad-stamp-form")
    yield told(
        "a stranger's key", "unknown-stamp-key", *sorted((stamp("0" * 16, two), stamp(second, two)))
    )
    yield told("cut", "bad-stamp-form", stamp(first, one[:-1]), stamp(second, two))
    yield told("longer", "bad-stamp-form", stamp(first, one + b"\0"), stamp(second, two))
    yield told("zeros", "bad-stamp", stamp(first, bytes(256)), stamp(second, two))
    yield told("capital name", "bad-stamp-form", stamp("A" * 16, one), stamp(second, two))
    ends = {
        "other last bits": written[0][:-3]
        + chr(_SIGNS[_SIGNS.index(written[0][-3].encode()) ^ 1])
        + "==",
        "no padding": written[0][:-2],
        "a space": " " + written[0],
        "in hex": one.hex(),
        "of the other alphabet": "-" + written[0][1:],
    }
    for name, spelt in ends.items():
        yield told(
            f"written with {name}", "bad-stamp-form", ("stamp", first, spelt), stamp(second, two)
        )


def _moduli(
    life: Life, signer: Signer, good: Record, own: tuple[tuple[str, bytes], ...]
) -> Iterator[Altered]:
    (first, one), _ = own
    modulus = next(seat.key.modulus for seat in life.world.panel.seats if seat.kid16 == first)
    number = int.from_bytes(one, "big")
    for name, odd in (
        ("one", 1),
        ("the modulus", modulus),
        ("the modulus less one", modulus - 1),
        ("the negative", modulus - number),
        ("the same and the modulus", (number + modulus) % 2**2048),
    ):
        tags = (("stamp", first, b64encode(odd.to_bytes(256, "big")).decode()), good.tags[2])
        yield Altered(
            f"stamp: {name}", again(signer, good, tags=(good.tags[0], *tags)).line, "bad-stamp"
        )


def _proofs(good: Record, theirs: Record) -> Iterator[Altered]:
    line = good.line
    yield Altered("another's sig", line.replace(good.sig.encode(), theirs.sig.encode()), "bad-sig")
    yield Altered("another's id", line.replace(good.id.encode(), theirs.id.encode()), "bad-id")
    yield Altered(
        "another's key", line.replace(good.pubkey.encode(), theirs.pubkey.encode()), "bad-id"
    )
    yield Altered("cut", line[:-1], "bad-form")
    yield Altered("two", line + line, "bad-form")
