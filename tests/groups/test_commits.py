"""What one more record costs does not grow with what is stored: counted, not timed."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from groups.copying import Copy
from groups.world import World
from wayhome.channel.kinds import post
from wayhome.journal.answer import Kept
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
