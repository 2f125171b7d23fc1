"""A full disk: said in words, nothing is lost or half there, and it goes on when there is room."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.disks import PageLimit, SmallDisk, is_mountable, mounted
from faults.killed_desk import in_book
from faults.kills import assert_sound
from faults.life import CLOSE, LISTS, Life, Question, ids_of
from faults.processes import Process, wait_until
from petition_world import DAY, OPEN
from wayhome.records.record import Record

pytestmark = pytest.mark.slow

Disk = PageLimit | SmallDisk


@pytest.fixture(params=["limit", "disk"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    if request.param == "limit":
        yield PageLimit()
        return
    with mounted(tmp_path / "small") as disk:
        yield disk


@pytest.fixture
def best_disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk that is really full where one can be mounted."""
    if is_mountable():
        with mounted(tmp_path / "small") as disk:
            yield disk
    else:
        yield PageLimit()


def send_all(life: Life, node: Process, records: list[Record]) -> list[Record]:
    """Send them; gives those that the node had no room for."""
    left = []
    with node.client() as client:
        for record in records:
            answer = life.send(client, record)
            if answer.status == 503:
                assert answer.said == {"refused": "storage"}
                left.append(record)
            else:
                assert answer.status in {200, 202}, answer.body
    return left


def test_a_node_without_room_says_so_reads_on_and_goes_on_later(disk: Disk, life: Life) -> None:
    node = life.node(under=disk.under)
    node.start()
    life.publish(node)
    first, second = life.signatures(5), life.signatures(40)
    assert send_all(life, node, first) == []
    disk.fill(node)
    left = send_all(life, node, second)
    assert left
    life.clock.set(OPEN + DAY)  # and what is held cannot be released either
    third = life.signatures(3, day=1)
    assert send_all(life, node, third) == third
    for path in (f"/petition/{life.petition}.json", f"/petition/{life.petition}/sheet.jsonl"):
        assert node.ask("GET", path).status == 200
    disk.give_room(node)
    answered = ids_of([*first, *(one for one in second if one not in left)])
    life.wait_for(node, answered)
    assert send_all(life, node, [*left, *third]) == []
    life.clock.set(OPEN + 2 * DAY)
    everything = ids_of([*first, *second, *third])
    life.wait_for(node, everything)
    assert sorted(life.public(node)) == sorted(everything)
    node.stop()
    assert_sound(node.folder)


def test_a_node_without_room_lists_later_what_it_could_not_list(disk: Disk, life: Life) -> None:
    node = life.node_of(life.world.groups[0], under=disk.under)
    node.start()
    life.publish(node)
    assert send_all(life, node, life.signatures(3)) == []
    life.clock.set(CLOSE)
    wait_until("they are public", lambda: len(life.public(node)) == 3)
    disk.fill(node)
    life.clock.set(LISTS)
    with node.client() as client:
        assert [client.ask("GET", "/records").status for _ in range(20)] == [200] * 20
    disk.give_room(node)
    wait_until("it has listed", lambda: node.ask("GET", "/records/3975.ids").body)
    said = node.ask("GET", "/records/3975.jsonl").body
    assert said.count(b'["count","3"') == 1
    node.stop()
    assert_sound(node.folder)


def test_a_desk_without_room_spends_nothing_and_goes_on_later(best_disk: Disk, life: Life) -> None:
    disk = best_disk
    desk = life.desk(life.world.groups[0], under=disk.under)
    life.open_desk(desk)
    desk.start()
    questions = [Question.of(life, part) for part in life.parts(desk, 400)]
    with desk.client() as client:
        disk.fill(desk)
        answers = [one.ask(client) for one in questions]
        refused = [one for one in answers if one.status != 200]
        assert refused
        assert {answer.verdict for answer in refused} == {(503, "storage")}
        assert in_book(desk, "issued") == len(answers) - len(refused)
        assert client.ask("GET", "/").status == 200
        disk.give_room(desk)
        again = [one.ask(client) for one in questions]
    assert {answer.status for answer in again} == {200}
    assert in_book(desk, "issued") == len(questions)
    for before, after in zip(answers, again, strict=True):
        assert before.status != 200 or before.body == after.body
    desk.stop()
    assert_sound(desk.folder)


def test_a_clerk_without_room_for_its_first_counter_opens_the_desk_later(life: Life) -> None:
    with mounted(life.folder / "small") as disk:
        node = life.node()
        node.start()
        desk = life.desk(life.world.groups[0], node.address, under=disk.under)
        question = Question.of(life, life.parts(desk, 1)[0])
        desk.start()
        disk.fill(desk)
        life.publish(node)
        tried = desk.folder / "counters.jsonl"
        wait_until("the clerk has tried", tried.exists)
        assert tried.read_bytes().count(b"\n") == 0
        with desk.client() as client:
            answers = [question.ask(client) for _ in range(200)]
            assert {answer.verdict for answer in answers} == {(403, "not-open")}
            disk.give_room(desk)
            wait_until("it stamps", lambda: question.ask(client).status == 200)
        desk.stop()
        node.stop()
