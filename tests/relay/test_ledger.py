"""A roll that grows holds what it was given, newest first, however it was given."""

import asyncio
import sqlite3
from contextlib import closing
from itertools import islice
from pathlib import Path
from random import Random

import pytest

import toys
from wayhome.relay.ledger import Ledger
from wayhome.relay.roll import Roll, id_in, item_of
from wayhome.store.line import key_of
from wayhome.store.sqlite import SqliteStore
from wayhome.store.store import Entry

PATIENCE = 30.0


@pytest.mark.parametrize("seed", range(5))
def test_a_roll_grown_by_batches_of_any_size_is_the_roll_of_all(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wayhome.relay.roll._PIECE", 7)
    chance = Random(seed)  # noqa: S311 - the same in every run
    keys = {key_of(chance.randrange(50), chance.randbytes(32).hex()) for _ in range(900)}
    left = iter(keys)
    roll = Roll()
    while batch := list(islice(left, chance.choice([1, 1, 3, 40, 300]))):
        roll = roll.plus(batch)
    assert list(roll.keys()) == sorted(keys)
    assert all(key in roll for key in keys)
    assert len(roll) == len(keys)
    some = {*chance.sample(sorted(keys), 300)}
    others = {key_of(chance.randrange(50), chance.randbytes(32).hex()) for _ in range(40)}
    assert list(roll.within(b"".join(sorted(some | others))).keys()) == sorted(some)
    assert list(roll.without(some | others).keys()) == sorted(keys - some)
    items = sorted(item_of(key) for key in keys)
    assert [(int.from_bytes(row[:8]), row[8:]) for row in roll.rows()] == items


def test_what_is_found_damaged_is_told_of_anew_when_a_peer_has_brought_it(tmp_path: Path) -> None:
    words = [toys.word(f"{number}") for number in range(3)]
    store = SqliteStore(tmp_path / "records.db")
    store.keep([Entry(one) for one in words])
    with closing(sqlite3.connect(tmp_path / "records.db", isolation_level=None)) as db:
        spoilt = words[1].line.replace(b'"content":"1"', b'"content":"2"')
        db.execute("update record set line = ? where line = ?", (spoilt, words[1].line))

    async def run() -> None:
        ledger = Ledger(store, [toys.WORD])
        async with asyncio.timeout(PATIENCE):
            while len((await ledger.rolls([toys.WORD]))[toys.WORD]) == 3:  # noqa: ASYNC110 - nobody is told
                await asyncio.sleep(0)
        await ledger.settle([toys.WORD])
        [roll] = (await ledger.rolls([toys.WORD])).values()
        assert sorted(map(id_in, roll.keys())) == sorted((words[0].id, words[2].id))
        assert store.keep([Entry(words[1])]).new == [True]
        assert ledger.tell([words[1]]) == [words[1]]
        await ledger.settle([toys.WORD])
        assert len((await ledger.rolls([toys.WORD]))[toys.WORD]) == 3

    asyncio.run(run())
    store.close()
