"""Kills: many clients ask a process until it is killed, at a random moment."""

import random
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from faults.processes import LOST, PATIENCE, Answer, Client, Process, together

CLIENTS = 4
AT_A_TIME = 24  # questions that are ready in one round
LATEST = 16  # answers before the kill: enough is left to be under way, however fast all of it is
SHORT = 0.005  # seconds from that answer to the kill: the next ones take about that long

_Asked = TypeVar("_Asked")
Ask = Callable[[Client, _Asked], Answer]


@dataclass
class Told(Generic[_Asked]):
    """What was asked in one round, and what was answered before the kill."""

    answered: list[tuple[_Asked, Answer]] = field(default_factory=list)
    cut: list[_Asked] = field(default_factory=list)  # sent, and no answer came
    enough: threading.Event = field(default_factory=threading.Event)


def ask_until_killed(
    process: Process, questions: Sequence[_Asked], ask: Ask[_Asked], rng: random.Random
) -> Told[_Asked]:
    """Ask from some clients at once, and kill the process some answers later."""
    after, pause = rng.randint(1, LATEST), rng.uniform(0, SHORT)
    told: Told[_Asked] = Told()
    left = in_turn(questions)

    def asking() -> None:
        with process.client() as client:
            for question in left():
                try:
                    told.answered.append((question, ask(client, question)))
                except LOST:
                    told.cut.append(question)
                    return
                if len(told.answered) >= after:
                    told.enough.set()

    with together(*[asking] * CLIENTS):
        assert told.enough.wait(PATIENCE)
        threading.Event().wait(pause)  # the claim is about any moment
        process.kill()
    return told


def in_turn(questions: Sequence[_Asked]) -> Callable[[], Iterator[_Asked]]:
    """Give what several threads take from, each question once."""
    left: SimpleQueue[_Asked] = SimpleQueue()
    for question in questions:
        left.put(question)

    def taken() -> Iterator[_Asked]:
        while True:
            try:
                yield left.get_nowait()
            except Empty:
                return

    return taken


def assert_sound(folder: Path) -> None:
    """Every database of a folder is whole."""
    found = list(folder.glob("*.db"))
    assert found
    for path in found:
        db = sqlite3.connect(path)
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        db.close()
