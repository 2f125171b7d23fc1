"""What has just come is known for a while, however much comes."""

from wayhome.peers import asking
from wayhome.peers.asking import Asking


def test_the_last_that_came_are_known_and_not_all_that_ever_came() -> None:
    ids = [number.to_bytes(32) for number in range(5 * asking.REMEMBERED)]
    here = Asking()
    for at in range(0, len(ids), 100):
        here.note(ids[at : at + 100])
        assert all(map(here.has_come, ids[max(0, at + 100 - asking.REMEMBERED) : at + 100 : 50]))
    known = sum(map(here.has_come, ids))
    assert asking.REMEMBERED <= known <= 2 * asking.REMEMBERED


def test_two_nodes_beside_each_other_begin_with_different_records() -> None:
    ids = [number.to_bytes(32) for number in range(2_000)]
    one, other = (Asking(seed).in_own_order(ids) for seed in (b"one", b"other"))
    assert sorted(one) == sorted(other) == ids
    assert len({*one[:200]}.intersection(other[:200])) < 50
