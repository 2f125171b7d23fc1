"""Who waits for its turn waits for whoever brings something, and for nobody else for long."""

from dataclasses import dataclass, field

from wayhome.peers.turn import FRUITLESS, LONGEST, QUIET, Holder, Turn


@dataclass
class Bringing:
    """What a peer has brought, and whether it is silent."""

    kept: int = 0
    is_quiet: bool = False
    failed: int = 0
    holder: Holder = field(init=False)

    def __post_init__(self) -> None:
        """Be somebody who can be in turn."""
        self.holder = Holder(lambda: self.kept, lambda: self.is_quiet, self.failed)


def test_nobody_is_waited_for_where_nobody_is_in_turn() -> None:
    turn, one, other = Turn(), Bringing(), Bringing()
    assert not turn.is_awaited(0, 0)
    turn.begin(one.holder, 0)
    assert turn.is_awaited(0, 1)
    turn.begin(other.holder, 1)  # who would not wait any longer
    turn.end(one.holder, 2)
    assert turn.is_awaited(0, 3)
    turn.end(other.holder, 3)
    assert not turn.is_awaited(0, 3)


def test_who_brings_something_now_and_then_is_waited_for_but_not_for_ever() -> None:
    turn, one = Turn(), Bringing(failed=9)
    turn.begin(one.holder, 0)
    one.kept = 1
    assert turn.is_awaited(0, 0.1)
    one = Bringing()
    turn.begin(one.holder, 0)
    at = 0.0
    while turn.is_awaited(0, at):
        at += FRUITLESS - 1
        one.kept += 1
    assert LONGEST <= at < LONGEST + FRUITLESS


def test_many_who_bring_nothing_one_after_the_other_are_waited_for_as_long_as_one() -> None:
    turn, at = Turn(), 0.0
    while turn.is_awaited(0, at) or not at:
        turn.begin(Bringing().holder, at)
        at += 10
    assert at == FRUITLESS


def test_who_has_nothing_to_say_is_not_waited_for() -> None:
    turn, one = Turn(), Bringing(is_quiet=True)
    turn.begin(one.holder, 0)
    assert turn.is_awaited(0, QUIET - 1)
    one.kept = 1  # it gives files: the line is silent meanwhile
    assert turn.is_awaited(0, QUIET)
    assert not turn.is_awaited(0, 2 * QUIET)


def test_whose_turns_came_to_nothing_is_waited_for_ever_less() -> None:
    waited = []
    for failed in range(4):
        turn, at = Turn(), 0.0
        turn.begin(Bringing(failed=failed).holder, 0)
        while turn.is_awaited(0, at):
            at += 0.5
        waited.append(at)
    assert waited == [60, 15, 4, 1]


def test_who_has_failed_for_a_year_is_waited_for_no_longer() -> None:
    turn = Turn()
    turn.begin(Bringing(failed=100_000).holder, 0)
    assert not turn.is_awaited(0, 1)
