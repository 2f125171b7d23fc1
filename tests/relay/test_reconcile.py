"""Two sets end with exactly what each lacks, whatever they share and however small the frames."""

import tracemalloc
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talking import talk
from wayhome.codec import limits
from wayhome.relay.reconcile import BadMessage, Client, Items, Server

TIMES = st.integers(0, 6) | st.integers(0, 2**53)
IDS = st.binary(min_size=32, max_size=32) | st.integers(0, 400).map(lambda n: n.to_bytes(32, "big"))
SETS = st.sets(st.tuples(TIMES, IDS), max_size=300)
ROUNDS = 200


def unique(items: set[tuple[int, bytes]]) -> dict[bytes, int]:
    return {one: at for at, one in sorted(items)}  # an id has one time


def reconciled(
    ours: dict[bytes, int], theirs: dict[bytes, int], limit: int
) -> tuple[set[bytes], set[bytes], int]:
    client = Client(Items((at, one) for one, at in ours.items()), limit)
    server = Server(Items((at, one) for one, at in theirs.items()), limit)
    have: list[bytes] = []
    need: list[bytes] = []
    message: bytes | None = client.begin()
    for rounds in range(1, ROUNDS):
        assert message is not None
        answer = server.answer(message)
        if limit:
            assert len(answer) <= limit
        message, more_have, more_need = client.next(answer)
        have += more_have
        need += more_need
        if message is None:
            assert (len(set(have)), len(set(need))) == (len(have), len(need))
            return set(have), set(need), rounds
    raise AssertionError("it does not end")


@settings(max_examples=150, deadline=None)
@given(SETS, SETS, SETS, st.sampled_from([0, 4_096, 60_000]))
def test_each_learns_exactly_what_the_other_lacks(
    shared: set[tuple[int, bytes]],
    only_ours: set[tuple[int, bytes]],
    only_theirs: set[tuple[int, bytes]],
    limit: int,
) -> None:
    every = unique(shared | only_ours | only_theirs)
    ours = {one: at for one, at in every.items() if one in unique(shared | only_ours)}
    theirs = {one: at for one, at in every.items() if one in unique(shared | only_theirs)}
    have, need, _ = reconciled(ours, theirs, limit)
    assert have == set(ours) - set(theirs)
    assert need == set(theirs) - set(ours)


