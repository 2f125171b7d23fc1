"""Whatever happens to five nodes, they come to hold the same and forget nothing they answered."""

from collections import Counter
from pathlib import Path

import pytest
import uvloop

from movement import Movement, lowest, public, rows_of


async def agree(seed: int, steps: int, folder: Path) -> Counter[str]:
    movement = Movement(seed, folder)
    try:
        await movement.run(steps)
        answered = [record for node in movement.nodes for record in node.answered]
        before = [record for node in movement.nodes for record in public(node)]
        await movement.settle()
        expected = lowest([*answered, *before])
        for node in movement.nodes:
            held = {record.id: record for record in public(node)}
            assert held.keys() == expected.keys(), seed
            assert node.view == rows_of(expected.values()), seed
        return Counter(movement.counted) + Counter(kept=len(expected), gave=len({*answered}))
    finally:
        await movement.stop()


@pytest.mark.slow
def test_five_nodes_agree_with_a_slow_oracle_and_forget_nothing(tmp_path: Path) -> None:
    done = uvloop.run(agree(21, 120, tmp_path))
    assert min(done.values()) >= 2, done  # a seed by which nothing happens shows nothing


@pytest.mark.soak
@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_five_nodes_agree_by_many_more_seeds(tmp_path: Path) -> None:
    for seed in range(200):
        uvloop.run(agree(seed, 300, tmp_path / str(seed)))
