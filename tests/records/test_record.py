"""Whatever bytes come, a record comes out or a reason; what was kept reads the same for ever."""

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monsters import GOOD, LINE, MONSTERS, NOW, ODD, ROOM, SECRET_KEY, Monster, telling
from wayhome.codec import limits, nip01
from wayhome.crypto import keys
from wayhome.records.draft import Draft
from wayhome.records.record import Record, glance, holds, read, read_line
from wayhome.records.refused import Refused
from wayhome.records.signing import sign

# what NIP-01's readers and writers all spell alike
TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn")).filter(lambda sign: sign < "\ufdd0"),
    max_size=40,
)
NAMES = TEXT.filter(bool)
TAGS = st.lists(
    st.builds(lambda name, rest: (name, *rest), NAMES, st.lists(TEXT, max_size=4)), max_size=5
)
DRAFTS = st.builds(
    Draft,
    st.integers(0, limits.KIND_MAX),
    TAGS.map(tuple),
    st.lists(TEXT, max_size=3).map("\n".join),
    st.integers(0, limits.NUMBER_MAX),
)


def refusal(raw: bytes) -> str:
    with pytest.raises(Refused) as caught:
        read(raw)
    with pytest.raises(Refused) as looked:
        seen(raw)
    assert looked.value.reason == caught.value.reason
    return caught.value.reason


def seen(raw: bytes) -> Record:
    """Read in two steps, as where much is read at once."""
    reading = glance(raw)
    return reading.end(holds=holds(reading.question))


@pytest.mark.parametrize("monster", MONSTERS, ids=lambda monster: monster.name)
def test_a_monster_gets_its_reason_at_the_door_and_in_a_file(monster: Monster) -> None:
    assert refusal(monster.raw) == monster.reason
    with pytest.raises(Refused) as caught:
        read_line(monster.raw)
    assert caught.value.reason == monster.reason


@pytest.mark.parametrize("monster", MONSTERS, ids=lambda monster: monster.name)
def test_a_refusal_repeats_nothing_of_what_came(monster: Monster) -> None:
    with pytest.raises(Refused) as caught:
        read(monster.raw)
    said = str(caught.value)
    assert len(said) < 120
    assert said.isascii()
    assert GOOD.id not in said
    assert caught.value.__cause__ is None


def test_monsters_have_names_of_their_own() -> None:
    names = [monster.name for monster in MONSTERS]
    assert len(set(names)) == len(names) > 300


@pytest.mark.parametrize("name", ODD)
def test_another_spelling_is_the_same_record_but_no_line_of_a_file(name: str) -> None:
    assert read(ODD[name]) == GOOD
    assert read(ODD[name]).line == seen(ODD[name]).line == LINE
    with pytest.raises(Refused, match="bad-form"):
        read_line(ODD[name])


@given(DRAFTS)
def test_what_is_signed_is_read_again_equal(draft: Draft) -> None:
    record = sign(draft, SECRET_KEY)
    assert (record.kind, record.tags, record.content) == (draft.kind, draft.tags, draft.content)
    assert read(record.line) == read_line(record.line) == seen(record.line) == record
    assert read_line(record.line).line == record.line


@given(DRAFTS)
def test_the_line_is_what_the_standard_writer_writes(draft: Draft) -> None:
    record = sign(draft, SECRET_KEY)
    fields = {name: getattr(record, name) for name in Record.__slots__}
    assert json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() == record.line


@given(st.integers(0, len(LINE) - 1), st.integers(1, 255))
@settings(max_examples=400)
def test_any_one_changed_byte_is_refused(place: int, by: int) -> None:
    raw = bytearray(LINE)
    raw[place] ^= by
    with pytest.raises(Refused):
        read_line(bytes(raw))
    assert refusal(bytes(raw))


@given(st.integers(0, len(LINE)), st.binary(max_size=4), st.integers(0, 4))
def test_a_line_with_something_put_in_or_left_out_is_no_line(
    place: int, new: bytes, gone: int
) -> None:
    raw = LINE[:place] + new + LINE[place + gone :]
    if raw != LINE:
        with pytest.raises(Refused):
            read_line(raw)
        with suppress(Refused):  # a space more is another spelling
            assert seen(raw) == read(raw) == GOOD


@given(st.binary(max_size=2_000))
def test_random_bytes_are_only_ever_refused(raw: bytes) -> None:
    assert refusal(raw)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


@given(st.sampled_from(Record.__slots__), JSON)
def test_any_value_in_any_field_is_only_ever_refused(name: str, value: object) -> None:
    fields = json.loads(LINE)
    if fields[name] != value:
        fields[name] = value
        assert refusal(json.dumps(fields).encode())
        assert refusal(json.dumps(fields, separators=(",", ":")).encode())


def test_the_largest_record_is_kept_and_the_next_is_not() -> None:
    largest = telling(content=b'"%b"' % (b"x" * ROOM))
    assert len(largest) == limits.RECORD_BYTES
    assert len(read(largest).content) == ROOM


def test_a_thousand_tags_of_sixteen_items_are_kept() -> None:
    assert len(read(telling(tags=b"[%b]" % b",".join([b'["t"]'] * 1_000))).tags) == 1_000
    assert len(read(telling(tags=b"[[%b]]" % b",".join([b'"t"'] * 16))).tags[0]) == 16


@pytest.mark.parametrize(
    "text", ["\n", "\u2028\u2029", "\u202e\u200f", "\U0001fffe", "\ue000", "\u00a0", "\ufeff"]
)
def test_what_all_writers_spell_alike_is_kept(text: str) -> None:
    record = sign(Draft(1, (), text, NOW), SECRET_KEY)
    assert read(record.line).content == text


def test_limits_of_numbers_are_kept() -> None:
    for kind, when in ((0, 0), (limits.KIND_MAX, limits.NUMBER_MAX)):
        record = sign(Draft(kind, (), "", when), SECRET_KEY)
        assert (read(record.line).kind, read(record.line).created_at) == (kind, when)


def test_an_author_who_is_no_point_of_the_curve_signed_nothing() -> None:
    nobody = replace(GOOD, pubkey="f" * 64)
    parts = nip01.body(nobody.tags, nobody.content)
    record_id = nip01.id_of(nobody.pubkey, nobody.created_at, nobody.kind, parts).hex()
    assert refusal(replace(nobody, id=record_id).line) == "bad-sig"


def test_our_own_store_may_leave_out_the_sig_but_not_the_id() -> None:
    forged = replace(GOOD, sig="0" * 128)
    assert read_line(forged.line, sig_is_known=True) == forged
    with pytest.raises(Refused, match="bad-id"):
        read_line(replace(GOOD, content="x").line, sig_is_known=True)


def test_the_same_draft_signed_twice_is_one_record_but_for_the_sig() -> None:
    one, two = sign(Draft(1, (), "x", NOW), SECRET_KEY), sign(Draft(1, (), "x", NOW), SECRET_KEY)
    assert one.id == two.id
    assert replace(one, sig=two.sig) == two


@pytest.mark.parametrize(
    "draft",
    [
        Draft(1, (), "\r", NOW),
        Draft(1, (("t", "a\nb"),), "", NOW),
        Draft(1, ((),), "", NOW),
        Draft(65_536, (), "", NOW),
        Draft(1, (), "", -1),
        Draft(1, (), "x" * limits.RECORD_BYTES, NOW),
    ],
)
def test_nobody_can_sign_what_nobody_would_take(draft: Draft) -> None:
    with pytest.raises(Refused):
        sign(draft, keys.new_secret_key())
