"""A body is read where it was written for, in its one spelling, and nowhere else."""

import base64
import json
import random
import re
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.body_cases import (
    CASEWORKER,
    DAY,
    FAMILY,
    PLACE,
    cases,
    everything,
    framed,
    report,
    text_of,
)
from wayhome.cases import said
from wayhome.cases.body import SIZES, Body, Drawer, Place, fitted, is_by_right, write
from wayhome.codec.age import Outside, read, size_of
from wayhome.crypto import keys
from wayhome.crypto.recipients import new_identity, recipient_of
from wayhome.crypto.seal import seal
from wayhome.desk.opening import open_body
from wayhome.records.refused import Refused

JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.just("message"),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from("tvnat"), one),
    max_leaves=9,
).map(lambda value: json.dumps(value).encode())
VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "sealed-bodies.json").read_text("utf-8")
)["cases"]


def word_of(plain: bytes, place: Place) -> str:
    """Say what is made of a body: nothing when it is read, else its drawer."""
    try:
        Body.read(plain, place)
    except Drawer as error:
        return error.word
    return ""


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["name"])
def test_a_body_is_read_or_ends_in_the_drawer_of_its_vector(case: dict[str, object]) -> None:
    plain = base64.b64decode(str(case["plain"])).ljust(int(str(case["size"])), b"\0")
    place = Place(str(case["g"]), str(case["charter"]), str(case["s"]))
    assert word_of(plain, place) == case["word"]
    if not case["word"]:
        assert Body.read(plain, place).json.decode() == case["json"]


def test_the_vectors_are_the_cases_of_today() -> None:
    assert [(one.name, one.word) for one in cases()] == [
        (case["name"], case["word"]) for case in VECTORS
    ]
    drawers = {case["word"] for case in VECTORS}
    assert drawers == {"", "bad-body", "moved", "unknown-type", "too-new"}


def test_whatever_can_be_said_is_read_as_it_was_written() -> None:
    assert {str(one.__struct_config__.tag) for one in everything()} == said.TYPES
    for what in everything():
        body = Body.read(write(what, PLACE, CASEWORKER), PLACE)
        assert body.said == what
        assert body.by == keys.public_key(CASEWORKER)
        assert Body.of(body.whole()) == body


