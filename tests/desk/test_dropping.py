"""What was erased or has lapsed leaves a desk's folder, whenever the desk is killed on the way."""

import os
import random
from contextlib import suppress
from pathlib import Path

import pytest

from cases.envelopes import Sealed, found
from faults.images import imaged
from groups.world import DAY, NOW, World
from wayhome.cases.slots import SLOT_BYTES
from wayhome.desk.envelopes import INDEX, NAME, Envelopes
from wayhome.records.record import Record

ROOM = 4_096  # bytes of what is gone, from which on these tests' files are written anew


@pytest.fixture(scope="module")
def group() -> Record:
    return found(World())


def sealed(group: Record, number: int, days: int = 0) -> list[Record]:
    """Make envelopes in slots of their own, of so many days ago."""
    rng = random.Random(number + days)  # noqa: S311 - slots of a test
    slots = (rng.randbytes(SLOT_BYTES).hex() for _ in range(number))
    return [Sealed(group, at=NOW - days * DAY, slot=one, bits=0).record for one in slots]


def contents(records: list[Record]) -> list[bytes]:
    """Give pieces of what is sealed in each."""
    return [one.content[at : at + 64].encode() for one in records for at in (200, 1_000, 2_000)]


def seen(folder: Path, group: Record, records: list[Record]) -> set[str]:
    """Give which of these a desk that starts again can read."""
    there = Envelopes(folder, group.id, ROOM)
    return {one.id for one in there.each(one.id for one in records)}


def ids(records: list[Record]) -> set[str]:
    return {one.id for one in records}


@pytest.mark.slow
def test_what_is_dropped_is_on_no_disk_and_does_not_come_again(
    tmp_path: Path, group: Record
) -> None:
    with imaged(tmp_path) as ground:
        records = sealed(group, 24)
        goes, stays = records[:16], records[16:]
        there = Envelopes(ground.under, group.id, ROOM)
        there.keep(records)
        before = ground.raw()
        assert all(any(one in raw for raw in before.values()) for one in contents(goes))
        there.drop(one.id for one in goes[:1])  # too little to write the file anew
        there.drop(one.id for one in goes)
        after = ground.raw()
        assert [name for name, raw in after.items() for one in contents(goes) if one in raw] == []
        assert (ground.under / NAME).stat().st_size < sum(len(one.line) + 1 for one in records)
        for again in (there, Envelopes(ground.under, group.id, ROOM)):
            assert again.keep(records) == 0
            assert again.slots.total() == len(records)
            assert set(again.ids) == ids(stays)
        # not in what the file was before it was written anew, either
        there.drop(one.id for one in stays[:1])
        after = ground.raw()
        assert [
            name for name, raw in after.items() for one in contents(stays[:1]) if one in raw
        ] == []
        stays = stays[1:]
        (ground.under / INDEX).unlink()
        assert Envelopes(ground.under, group.id, ROOM).keep(records) == 0
        assert seen(ground.under, group, records) == ids(stays)


class Killed(BaseException):
    """The desk's program has ended here."""


@pytest.fixture
def deadly(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let the program end at its n-th write in place, before half of it is on the disk."""
    left = [0]
    write = os.pwrite

    def killed(file: int, body: bytes, at: int) -> int:
        left[0] -= 1
        if left[0] == 0:
            write(file, body[: len(body) // 2], at)
            raise Killed
        return write(file, body, at)

    monkeypatch.setattr(os, "pwrite", killed)
    return left


@pytest.mark.parametrize("room", [ROOM, 2**30])
def test_killed_at_any_write_it_loses_nothing_that_stays_and_goes_on_at_the_next_start(
    tmp_path: Path, group: Record, deadly: list[int], room: int
) -> None:
    records = sealed(group, 9)
    goes, stays = records[::2], records[1::2]
    for kill in range(1, len(goes) + 2):
        folder = tmp_path / str(kill)
        folder.mkdir()
        there = Envelopes(folder, group.id, room)
        there.keep(records)
        deadly[0] = kill
        there.intend(one.id for one in goes)
        with suppress(Killed):
            there.finish()
        deadly[0] = 0
        assert ids(stays) <= seen(folder, group, records)
        again = Envelopes(folder, group.id, room)
        again.finish()
        assert seen(folder, group, records) == ids(stays)
        raw = b"".join(one.read_bytes() for one in folder.iterdir())
        assert [one for one in contents(goes) if one in raw] == []
        assert again.keep(records) == 0


def test_what_has_lapsed_is_told_by_its_day(tmp_path: Path, group: Record) -> None:
    old, new = sealed(group, 2, 365), sealed(group, 2, 364)
    there = Envelopes(tmp_path, group.id)
    there.keep([*old, *new])
    assert set(there.ended(NOW)) == ids(old)
