"""A peer costs a bounded amount an hour, and one that is away is asked ever more rarely."""

from hypothesis import given
from hypothesis import strategies as st

from wayhome.codec import limits
from wayhome.peers.asking import PATIENCE, Asking
from wayhome.peers.patience import MOST, Patience
from wayhome.peers.quota import HOUR, Quota, Spent, Waste


def test_what_is_of_use_is_not_counted() -> None:
    quota = Quota(0.0)
    for _ in range(100):
        quota = quota.bill(1.0, Waste(bytes=limits.PEER_BYTES // 2))
        quota = quota.bill(1.0, Waste(bytes=-(limits.PEER_BYTES // 2)))
    assert quota.over is None


def test_use_is_no_credit_for_waste_to_come() -> None:
    quota = Quota(0.0).bill(1.0, Waste(bytes=-limits.PEER_BYTES))
    assert quota.bill(2.0, Waste(bytes=limits.PEER_BYTES + 1)).over == "too-many-bytes"


def test_each_bound_has_its_word() -> None:
    billed = {
        "too-many-bytes": Waste(bytes=limits.PEER_BYTES + 1),
        "too-many-records": Waste(records=limits.PEER_RECORDS + 1),
        "too-much-work": Waste(seconds=limits.PEER_SECONDS + 1),
    }
    assert {Quota(0.0).bill(0.0, waste).over: waste for waste in billed.values()} == billed


def test_an_hour_later_it_begins_anew_and_until_then_the_peer_rests() -> None:
    over = Quota(100.0).bill(700.0, Waste(records=limits.PEER_RECORDS + 1))
    assert over.rest(700.0) == HOUR - 600.0
    assert over.rest(100.0 + HOUR) == 0.0
    assert over.bill(100.0 + HOUR, Waste(records=1)).over is None


def test_a_clock_that_was_set_back_gives_no_rest_without_end() -> None:
    over = Quota(10_000.0).bill(10_000.0, Waste(records=limits.PEER_RECORDS + 1))
    assert over.rest(5.0) == 0.0


@given(st.lists(st.floats(0, 50_000), min_size=1, max_size=50), st.floats(0, HOUR))
def test_nobody_costs_more_in_an_hour_than_two_bounds(costs: list[float], step: float) -> None:
    quota, now, spent = Quota(0.0), 0.0, 0.0
    for cost in costs:
        if not quota.rest(now) and now < HOUR:
            quota = quota.bill(now, Waste(records=cost))
            spent += cost
        now += step / len(costs)
    assert spent <= limits.PEER_RECORDS + max(costs)


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_no_wait_is_longer_than_a_quarter_of_an_hour(failures: int, chance: float) -> None:
    assert 0.5 <= Patience(failures).seconds(chance) <= MOST


def test_each_failure_doubles_the_wait_and_chance_parts_those_who_wait() -> None:
    waits, patience = [], Patience()
    for _ in range(12):
        waits.append(patience.seconds(0.0))
        patience = patience.after_failure()
    assert waits[:4] == [1.0, 2.0, 4.0, 8.0]
    assert waits[-1] == MOST
    assert patience.seconds(0.5) < patience.seconds(0.0)


def test_what_one_peer_is_asked_for_another_is_not_until_it_came_or_took_too_long() -> None:
    asking = Asking()
    first, second, third = (bytes([number]) * 32 for number in range(3))
    assert asking.take([first, second], 0.0) == [first, second]
    assert asking.take([first, second, third], 1.0) == [third]
    asking.give_back([first])
    assert asking.take([first, second], 2.0) == [first]
    assert asking.take([second], PATIENCE) == [second]
    assert asking.take_files(3971, 0.0)
    assert not asking.take_files(3971, PATIENCE - 1)
    assert asking.take_files(3963, 1.0)
    assert asking.take_files(3971, PATIENCE)


def test_of_what_a_group_left_behind_the_most_is_taken_up_first_and_for_an_hour() -> None:
    spent = Spent()
    little, much = (Quota(0.0).bill(1.0, Waste(number)) for number in (1, 2))
    spent.leave("a", little)
    spent.leave("a", much)
    assert spent.take("b", 2.0) == Quota(2.0)
    assert [spent.take("a", 2.0) for _ in range(3)] == [much, little, Quota(2.0)]
    spent.leave("a", much)
    assert spent.take("a", HOUR) == Quota(HOUR)
