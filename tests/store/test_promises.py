"""What every store promises, asked of every store."""

import random
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import toys
from wayhome.crypto import keys
from wayhome.records.filter import Filter
from wayhome.records.kind import Fact, Slot
from wayhome.records.record import Record
from wayhome.store.line import key_of
from wayhome.store.store import Entry, Held, Store, Taken

SLOW_FIXTURE = [HealthCheck.function_scoped_fixture]


def entry(record: Record) -> Entry:
    return Entry(record, toys.facts_of(record), toys.slot_of(record))


def some_records() -> list[Record]:
    plea = toys.plea()
    hands = [toys.hand(plea.id) for _ in range(5)]
    words = [toys.word(f"{n}", ("g", "a" * 64), ("t", "x")) for n in range(3)]
    return [plea, *hands, *words, toys.word('a "quoted" [\\"e\\" word\n')]


RECORDS = some_records()


def test_a_kept_record_comes_back_to_the_byte(store: Store) -> None:
    assert store.keep([entry(record) for record in RECORDS]).new == [True] * len(RECORDS)
    for record in RECORDS:
        assert store.get(record.id) == record
    lines = [record.line for record in RECORDS]
    assert store.known(lines) == set(lines)


def test_a_record_kept_twice_is_new_once(store: Store) -> None:
    one = entry(RECORDS[0])
    assert store.keep([one, one]).new == [True, False]
    assert store.keep([one]).new == [False]
    assert store.count(Filter()) == 1


def test_what_was_never_kept_is_not_there(store: Store) -> None:
    store.keep([entry(RECORDS[0])])
    assert store.get("0" * 64) is None
    line = RECORDS[0].line
    other_sig = line[:-3] + (b"0" if line[-3:-2] != b"0" else b"1") + line[-2:]
    rubbish = b'{"id":"' + b"x" * 200 + b',"kind":4001,'
    assert store.known([RECORDS[1].line, b"", line + b" ", other_sig, rubbish]) == set()


def test_lines_come_by_kind_and_id_whatever_order_they_came_in(store: Store) -> None:
    shuffled = random.Random(1).sample(RECORDS, len(RECORDS))  # noqa: S311 - an order, no secret
    for record in shuffled:
        store.keep([entry(record)])
    expected = sorted(RECORDS, key=lambda record: (record.kind, record.id))
    assert list(store.lines(Filter())) == [record.line for record in expected]
    assert store.find(Filter()) == expected
    assert store.ids(Filter()) == sorted(record.id for record in RECORDS)


choices = st.builds(
    Filter,
    ids=st.none() | st.lists(st.sampled_from([r.id for r in RECORDS] + ["0" * 64])).map(tuple),
    authors=st.none() | st.lists(st.sampled_from([r.pubkey for r in RECORDS])).map(tuple),
    kinds=st.none() | st.lists(st.sampled_from([4000, 4001, 4002, 9])).map(tuple),
    tags=st.lists(
        st.sampled_from(
            [
                ("e", RECORDS[0].id),
                ("e", "0" * 64),
                ("g", "a" * 64),
                ("t", "x"),
                ("stamp", "x"),
                ("title", "bring them home"),
            ]
        ),
        max_size=3,
    ).map(tuple),
)


@settings(suppress_health_check=SLOW_FIXTURE, max_examples=150, deadline=None)
@given(wanted=choices)
def test_a_filter_finds_exactly_what_it_matches(store: Store, wanted: Filter) -> None:
    store.keep([entry(record) for record in RECORDS])
    expected = sorted(
        (record for record in RECORDS if wanted.matches(record)), key=lambda r: (r.kind, r.id)
    )
    assert store.find(wanted) == expected
    assert list(store.lines(wanted)) == [record.line for record in expected]
    assert store.count(wanted) == len(expected)
    assert store.ids(wanted) == sorted(record.id for record in expected)