def many(number: int, step: int = 1) -> dict[bytes, int]:
    return {(n * 7919).to_bytes(32, "little"): n // 50 for n in range(0, number * step, step)}


def test_equal_sets_need_one_round_and_few_bytes() -> None:
    both = many(20_000)
    assert reconciled(both, both, 0) == (set(), set(), 1)
    assert len(Client(Items((at, one) for one, at in both.items()), 0).begin()) < 500


@pytest.mark.parametrize("limit", [0, 4_096])
def test_few_missing_among_many_are_found_in_few_rounds(limit: int) -> None:
    theirs = many(20_000)
    ours = dict(theirs)
    missing = {one for i, one in enumerate(theirs) if i % 2_000 == 7}
    for one in missing:
        del ours[one]
    have, need, rounds = reconciled(ours, theirs, limit)
    assert (have, need) == (set(), missing)
    assert rounds <= (6 if limit == 0 else 12)


def test_who_asks_hardly_tells_its_own_ids() -> None:
    ours = {sha256(b"o%d" % number).digest(): 1 for number in range(2_000)}
    theirs = {sha256(b"t%d" % number).digest(): 1 for number in range(2_000)}
    client, server = (Items((at, one) for one, at in some.items()) for some in (ours, theirs))
    asking, asked, told = Client(client, 0), 0, 0
    message: bytes | None = asking.begin()
    while message is not None:
        answer = Server(server, 0).answer(message)
        asked, told = asked + len(message), told + len(answer)
        message, _, _ = asking.next(answer)
    assert told < 1.2 * 32 * len(theirs)
    assert asked < 0.3 * 32 * len(ours)


@pytest.mark.parametrize(("ours", "theirs"), [(0, 0), (0, 5_000), (5_000, 0), (1, 1)])
def test_nothing_and_everything(ours: int, theirs: int) -> None:
    have, need, _ = reconciled(many(ours), many(theirs), 8_192)
    assert have == set(many(ours)) - set(many(theirs))
    assert need == set(many(theirs)) - set(many(ours))


@given(st.lists(st.tuples(st.integers(0, 3), IDS), max_size=200, unique_by=lambda one: one[1]))
def test_a_fingerprint_is_of_the_set_and_not_of_how_it_is_cut(
    items: list[tuple[int, bytes]],
) -> None:
    held = Items(items)
    for lower in range(0, len(held), 17):
        for upper in range(lower, len(held) + 1, 13):
            alone = Items((0, one) for one in held.ids(lower, upper))
            assert held.fingerprint(lower, upper) == alone.fingerprint(0, len(alone))


@given(st.lists(st.tuples(st.integers(0, 3), IDS), min_size=2, unique_by=lambda one: one[1]))
def test_a_bound_is_the_shortest_that_parts_its_neighbours(items: list[tuple[int, bytes]]) -> None:
    held = Items(items)
    for here in range(1, len(held)):
        bound = held.bound(here)
        assert held.index(bound) == here
        assert len(bound) == 8 or held.index(bound[:-1]) < here


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_whatever_comes_is_answered_or_refused(rubbish: bytes) -> None:
    held = Items((at, one) for one, at in many(500).items())
    for message in (rubbish, b"\x61" + rubbish):
        try:
            answer = Server(held, 4_096).answer(message)
        except BadMessage:
            continue
        assert answer[0] == 0x61


@given(st.data())
def test_a_good_message_with_one_byte_changed_does_no_harm(data: st.DataObject) -> None:
    held = Items((at, one) for one, at in many(500).items())
    message = bytearray(Client(Items([]), 0).begin() + Client(held, 0).begin()[1:])
    message[data.draw(st.integers(0, len(message) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        answer = Server(held, 4_096).answer(bytes(message))
    except BadMessage:
        return
    assert len(answer) <= 4_096 or answer == b"\x61"


def test_another_version_is_answered_with_ours() -> None:
    assert Server(Items([]), 0).answer(b"\x62\x00") == b"\x61"
    with pytest.raises(BadMessage):
        Client(Items([]), 0).next(b"\x62")


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x10",
        b"\x61\x01",  # a bound cut short
        b"\x61\x00\x00\x03",  # a mode that is none
        b"\x61\x00\x21" + bytes(33) + b"\x00",  # a prefix of 33 bytes
        b"\x61" + b"\xff" * 11,  # a number that does not end
        b"\x61\x00\x00\x02\x7f",  # 127 ids that are not there
        b"\x61\x05\x00\x00\x01\x00\x00" + b"\x61\x00",  # what follows is cut short
    ],
)
def test_what_is_no_message_is_refused(message: bytes) -> None:
    with pytest.raises(BadMessage):
        Server(Items([]), 0).answer(message)


@pytest.mark.parametrize("part", [b"\x00", b"\x02\x00", b"\x01" + bytes(16)])
def test_an_answer_keeps_to_its_frame_however_much_is_asked(part: bytes) -> None:
    held = Items((at, one) for one, at in many(5_000).items())
    message = b"\x61" + b"".join(b"\x02\x00" + part for _ in range(65_000 // (2 + len(part))))
    assert len(Server(held, 4_096).answer(message)) <= 4_096
    answer, have, need = Client(held, 4_096).next(message)
    assert len(answer or b"") <= 4_096
    assert len(have) <= len(held)
    assert not need


def test_an_id_is_told_once_however_often_the_other_end_says_it() -> None:
    client = Client(Items([(1, bytes(32))]), 0)
    message = b"\x61\x00\x00\x02\x02" + b"\x07" * 32 + b"\x07" * 32
    assert client.next(message) == (None, [bytes(32)], [b"\x07" * 32])
    assert client.next(message) == (None, [], [])
    assert client.rounds == 2


@pytest.mark.parametrize("item", [(2**64 - 1, bytes(32)), (1, bytes(31)), (1, bytes(33))])
def test_what_is_no_item_is_not_taken(item: tuple[int, bytes]) -> None:
    with pytest.raises(ValueError, match="an item is a time below"):
        Items([item])


@pytest.mark.parametrize("end", [Client, Server])
def test_a_frame_in_which_no_round_would_advance_is_not_taken(end: type[Client | Server]) -> None:
    with pytest.raises(ValueError, match="a frame limit is 0 or at least 4096"):
        end(Items([]), 4_095)


@pytest.mark.soak
@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_a_million_against_a_million_and_against_nothing() -> None:
    """Both ends lie in this process; what the million itself takes is there before."""
    million = Items((n // 4, sha256(n.to_bytes(8, "big")).digest()) for n in range(1_000_000))
    assert talked(million, million) == (0, 1)
    assert talked(Items(()), million) == (1_000_000, 536)
    assert talked(million, Items(())) == (1_000_000, 1)


def talked(ours: Items, theirs: Items) -> tuple[int, int]:
    """Reconcile in frames as others take them; give how many were found, and the rounds."""
    tracemalloc.start()
    found, sent, rounds = talk(ours, theirs, limits.RELAY_FRAME)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent < 4_096 + 33 * found
    assert most < 100_000 + 120 * found  # of 256 MiB
    return found, rounds
