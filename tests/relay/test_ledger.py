"""A roll that grows holds what it was given, newest first, however it was given."""

from itertools import islice
from random import Random

import pytest

from wayhome.relay.ledger import Roll, key_of


@pytest.mark.parametrize("seed", range(5))
def test_a_roll_grown_by_batches_of_any_size_is_the_roll_of_all(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wayhome.relay.ledger._PIECE", 7)
    chance = Random(seed)  # noqa: S311 - the same in every run
    keys = {key_of(chance.randrange(50), chance.randbytes(32).hex()) for _ in range(900)}
    left = iter(keys)
    roll = Roll()
    while batch := list(islice(left, chance.choice([1, 1, 3, 40, 300]))):
        roll = roll.plus(batch)
    assert list(roll.keys()) == sorted(keys)
    assert all(key in roll for key in keys)
    assert len(roll) == len(keys)
