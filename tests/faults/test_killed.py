"""Killed at any moment, a node has what it answered and a desk remembers what it stamped.

The rounds are the same in the test command and in the soak; only their number is not.
"""

import random

import pytest

from faults.killed_desk import KilledDesk
from faults.killed_node import KilledNode
from faults.life import Life

ROUNDS = 20
ROUNDS_AND_SEEDS = [
    pytest.param(ROUNDS, 1, marks=pytest.mark.slow),
    pytest.param(10 * ROUNDS, None, marks=[pytest.mark.slow, pytest.mark.soak]),
]


@pytest.mark.parametrize(("rounds", "seed"), ROUNDS_AND_SEEDS)
def test_a_node_killed_at_any_moment_shows_all_it_answered_once(
    life: Life, rounds: int, seed: int | None
) -> None:
    killed = KilledNode(life, life.node(), rounds, random.Random(seed))  # noqa: S311 - moments
    killed.run()
    assert killed.cut > rounds // 2, "it was hardly ever killed at work"


@pytest.mark.parametrize(("rounds", "seed"), ROUNDS_AND_SEEDS)
def test_a_desk_killed_at_any_moment_forgets_no_used_part(
    life: Life, rounds: int, seed: int | None
) -> None:
    node = life.node()
    desk = life.desk(life.world.groups[0], node.address, tick=0.1)
    killed = KilledDesk(life, desk, node, rounds, random.Random(seed))  # noqa: S311 - moments
    killed.run()
    assert killed.cut > rounds // 2, "it was hardly ever killed at work"
