"""One question asks for what comes in a few seconds, and for no more than other relays take."""

from hypothesis import given
from hypothesis import strategies as st

from wayhome.codec import limits
from wayhome.peers.portion import FIRST, LEAST, QUICK, SLOW, Portion


def test_a_quick_line_soon_takes_as_many_as_a_question_may_ask_for() -> None:
    portion, questions = Portion(), 0
    while portion.most < limits.PEER_ASKED:
        portion, questions = portion.after(portion.most, QUICK / 2), questions + 1
    assert questions <= 5
    assert portion.after(portion.most, 0.0).most == limits.PEER_ASKED


def test_a_small_question_that_is_answered_at_once_tells_nothing_of_a_large_one() -> None:
    assert Portion(100).after(3, 0.0) == Portion(100)


@given(st.integers(1, 50), st.integers(2, 300))
def test_on_a_slow_line_an_answer_soon_takes_seconds(rate: int, trip: int) -> None:
    portion = Portion(limits.PEER_ASKED)
    for _ in range(10):
        portion = portion.after(portion.most, trip / 100 + portion.most / rate)
    assert portion.most <= LEAST or trip / 100 + portion.most / rate <= 2 * SLOW


def test_only_on_a_line_that_has_proved_slow_much_waits_for_its_turn() -> None:
    slow = Portion().after(FIRST, 2 * SLOW)
    assert slow.is_too_small_for(FIRST + 1)
    assert not slow.is_too_small_for(FIRST)
    assert not Portion().is_too_small_for(1_000)
    assert not slow.after(slow.most, QUICK / 2).is_too_small_for(1_000)
    assert not Portion().after(1, 2 * SLOW).is_too_small_for(1_000)  # one tells nothing of many


def test_a_new_line_is_not_taken_for_quick_because_the_last_one_was() -> None:
    assert Portion(limits.PEER_ASKED).at_first == Portion()
    assert Portion(LEAST).at_first == Portion(LEAST)
