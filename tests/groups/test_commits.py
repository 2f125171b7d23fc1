"""What one more record costs does not grow with what is stored: counted, not timed."""

import itertools
import tracemalloc
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from groups.copying import Copy
from groups.world import World
from wayhome.channel.kinds import post
from wayhome.groups.facts import CharterFact, CosignFact, SaidFact
from wayhome.groups.standing import Standing
from wayhome.journal import intake
from wayhome.journal.answer import Kept
from wayhome.journal.waiting import WaitingRoom
from wayhome.records.filter import Filter
from wayhome.records.record import Record
from wayhome.store.memory import MemoryStore


class Counted(MemoryStore):
    """Counts what it is asked to give."""

    given = 0

    def find(self, wanted: Filter) -> list[Record]:
        found = super().find(wanted)
        self.given += len(found)
        return found

    def lines(self, wanted: Filter) -> Iterator[bytes]:
        for line in super().lines(wanted):
            self.given += 1
            yield line

    def facts(self, view: str, subject: str | None = None) -> Iterator[bytes]:
        for row in super().facts(view, subject):
            self.given += 1
            yield row

    def known(self, lines: Sequence[bytes]) -> set[bytes]:
        found = super().known(lines)
        self.given += len(found)
        return found


def test_one_more_record_reads_as_much_at_hundreds_as_at_none(tmp_path: Path) -> None:
    world, store = World(), Counted()
    charter = world.found("Волга", 2, "abc")
    copy = Copy(tmp_path, charter.id, store)
    copy.take(world.records)
    costs: dict[str, list[int]] = {"post": [], "cosign": [], "asked for": []}
    assert copy.fold.records(post.NUMBER) == ()
    for n in range(100):
        said = world.post(charter, "a", f"{n}")
        costs["post"].append(cost(copy, said))
        world.cosign(said, charter.id, charter.id, "b")
        costs["cosign"].append(cost(copy, world.records[-1]))
        before = store.given
        assert copy.standing.is_official(said.id)
        assert said in copy.fold.records(post.NUMBER)
        costs["asked for"].append(store.given - before)
    copy.intake.close()
    assert {what: max(given) for what, given in costs.items()} == dict.fromkeys(costs, 0)


def cost(copy: Copy, record: Record) -> int:
    before = copy.store.given
    assert copy.take([record]) == [Kept(record.id, new=True)]
    return copy.store.given - before


class Asked(Standing):
    """Counts how often it is asked who is in office, and for whom that is found out."""

    times = 0

    def in_office(self, charter: str) -> frozenset[str]:
        Asked.times += 1
        return super().in_office(charter)


@pytest.mark.parametrize("is_fork", [False, True])
def test_one_more_amendment_looks_at_no_other_however_many_there_are(*, is_fork: bool) -> None:
    line = [f"{number:064x}" for number in range(200)]
    view = Asked.of([CharterFact(line[0], line[0], "a", 2, ("a", "b"), (), (), ()).fact().row])
    view = view.noting([CosignFact(line[0], line[0], line[0], "b").fact().row])
    costs = []
    for before, one in itertools.pairwise(line):
        prev = line[0] if is_fork else before
        Asked.times = 0
        view = view.noting(
            [
                CharterFact(one, line[0], "a", 2, ("a", "b"), (prev,), (), ()).fact().row,
                CosignFact(one, line[0], one, "b").fact().row,
            ]
        )
        costs.append(Asked.times)
        assert view.is_in_force(one)
    assert set(costs[1:]) == {costs[0]}
    assert len(view.history(line[0])) == len(line)


def test_amendments_in_any_order_all_come_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_ROUNDS", 2)
    monkeypatch.setattr(intake, "WaitingRoom", partial(WaitingRoom, places=5))
    world = World()
    first = last = world.found("Волга", 1, "a")
    for _ in range(40):
        last = world.amend([last], 1, "a", "a")
    copy = Copy(tmp_path, first.id)
    copy.take(world.records)
    copy.intake.close()
    assert copy.standing.heads(first.id) == (last.id,)


def test_what_amendments_seal_is_held_once_however_many_follow_each_other() -> None:
    line = [f"{number:064x}" for number in range(61)]
    sealed = [tuple(f"{of:032x}{number:032x}" for number in range(900)) for of in range(60)]
    rows = [CharterFact(line[0], line[0], "a", 1, ("a",), (), (), ())]
    rows += [
        CharterFact(one, line[0], "a", 1, ("a",), (before,), seals, ())
        for before, one, seals in zip(line, line[1:], sealed, strict=False)
    ]
    words = [
        SaidFact(seals[0], line[0], one, "a") for one, seals in zip(line, sealed, strict=False)
    ]
    standing = Standing.of(row.fact().row for row in (*rows, *words))
    tracemalloc.start()
    try:
        assert all(standing.is_official(one.record) for one in words)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 30_000_000  # seen: 7; where each charter had what all after it sealed, 89
