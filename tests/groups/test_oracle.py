"""The view of standing against an oracle that follows the definitions and nothing else."""

from random import Random

import pytest

from groups.histories import History
from groups.oracle_standing import Oracle
from wayhome.groups.standing import Standing

SEEDS = 500  # histories a case


def agree(seed: int) -> None:
    history = History(seed)
    rows = [one.fact().row for one in history.rows]
    mixed = rows + rows[::3]
    Random(seed).shuffle(mixed)  # noqa: S311 - an order, not a secret
    standing, oracle = Standing.of(mixed), Oracle(history.rows)
    for charter in history.charters:
        assert standing.is_in_force(charter.id) == (charter.id in oracle.in_force), seed
        assert standing.in_office(charter.id) == oracle.in_office(charter.id), seed
    for group in {one.group for one in history.charters}:
        assert set(standing.heads(group)) == oracle.heads(group), seed
        assert standing.links(group) == oracle.links(group), seed
    for said in (*history.said, *history.charters):
        name = getattr(said, "record", "") or getattr(said, "id", "")
        assert standing.signers(name) == oracle.signers(name), seed
        assert standing.is_official(name) == oracle.is_official(name), seed


@pytest.mark.parametrize("start", range(0, 8 * SEEDS, SEEDS))
def test_standing_is_what_the_definitions_say(start: int) -> None:
    for seed in range(start, start + SEEDS):
        agree(seed)


@pytest.mark.slow
def test_standing_is_what_the_definitions_say_in_many_more() -> None:
    for seed in range(100_000, 106_000):
        agree(seed)


def test_the_histories_hold_what_they_are_for() -> None:
    """A generator that never makes a fork shows nothing about forks."""
    found = {"split": 0, "witnessed": 0, "sealed": 0, "healed": 0, "proposal": 0, "linked": 0}
    for seed in range(400):
        history = History(seed)
        oracle = Oracle(history.rows)
        for group in {one.group for one in history.charters}:
            ends, heads = oracle.ends(group), oracle.heads(group)
            found["split"] += len(heads) > 1
            found["witnessed"] += heads < ends
            found["healed"] += any(len(oracle.charters[one].prev) > 1 for one in heads)
            found["linked"] += bool(oracle.links(group))
        for said in history.said:
            official = oracle.is_official(said.record)
            found["proposal"] += not official
            found["sealed"] += official and said.charter not in oracle.heads(said.group)
    assert min(found.values()) >= 10, found
