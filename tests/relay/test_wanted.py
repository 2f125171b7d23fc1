"""A filter is taken whole or refused, and asks for the same records everywhere."""

import json

import pytest

from toys import sign
from wayhome.codec import limits
from wayhome.crypto import keys
from wayhome.records.draft import Draft
from wayhome.records.record import Record
from wayhome.relay.wanted import BadFilter, Wanted

ID = "ab" * 32
AUTHOR = keys.new_secret_key()


def record(*tags: tuple[str, ...], kind: int = 4002, at: int = 1_700_000_000) -> Record:
    return sign(Draft(kind, tags, "", at), AUTHOR)


def wanted(**fields: object) -> Wanted:
    return Wanted.read(json.dumps({key.replace("_", "#"): fields[key] for key in fields}).encode())


def refusal(raw: bytes) -> str:
    with pytest.raises(BadFilter) as caught:
        Wanted.read(raw)
    return caught.value.word


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"", "bad-filter"),
        (b"[]", "bad-filter"),
        (b"null", "bad-filter"),
        (b'{"ids":"ab"}', "bad-filter"),
        (b'{"ids":["abcd"]}', "bad-filter"),
        (b'{"ids":["' + b"AB" * 32 + b'"]}', "bad-filter"),
        (b'{"authors":[null]}', "bad-filter"),
        (b'{"kinds":[1.5]}', "bad-filter"),
        (b'{"kinds":["1"]}', "bad-filter"),
        (b'{"kinds":[-1]}', "bad-filter"),
        (b'{"kinds":[65536]}', "bad-filter"),
        (b'{"kinds":[true]}', "bad-filter"),
        (b'{"since":-1}', "bad-filter"),
        (b'{"since":9007199254740992}', "bad-filter"),
        (b'{"until":1e3}', "bad-filter"),
        (b'{"limit":"1"}', "bad-filter"),
        (b'{"limit":1,"limit":2}', "bad-filter"),
        (b'{"limit":NaN,"limit":2}', "bad-filter"),
        (b'{"#e":["abcd"]}', "bad-filter"),
        (b'{"#p":["' + b"AB" * 32 + b'"]}', "bad-filter"),
        (b'{"#g":["a\\u0000"]}', "bad-filter"),
        (b'{"#g":["a\\u007f"]}', "bad-filter"),
        (b'{"#g":["\\ud800"]}', "bad-filter"),
        (b'{"#g":["a\\nb"]}', "bad-filter"),
        (b'{"#g":["' + b"a" * (limits.RELAY_VALUE + 1) + b'"]}', "bad-filter"),
        (b'{"ids":["\xff"]}', "bad-filter"),
        (b"{" + b'"a":{' * 5_000, "bad-filter"),
        (b'{"search":"a"}', "unknown-filter"),
        (b'{"#charter":["a"]}', "unknown-filter"),
        (b'{"#":["a"]}', "unknown-filter"),
        (b'{"#1":["a"]}', "unknown-filter"),
        (b'{"&t":["a"]}', "unknown-filter"),
        (b'{"kinds":[1],"Kinds":[2]}', "unknown-filter"),
    ],
)
def test_what_is_no_filter_here_is_refused_with_its_word(raw: bytes, word: str) -> None:
    assert refusal(raw) == word


def test_values_are_counted_over_all_conditions() -> None:
    kinds = list(range(limits.RELAY_VALUES - 1))
    assert wanted(kinds=kinds, ids=[ID]).values == limits.RELAY_VALUES
    more = json.dumps({"kinds": kinds, "ids": [ID], "authors": [ID]}).encode()
    assert refusal(more) == "too-many-values"


def test_the_largest_that_is_allowed_is_allowed() -> None:
    whole = wanted(kinds=[65_535], since=limits.NUMBER_MAX, _g=["a" * limits.RELAY_VALUE])
    assert whole.kinds == {65_535}
    assert wanted(limit=limits.NUMBER_MAX).limit == limits.NUMBER_MAX


def test_every_condition_must_hold_and_in_one_a_value_is_enough() -> None:
    one = record(("e", ID), ("g", "here"), ("g", "there"))
    assert wanted(kinds=[4001, 4002], _e=[ID], _g=["there", "nowhere"]).matches(one)
    assert not wanted(kinds=[4002], _e=[ID], _g=["nowhere"]).matches(one)
    assert not wanted(kinds=[4001], _e=[ID]).matches(one)
    assert wanted(ids=[one.id], authors=[one.pubkey]).matches(one)
    assert not wanted(ids=[one.id], authors=[ID]).matches(one)


def test_a_tag_matches_by_its_first_value_alone() -> None:
    assert not wanted(_g=["b"]).matches(record(("g", "a", "b")))
    assert not wanted(_g=["g"]).matches(record(("g",)))


def test_both_ends_of_a_time_belong_to_it() -> None:
    one = record(at=100)
    assert wanted(since=100, until=100).matches(one)
    assert not wanted(since=101).matches(one)
    assert not wanted(until=99).matches(one)


@pytest.mark.parametrize(
    "never", [{"ids": []}, {"kinds": []}, {"_g": []}, {"since": 2, "until": 1}]
)
def test_what_can_never_match_is_known_as_such(never: dict[str, object]) -> None:
    assert wanted(**never).is_empty
    assert not wanted(**never).matches(record(("g", "a")))


def test_what_the_store_is_asked_for_is_the_same_without_times() -> None:
    asked = wanted(kinds=[4002], _g=["a", "b"], since=5, limit=3)
    stored = asked.stored((4002,))
    assert stored.matches(record(("g", "b"), at=1))
    assert not stored.matches(record(("g", "c"), at=9))
    assert (asked.conditions, asked.is_dated, asked.asks_kinds_alone) == (1, True, False)
