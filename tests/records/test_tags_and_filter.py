"""What stands in tags has one spelling each; a filter wants what every one of its parts wants."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monsters import NOW, PUBKEY, SECRET_KEY
from wayhome.codec import limits
from wayhome.records import tags
from wayhome.records.draft import Draft
from wayhome.records.filter import Filter
from wayhome.records.record import Record
from wayhome.records.refused import REASONS, Refused
from wayhome.records.signing import sign

SAID = (("e", "petition"), ("e", "another"), ("g", "Ural"), ("lonely",))
MISSPELT = ("01", "-1", "+1", "1.0", "1e3", "1_0", "\u0661", "\u00b9", "0x1")
RECORD = sign(Draft(3971, SAID, "", NOW), SECRET_KEY)


def reason_of(read: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        read()
    return caught.value.reason


@given(st.integers(0, limits.NUMBER_MAX))
def test_a_number_is_read_as_it_is_written(number: int) -> None:
    assert tags.read_number(str(number)) == number


@pytest.mark.parametrize(
    "text", [*MISSPELT, "", " 1", "1 ", "1\n", "9" * 17, str(limits.NUMBER_MAX + 1)]
)
def test_a_number_has_one_spelling(text: str) -> None:
    assert reason_of(lambda: tags.read_number(text)) == "bad-number"


def test_a_number_keeps_within_its_bounds() -> None:
    assert [tags.read_number(text, 2, 4) for text in ("2", "4")] == [2, 4]
    for text in ("1", "5"):
        assert reason_of(lambda text=text: tags.read_number(text, 2, 4)) == "bad-number"


@pytest.mark.parametrize("text", ["", "a" * 63, "a" * 65, "A" * 64, "g" * 64, "a" * 63 + "\n"])
def test_an_id_is_64_lower_case_hex_digits(text: str) -> None:
    assert tags.read_id("a" * 64) == "a" * 64
    assert reason_of(lambda: tags.read_id(text)) == "bad-tags"
    assert reason_of(lambda: tags.read_id(text, "bad-panel")) == "bad-panel"


@pytest.mark.parametrize(
    "text", ["", "f" * 64, "0" * 64, PUBKEY.upper(), PUBKEY + "\n", PUBKEY[:-1]]
)
def test_a_public_key_is_a_point_of_the_curve(text: str) -> None:
    assert tags.read_public_key(PUBKEY) == PUBKEY
    assert reason_of(lambda: tags.read_public_key(text)) == "bad-key"


@pytest.mark.parametrize("text", ["", " a", "a ", "a\n", "\u00a0a", "a\u2003", "я" * 11])
def test_a_text_has_no_space_at_its_ends_and_a_limit(text: str) -> None:
    assert tags.read_text("я" * 10, 10) == "я" * 10
    assert reason_of(lambda: tags.read_text(text, 10)) == "bad-text"


@pytest.mark.parametrize("text", ["", "r", "rus", "RU", "r1", "ру", "ru\n"])
def test_a_language_is_two_lower_case_letters(text: str) -> None:
    assert tags.read_language("ru") == "ru"
    assert reason_of(lambda: tags.read_language(text)) == "bad-tags"


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(),
        Filter(ids=("x", RECORD.id)),
        Filter(authors=(PUBKEY,)),
        Filter(kinds=(3970, 3971)),
        Filter(tags=(("e", "petition"),)),
        Filter(tags=(("e", "another"),)),
        Filter(tags=(("e", "x"), ("e", "petition"))),
        Filter(tags=(("e", "petition"), ("g", "Ural"))),
        Filter((RECORD.id,), (PUBKEY,), (3971,), (("g", "Ural"),)),
    ],
)
def test_a_record_that_fits_every_part_is_wanted(wanted: Filter) -> None:
    assert wanted.matches(RECORD)


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(ids=()),
        Filter(ids=("x",)),
        Filter(authors=("x",)),
        Filter(kinds=(3970,)),
        Filter(tags=(("e", "x"),)),
        Filter(tags=(("lonely", ""),)),
        Filter(tags=(("e", "petition"), ("g", "Volga"))),
        Filter(tags=(("x", "petition"),)),
        Filter((RECORD.id,), (PUBKEY,), (3970,)),
    ],
)
def test_a_record_that_misses_one_part_is_not_wanted(wanted: Filter) -> None:
    assert not wanted.matches(RECORD)


@given(st.lists(st.sampled_from([*SAID[:3], ("e", "x"), ("x", "y")]), max_size=4))
def test_a_filter_agrees_with_a_dumb_one(asked: list[tuple[str, str]]) -> None:
    names = {name for name, _ in asked}
    dumb = all(any(tag in asked for tag in RECORD.tags if tag[0] == name) for name in names)
    assert Filter(tags=tuple(asked)).matches(RECORD) == dumb


def test_a_refusal_says_its_reason_and_what_was_expected() -> None:
    assert str(Refused("bad-tags")) == "bad-tags"
    assert str(Refused("bad-tags", "one e tag")) == "bad-tags: one e tag"
    assert len(set(REASONS)) == len(REASONS)


def test_a_record_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        RECORD.content = "x"  # type: ignore[misc]
    assert isinstance(RECORD, Record)