def test_a_body_sealed_again_anywhere_else_is_moved() -> None:
    # rows 7 and C4: into another slot, case, group or charter, ten thousand times
    mine = new_identity("x25519")
    plain = write(said.Message(1, 2, DAY, "Добрый день"), PLACE, FAMILY)
    rng = random.Random(7)  # noqa: S311 - any places do
    sealed = seal(plain, [recipient_of(mine)])
    assert open_body(sealed, PLACE, [mine]).said.n == 2
    for i in range(10_000):
        name = ("g", "charter", "s")[i % 3]
        there = replace(PLACE, **{name: rng.randbytes(len(getattr(PLACE, name)) // 2).hex()})
        assert word_of(plain, there) == "moved"
    with pytest.raises(Drawer, match="moved"):
        open_body(sealed, replace(PLACE, s="00" * 16), [mine])


def test_a_body_with_another_writer_or_sig_is_moved() -> None:
    one = write(said.Message(1, 2, DAY, "Да"), PLACE, FAMILY)
    other = write(said.Message(1, 2, DAY, "Нет"), PLACE, CASEWORKER)
    swapped = one[:12] + other[12:108] + one[108:]
    assert word_of(swapped, PLACE) == "moved"
    with pytest.raises(Drawer, match="moved"):
        Body.of(msgspec.structs.replace(Body.read(one, PLACE).whole(), sig="07" * 64))


def test_what_is_sealed_to_others_or_broken_is_told_apart() -> None:
    mine = new_identity("x25519")
    sealed = seal(write(report(), PLACE, FAMILY), [recipient_of(mine)], places=3)
    with pytest.raises(Drawer, match="not-for-us"):
        open_body(sealed, PLACE, [new_identity("x25519")])
    with pytest.raises(Drawer, match="bad-body"):
        open_body(sealed[:-1], PLACE, [mine])


def test_only_a_family_speaks_as_one_and_only_caseworkers_as_such() -> None:
    family, worker = keys.public_key(FAMILY), keys.public_key(CASEWORKER)
    for what in everything():
        is_familys = isinstance(what, said.FAMILY)
        by_family = Body.read(write(what, PLACE, FAMILY), PLACE)
        by_worker = Body.read(write(what, PLACE, CASEWORKER), PLACE)
        assert is_by_right(by_family, family, [worker]) is is_familys
        assert is_by_right(by_worker, family, [worker]) is not is_familys
        assert not is_by_right(by_worker, family, [family]) or is_familys
        opens_a_case = isinstance(what, said.Report)
        assert is_by_right(by_family, "", [worker]) is opens_a_case


@pytest.mark.parametrize("kind", ["x25519", "hybrid"])
def test_a_body_of_any_length_has_one_of_three_sizes(kind: str) -> None:
    rng, seen = random.Random(3), set()  # noqa: S311 - any lengths do
    for _ in range(300):
        plain = write(said.Note(1, 2, DAY, "я" * rng.randint(0, 12_000)), PLACE, FAMILY)
        seen.add(len(plain))
    assert seen == set(SIZES)
    assert {size_of(kind, 3, size) for size in SIZES} == {
        102 + 3 * {"x25519": 98, "hybrid": 1_557}[kind] + size for size in SIZES
    }


def test_nobody_writes_what_nobody_would_read() -> None:
    for text in ("я" * 4_001, "\x07", "\ufffe"):
        with pytest.raises(Refused, match="bad-form"):
            write(said.Message(1, 2, DAY, text), PLACE, FAMILY)
    letter = said.Letter(1, 2, DAY, 1, "a", "b", "0c" * 32, "home", "post", "€" * 14_000)
    with pytest.raises(Refused, match="too-large"):
        write(letter, PLACE, CASEWORKER)


def test_whatever_is_said_looks_alike_once_it_is_sealed() -> None:
    # row 8: a first report, a message, a reply, a note and an identity in one dump
    mine = new_identity("x25519")
    shapes = set()
    for what in everything():
        plain = write(what, PLACE, FAMILY)
        if len(plain) == SIZES[0]:
            outside = read(seal(plain, [recipient_of(mine)], places=3))
            shapes.add(outside)
    assert shapes == {Outside("x25519", 3, SIZES[0])}


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=1_900) | st.text(max_size=400).map(str.encode) | JSONS)
def test_whatever_a_writer_signs_only_a_drawer_comes_of_it(said_: bytes) -> None:
    assert word_of(framed(said_), PLACE) in ("bad-body", "unknown-type", "too-new")


def test_a_reply_that_is_too_long_forgets_the_beginning_of_the_conversation() -> None:
    turns = tuple(said.Turn("family", DAY, f"{i} " + "я" * 500) for i in range(70))
    recipient = recipient_of(new_identity("x25519"))
    reply = said.Reply(1, 4, DAY, "Готово.", "sent", recipient, earlier=turns)
    with pytest.raises(Refused):
        write(reply, PLACE, CASEWORKER)
    kept = fitted(reply)
    assert 20 < len(kept.earlier) < 70
    assert kept.earlier == turns[-len(kept.earlier) :]
    assert len(write(kept, PLACE, CASEWORKER)) == SIZES[-1]
    short = msgspec.structs.replace(reply, earlier=turns[:2])
    assert fitted(short) == short


def test_a_body_prints_nothing_of_what_is_said() -> None:
    body = Body.read(write(report(), PLACE, FAMILY), PLACE)
    assert "часть" not in repr(body)
    with pytest.raises(Drawer) as caught:
        Body.read(framed(text_of(write(report(), PLACE, FAMILY)) + "x"), PLACE)
    assert str(caught.value) == "bad-body"


def test_the_page_shows_a_statement_that_is_read_and_names_every_type() -> None:
    page = (Path(__file__).parents[2] / "docs" / "protocol" / "sealed.md").read_text("utf-8")
    example = page.split("```json\n")[1].split("\n```")[0]
    assert Body.read(framed(example), PLACE).json.decode() == example
    rows = re.findall(r"^\| `([a-z-]+)` \| (family|caseworker) \|", page, re.MULTILINE)
    assert {name for name, _ in rows} == said.TYPES
    family = {str(one.__struct_config__.tag) for one in said.FAMILY}
    assert {name for name, who in rows if who == "family"} == family
