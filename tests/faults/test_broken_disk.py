"""A disk that fails: no yes after the fault, the process ends, and what was answered is there."""

import os
import shutil
from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from pathlib import Path
from typing import TypeVar

import pytest

from faults.killed_desk import in_book
from faults.kills import assert_sound
from faults.life import Life, Question
from faults.processes import LOST, Nursery
from petition_world import DAY, OPEN

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("strace") or os.environ.get("CI")), reason="strace is not here"
    ),
]

_Asked = TypeVar("_Asked")
FAULT = "fdatasync:error=EIO:when=12+"  # of one thread: the opening takes fewer


@pytest.fixture
def failing(life: Life, tmp_path: Path) -> Iterator[Nursery]:
    """Processes whose disk fails after some commits."""
    strace = ["strace", "-f", "-qq", "-o", str(tmp_path / "trace"), "-e", "trace=fdatasync"]
    nursery = Nursery(*strace, "-e", f"inject={FAULT}")
    yield nursery
    life.close()  # it ends when the last of its processes has
    nursery.close()


def until_it_ends(asked: Sequence[_Asked]) -> Iterator[_Asked]:
    """Give each, then the last one again and again: it has to end by itself."""
    return chain(asked, repeat(asked[-1], 50_000))


def test_a_node_whose_disk_fails_ends_and_has_what_it_answered(
    life: Life, nursery: Nursery, failing: Nursery
) -> None:
    node = life.node()
    node.start()
    life.publish(node)
    node.stop()
    node.nursery = failing
    node.start()
    answered: set[str] = set()
    with pytest.raises(LOST), node.client() as client:  # noqa: PT012 - until it hangs up
        for record in until_it_ends(life.signatures(30)):
            answer = life.send(client, record)
            assert answer.status in {202, 503}
            if answer.status == 202:
                answered.add(record.id)
    assert answered
    assert node.ended() == 1
    assert "the disk failed" in node.log.read_text()
    node.nursery = nursery
    node.start()
    life.clock.set(OPEN + DAY)
    life.wait_for(node, answered)
    node.stop()
    assert_sound(node.folder)


def test_a_desk_whose_disk_fails_ends_and_remembers_what_it_stamped(
    life: Life, nursery: Nursery, failing: Nursery
) -> None:
    desk = life.desk(life.world.groups[0])
    life.open_desk(desk)
    questions = [Question.of(life, part) for part in life.parts(desk, 30)]
    desk.nursery = failing
    desk.start()
    stamped = []
    with pytest.raises(LOST), desk.client() as client:  # noqa: PT012 - until it hangs up
        for question in until_it_ends(questions):
            answer = question.ask(client)
            assert answer.status in {200, 503}, desk.log.read_text()
            if answer.status == 200:
                stamped.append((question, answer.body))
    assert stamped
    assert desk.ended() == 1
    assert "the disk failed" in desk.log.read_text()
    desk.nursery = nursery
    desk.start()
    assert in_book(desk, "issued") >= len(stamped)
    with desk.client() as client:
        for question, body in stamped:
            assert question.another.ask(client).verdict == (409, "already-stamped")
            assert question.ask(client).body == body
    desk.stop()
    assert_sound(desk.folder)
