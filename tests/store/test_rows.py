"""Many rows in few statements: each is written and found once, however many there are."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from wayhome.store.rows import among, put

MOST = 300
INSERT, SELECT = "insert or ignore into one (number, twice) values", "select number from one where"


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        made.execute("create table one (number integer primary key, twice integer)")
        made.executemany("insert into one values (?, ?)", [(n, 2 * n) for n in range(MOST)])
        yield made


@pytest.mark.parametrize("asked", [0, 1, 2, 3, 5, 64, 65, 100, 127, 128, 129, 256, 299])
def test_what_is_asked_for_is_found_once_with_a_question_for_each_128(
    db: sqlite3.Connection, asked: int
) -> None:
    questions: list[str] = []
    db.set_trace_callback(questions.append)
    found = list(among(db, f"{SELECT} twice < ? and number in", (2 * MOST,), range(asked)))
    assert sorted(found) == [(n,) for n in range(asked)]
    assert len(questions) == -(-asked // 128)


@pytest.mark.parametrize("given", [0, 1, 2, 3, 7, 100, 127, 128, 129, 255])
def test_what_is_put_is_there_once_with_a_statement_for_each_power_of_two(
    db: sqlite3.Connection, given: int
) -> None:
    statements: list[str] = []
    db.set_trace_callback(statements.append)
    rows = [(n, n) for n in range(MOST - 1, MOST - 1 + given)]
    assert put(db, INSERT, rows) == max(0, given - 1), "the first is there already"
    assert len(statements) == given // 128 + (given % 128).bit_count()
    db.set_trace_callback(None)
    assert db.execute("select count(*) from one").fetchone() == (MOST + max(0, given - 1),)
