"""The id covers NIP-01's bytes, and strict reading says where a text is wrong, not what it says."""

import json
import sys
from hashlib import sha256

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.codec import nip01, strict
from wayhome.codec.strict import BadForm

KEY = "ab" * 32
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=30)


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    many: tuple[int, ...]


DECODER = msgspec.json.Decoder(Shape)


@given(st.lists(st.lists(TEXT, min_size=1, max_size=3), max_size=4), TEXT)
def test_the_id_is_the_hash_that_nip01_describes(tags: list[list[str]], content: str) -> None:
    whole = [0, KEY, 1_700_000_000, 1, tags, content]
    said = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
    parts = nip01.body(tags, content)
    assert nip01.serialise(KEY, 1_700_000_000, 1, parts) == said
    assert nip01.id_of(KEY, 1_700_000_000, 1, parts) == sha256(said).digest()


def test_the_five_escapes_are_those_of_nip01_and_the_rest_is_verbatim() -> None:
    assert nip01.body([], '\n"\\')[1] == b'"\\n\\"\\\\"'
    assert nip01.body([], "/é\u2028🙂<>&'")[1] == '"/é\u2028🙂<>&\'"'.encode()


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b'{"name":"secret","many":[1,"secret"]}', "$.many[1]"),
        (b'{"name":7777,"many":[]}', "$.name"),
        (b'{"name":"secret","many":[],"secret":1}', "the start"),
        (b"secret", "the start"),
        (b'{"name":"\xff","many":[]}', "the start"),
        (b"[" * 100_000, "the start"),
    ],
)
def test_a_bad_form_tells_the_place_and_not_the_value(raw: bytes, place: str) -> None:
    with pytest.raises(BadForm) as caught:
        strict.decode(DECODER, raw)
    assert str(caught.value) == f"not the expected shape at {place}"


@pytest.mark.parametrize(
    "raw", [b'{"a":1,"a":1}', b'{"a":{"b":1,"b":2}}', b'[{"a":1,"\\u0061":2}]']
)
def test_a_key_that_stands_twice_is_refused_at_any_depth(raw: bytes) -> None:
    with pytest.raises(BadForm, match="twice"):
        strict.refuse_doubles(raw)


def test_the_same_key_in_two_objects_is_no_double() -> None:
    strict.refuse_doubles(b'[{"a":{"a":1}},{"a":1}]')


@given(st.text())
def test_no_control_character_or_non_character_passes(text: str) -> None:
    codes = {ord(sign) for sign in text}
    hidden = {*range(0x0A), *range(0x0B, 0x20), *range(0x7F, 0xA0), *range(0xFDD0, 0xFDF0)}
    if codes & (hidden | {0xFFFE, 0xFFFF}):
        with pytest.raises(BadForm):
            strict.refuse_controls(text, lines=True)
    else:
        strict.refuse_controls(text, lines=True)


def test_a_line_feed_passes_only_where_lines_are() -> None:
    strict.refuse_controls("a\nb", lines=True)
    with pytest.raises(BadForm):
        strict.refuse_controls("a\nb", lines=False)


def test_of_all_characters_exactly_those_are_refused_that_writers_spell_differently() -> None:
    odd = [*range(0x0A), *range(0x0B, 0x20), *range(0x7F, 0xA0), *range(0xFDD0, 0xFDF0)]
    odd += [0xFFFE, 0xFFFF]
    for line in range(0, sys.maxunicode + 1, 256):
        points = range(line, line + 256)
        refused = [point for point in points if is_refused(chr(point), lines=True)]
        assert refused == [point for point in points if point in odd]
    assert is_refused("a\nb", lines=False)
    assert not is_refused("a\nb", lines=True)


@given(st.text())
def test_texts_that_are_called_plain_have_nothing_to_refuse(text: str) -> None:
    for ascii_only in (True, False):
        raw = json.dumps(text, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
        if strict.has_plain_texts(raw):
            strict.refuse_controls(text, lines=False)


def test_what_is_escaped_or_hidden_is_not_called_plain_and_a_raw_control_is_no_json() -> None:
    for code in range(0x80):
        raw = b'{"name":"%c","many":[]}' % code
        try:
            text = strict.decode(DECODER, raw).name
        except BadForm:
            assert chr(code) in '"\\' or code < ord(" ")
        else:
            assert strict.has_plain_texts(raw) != is_refused(text, lines=False)
    for odd in (b'"\\n"', b'"\\u007f"', '"\u0085"'.encode(), '"\uffff"'.encode()):
        assert not strict.has_plain_texts(odd)


def is_refused(text: str, *, lines: bool) -> bool:
    try:
        strict.refuse_controls(text, lines=lines)
    except BadForm:
        return True
    return False
