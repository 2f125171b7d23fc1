"""Many at once at one stamping desk: a part is stamped once, and a repeated request gets the same.

The desk is a process of its own and every client has a connection of its own.
"""

import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import pytest

from faults.killed_desk import in_book
from faults.life import Life, Question
from faults.processes import Answer, Nursery, Process

pytestmark = pytest.mark.slow

CLIENTS = 64


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Iterator[Life]:
    life = Life(tmp_path_factory.mktemp("races"), nursery)
    yield life
    life.close()


@pytest.fixture(scope="module")
def desk(life: Life) -> Iterator[Process]:
    desk = life.desk(life.world.groups[0])
    life.open_desk(desk)
    desk.start()
    yield desk
    desk.stop()


def race(desk: Process, questions: Sequence[Question]) -> list[Answer]:
    """Ask all questions at the same moment; the answers are in the order of the questions.

    The desk is stopped until all have been sent, so that it finds them there together.
    """
    with ExitStack() as stack:
        clients = [stack.enter_context(desk.client()) for _ in questions]
        for client in clients:
            client.ask("GET", "/")  # connected
        desk.signal(signal.SIGSTOP)
        try:
            for client, question in zip(clients, questions, strict=True):
                client.send("POST", "/stamp", question.raw)
        finally:
            desk.signal(signal.SIGCONT)
        return [client.hear() for client in clients]


@pytest.mark.parametrize("parts", [3, pytest.param(200, marks=pytest.mark.soak)])
def test_of_64_numbers_for_one_part_one_is_stamped(life: Life, desk: Process, parts: int) -> None:
    before = in_book(desk, "issued")
    for part in life.parts(desk, parts):
        questions = [Question.of(life, part) for _ in range(CLIENTS)]
        answers = race(desk, questions)
        won = [i for i, answer in enumerate(answers) if answer.status == 200]
        assert len(won) == 1
        assert questions[won[0]].is_answered_by(answers[won[0]].body)
        lost = Counter(answer.verdict for i, answer in enumerate(answers) if i not in won)
        assert lost == {(409, "already-stamped"): CLIENTS - 1}
    assert in_book(desk, "issued") == before + parts


def test_one_request_from_64_clients_gets_the_same_bytes_and_counts_once(
    life: Life, desk: Process
) -> None:
    before = in_book(desk, "issued")
    question = Question.of(life, life.parts(desk, 1)[0])
    answers = race(desk, [question] * CLIENTS)
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert question.is_answered_by(answers[0].body)
    assert in_book(desk, "issued") == before + 1


def test_more_than_can_wait_are_told_when_to_come_again_and_all_are_stamped(
    life: Life, desk: Process
) -> None:
    before = in_book(desk, "issued")
    left = [Question.of(life, part) for part in life.parts(desk, 4 * CLIENTS)]
    busy = 0
    while left:
        answers = race(desk, left)
        refused = [
            (one, answer) for one, answer in zip(left, answers, strict=True) if answer.status != 200
        ]
        assert {answer.status for _, answer in refused} <= {429}
        assert all(answer.said == {"refused": "busy", "after": 2} for _, answer in refused)
        busy += len(refused)
        left = [one for one, _ in refused]
    assert busy, "there were not too many"
    assert in_book(desk, "issued") == before + 4 * CLIENTS


def test_a_second_desk_on_one_folder_does_not_start_and_says_why(life: Life, desk: Process) -> None:
    said = life.second(desk).start_in_vain()
    assert said == "wayhome: another stamping desk is running on this folder\n"
    with desk.client() as client:
        assert Question.of(life, life.parts(desk, 1)[0]).ask(client).status == 200


def test_a_second_node_on_one_folder_does_not_start_and_says_why(life: Life) -> None:
    node = life.node()
    node.start()
    said = life.second(node).start_in_vain()
    assert said == "wayhome: another node is running on this folder\n"
    assert node.ask("GET", "/records").status == 200
    node.stop()
