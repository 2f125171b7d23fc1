"""The view of standing against an oracle that follows the definitions and nothing else."""

from collections.abc import Iterator
from random import Random

import pytest

from groups.histories import History
from groups.oracle_standing import Oracle
from wayhome.groups.standing import Standing

SEEDS = 500  # histories a case
GROWING = 50


def mixed(history: History, seed: int) -> list[bytes]:
    """Give its rows in some order, some of them twice."""
    rows = [one.fact().row for one in history.rows]
    found = rows + rows[::3]
    Random(seed).shuffle(found)  # noqa: S311 - an order, not a secret
    return found


def agree(seed: int) -> None:
    history = History(seed)
    agrees(Standing.of(mixed(history, seed)), Oracle(history.rows), history, seed)


def agrees(standing: Standing, oracle: Oracle, history: History, seed: int) -> None:
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


def pieces(rows: list[bytes], chance: Random) -> Iterator[list[bytes]]:
    while rows:
        at = chance.choice((1, 1, 2, 9))
        yield rows[:at]
        rows = rows[at:]


@pytest.mark.parametrize("start", range(0, 2 * GROWING, GROWING))
def test_standing_that_is_told_bit_by_bit_is_what_all_of_it_says(start: int) -> None:
    """Everything is asked between any two bits, so that nothing which was found out stays on."""
    for seed in range(start, start + GROWING):
        history, chance = History(seed), Random(seed)  # noqa: S311 - an order, not a secret
        standing, told = Standing(), list[bytes]()
        before: list[tuple[Standing, object]] = [(standing, answers(standing, history))]
        rows = mixed(history, seed)
        if seed % 2:  # words last, one by one: nothing else is new when each of them comes
            rows.sort(key=lambda row: row.startswith(b'["said"'))
        for some in pieces(rows, chance):
            told += some
            standing = standing.noting(some)
            before.append((standing, answers(standing, history)))
            assert before[-1][1] == answers(Standing.of(told), history), seed
        agrees(standing, Oracle(history.rows), history, seed)
        assert all(answers(view, history) == said for view, said in before), "each stays as it was"


def answers(standing: Standing, history: History) -> object:
    """Give all that a view says of a history."""
    named = [one.id for one in history.charters] + [one.record for one in history.said]
    groups = sorted({one.group for one in history.charters})
    return (
        standing.groups(),
        standing.reached(tuple(groups[:1]), 3),
        [(standing.is_official(one), standing.signers(one)) for one in named],
        [(standing.is_in_force(one), standing.in_office(one)) for one in named],
        [
            (
                standing.heads(group),
                standing.history(group),
                standing.followed(group),
                standing.not_counted(group),
                standing.links(group),
                standing.linked_by(group),
            )
            for group in groups
        ],
    )


@pytest.mark.soak
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
