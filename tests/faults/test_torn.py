"""Half a line at the end of a desk's counters, as a power cut leaves it: the chain goes on."""

import pytest

from faults.killed_desk import counters_of, in_book
from faults.life import Life, Question
from faults.processes import wait_until
from petition_world import DAY, OPEN

pytestmark = pytest.mark.slow


def test_half_a_counter_is_written_over_and_the_chain_goes_on(life: Life) -> None:
    node = life.node()
    node.start()
    life.publish(node)
    group = life.world.groups[0]
    desk = life.desk(group, node.address)
    desk.start()
    wait_until("the clerk has opened it", lambda: in_book(desk, "stage") == "open")
    parts = life.parts(desk, 2)
    counters = desk.folder / "counters.jsonl"
    for day, part in enumerate(parts, 1):
        with desk.client() as client:
            assert Question.of(life, part).ask(client).status == 200
        desk.kill()
        with counters.open("ab") as file:
            file.write(counters.read_bytes()[:200])
        life.clock.set(OPEN + day * DAY)
        desk.start()
        wait_until("it counts", lambda day=day: len(counters_of(node, group)) == day + 1)
    chain = counters_of(node, group)
    assert [one["issued"] for one in chain] == ["0", "1", "2"]
    assert counters.read_bytes().count(b"\n") == len(chain)
    desk.stop()
    node.stop()