@pytest.mark.parametrize("together", [1, 3, 8_192])
def test_keys_come_newest_first_and_by_id_whatever_came_and_went(
    store: Store, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wayhome.store.dated._TOGETHER", together)
    pleas = [toys.at(toys.PLEA, number // 4 % 3) for number in range(15)]
    for plea in pleas:
        store.keep([entry(plea)])
    author = keys.new_secret_key()
    lower, higher = sorted((toys.hand(pleas[0].id, author, one) for one in "ab"), key=id_of)
    store.keep([entry(higher)])
    store.keep([entry(lower)])
    store.lapse([entry(pleas[5])])
    left = [key_of(one.created_at, one.id) for one in pleas if one != pleas[5]]
    assert b"".join(store.keys(toys.PLEA)) == b"".join(sorted(left))
    assert b"".join(store.keys(toys.HAND)) == key_of(lower.created_at, lower.id)
    assert b"".join(store.keys(toys.WORD)) == b""


def test_facts_of_a_view_are_a_set(store: Store) -> None:
    one, other = RECORDS[0], RECORDS[1]
    facts = (Fact("v", "s", b"b"), Fact("v", "s", b"a"), Fact("v", "s", b"ab"), Fact("w", "s", b""))
    store.keep([Entry(one, (*facts, facts[0])), Entry(other, (*facts, Fact("v", "t", b"\xff")))])
    assert set(store.facts("v", "s")) == {b"a", b"ab", b"b"}
    assert set(store.facts("v")) == {b"a", b"ab", b"b", b"\xff"}
    assert set(store.facts("w")) == {b""}
    assert list(store.facts("v", "nothing")) == list(store.facts("nothing")) == []


@settings(suppress_health_check=SLOW_FIXTURE, max_examples=30, deadline=None)
@given(
    order=st.permutations(range(6)),
    cuts=st.sets(st.integers(1, 5)),
    keeps=st.integers(1, 3),
)
def test_a_slot_keeps_the_lowest_ids_in_any_order_and_any_batches(
    store: Store, order: list[int], cuts: set[int], keeps: int
) -> None:
    plea, author = RECORDS[0].id, keys.new_secret_key()
    hands = sorted(
        (toys.hand(plea, author, filler=f"{n}") for n in range(6)), key=lambda hand: hand.id
    )
    slot = Slot(("slot", hands[0].pubkey), keeps)
    entries = [
        Entry(hands[n], (Fact("fact", hands[0].pubkey, bytes([n]) * (4 + n)),), slot) for n in order
    ]
    bounds = [0, *sorted(cuts), 6]
    answers = [
        answer for start, end in pairwise(bounds) for answer in store.keep(entries[start:end]).new
    ]
    mine = Filter(authors=(hands[0].pubkey,))
    assert store.ids(mine) == [hand.id for hand in hands[:keeps]]
    assert sorted(store.facts("fact", hands[0].pubkey)) == [
        bytes([n]) * (4 + n) for n in range(keeps)
    ]
    assert all(answers[order.index(n)] for n in range(keeps)), "what stays was new once"
    assert store.count(mine) == keeps
    assert store.keep(entries) == Taken([False] * 6, [])


def test_facts_can_be_made_anew_and_still_leave_with_their_record(store: Store) -> None:
    author = keys.new_secret_key()
    hands = [toys.hand(RECORDS[0].id, author, filler=f"{n}") for n in range(2)]
    lower, higher = sorted(hands, key=lambda hand: hand.id)
    store.keep([Entry(higher, (Fact("old", "", b"old"),), toys.slot_of(higher))])
    store.recount_facts([(higher.id, (Fact("new", "", b"higher"),))])
    assert list(store.facts("old")) == []
    assert list(store.facts("new")) == [b"higher"]
    taken = store.keep([Entry(lower, (Fact("new", "", b"lower"),), toys.slot_of(lower))])
    assert taken == Taken([True], [higher])
    assert list(store.facts("new")) == [b"lower"]


def test_what_is_held_comes_back_and_is_let_go_by_its_moment(store: Store) -> None:
    held = [Held(until, bytes([n]) * 16, bytes(2076)) for until in (60, 120) for n in range(20)]
    store.hold([Held(one.until, one.key[:-1] + bytes([one.until]), one.sealed) for one in held])
    everything = list(store.held())
    assert len(everything) == 40
    assert everything == sorted(everything, key=lambda one: one.key), "no order of arrival"
    key = everything[7].key
    store.hold([Held(everything[7].until, key, b"another")])
    assert store.held_under([key, b"none" * 4]) == [Held(everything[7].until, key, b"another")]
    store.let_go(60)
    assert {one.until for one in store.held()} == {120}
    store.let_go(120)
    assert list(store.held()) == []
    assert store.find(Filter()) == []


def test_nothing_is_damaged_in_a_sound_store(store: Store) -> None:
    store.keep([entry(record) for record in RECORDS])
    assert list(store.damaged()) == []
    assert not store.broken


def test_a_store_can_be_closed_twice(store: Store) -> None:
    store.close()
    store.close()


def test_what_lapsed_is_gone_with_its_facts_and_is_never_kept_again(store: Store) -> None:
    plea, hand, *others = RECORDS
    store.keep([entry(record) for record in RECORDS])
    assert store.lapse([entry(plea), entry(hand)]) == [True, True]
    assert store.lapsed() == sorted([plea.id, hand.id])
    assert store.find(Filter()) == sorted(others, key=lambda record: (record.kind, record.id))
    assert store.known([plea.line, hand.line]) == set()
    assert list(store.facts("pleas")) == []
    assert len(list(store.facts("hands", plea.id))) == 4
    assert store.count(Filter(authors=(hand.pubkey,))) == 0
    assert store.keep([entry(one) for one in RECORDS]).new == [False] * len(RECORDS)
    assert store.get(plea.id) is None


def test_what_lapses_twice_or_never_was_there_is_known_all_the_same(store: Store) -> None:
    word, other = RECORDS[-1], RECORDS[-2]
    store.keep([entry(word)])
    assert store.lapse([entry(word), entry(other)]) == [True, False]
    assert store.lapse([entry(word)]) == [False]
    assert store.lapsed() == sorted([word.id, other.id])
    assert store.keep([entry(other)]).new == [False]


def test_what_lapsed_leaves_its_slot_to_another(store: Store) -> None:
    secret = keys.new_secret_key()
    plea = RECORDS[0]
    first, second = sorted(
        (toys.hand(plea.id, secret, filler) for filler in "ab"), key=lambda hand: hand.id
    )
    store.keep([entry(first)])
    store.lapse([entry(first)])
    assert store.keep([entry(second)]).new == [True]


def id_of(record: Record) -> str:
    return record.id
