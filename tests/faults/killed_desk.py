"""A stamping desk that is killed while people ask it for stamps, with its clerk beside it."""

import json
import random
import sqlite3
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from faults.kills import AT_A_TIME, CLIENTS, Told, ask_until_killed, assert_sound, in_turn
from faults.life import Life, Question
from faults.processes import Process, together, wait_until
from petition_world import DAY, DAYS, OPEN, Group


@dataclass
class KilledDesk:
    """Rounds of asking and killing; after each, everything that was asked is asked again."""

    life: Life
    desk: Process
    node: Process
    rounds: int
    rng: random.Random
    given: int = 0  # stamps
    due: list[tuple[int, int]] = field(default_factory=list)  # end of a window, stamps until then
    cut: int = 0  # requests that were under way at a kill

    def run(self) -> None:
        self.node.start()
        self.life.publish(self.node)
        self.desk.start()
        wait_until("the clerk has opened the desk", lambda: in_book(self.desk, "stage") == "open")
        parts = self.life.parts(self.desk, self.rounds * AT_A_TIME)
        for number in range(self.rounds):
            self.round([Question.of(self.life, parts.pop()) for _ in range(AT_A_TIME)])
            day = (number + 1) * (DAYS - 1) // self.rounds
            if OPEN + day * DAY > self.life.clock.at:
                self.due.append((OPEN + day * DAY, self.given))
                self.life.clock.set(OPEN + day * DAY)
        self.judge_counters()
        self.desk.stop()
        assert_sound(self.desk.folder)

    def round(self, questions: list[Question]) -> None:
        """Ask for stamps, kill the desk meanwhile, start it, and ask for the same again."""
        told = ask_until_killed(self.desk, questions, lambda client, one: one.ask(client), self.rng)
        assert {answer.status for _, answer in told.answered} == {200}
        self.cut += len(told.cut)
        self.desk.start()
        assert in_book(self.desk, "issued") >= self.given + len(told.answered)
        self.given += self.ask_again(told)
        assert in_book(self.desk, "issued") == self.given

    def ask_again(self, told: Told[Question]) -> int:
        """Repeat every request of a round, ask each part for another number; gives how many."""
        given = {question.part: answer.body for question, answer in told.answered}
        asked = [*(question for question, _ in told.answered), *told.cut]
        left = in_turn(asked)

        def ask() -> None:
            with self.desk.client() as client:
                for question in left():
                    if question.part in given:  # before it is repeated, for that would use it anew
                        assert question.another.ask(client).verdict == (409, "already-stamped")
                    again = question.ask(client)
                    assert again.status == 200, again.body
                    assert again.body == given.get(question.part, again.body)
                    assert question.is_answered_by(again.body)
                    assert question.another.ask(client).verdict == (409, "already-stamped")

        with together(*[ask] * CLIENTS):
            return len(asked)

    def judge_counters(self) -> None:
        """The chain has no fork, and no counter is below what was stamped before its time."""
        self.life.clock.set(self.life.clock.at + DAY)
        issued = in_book(self.desk, "issued")
        wait_until("the last counter is public", lambda: self.chain()[-1]["issued"] == str(issued))
        chain = self.chain()
        assert [one["n"] for one in chain] == [str(n) for n in range(len(chain))]
        assert [one["prev"] for one in chain[1:]] == [one["id"] for one in chain[:-1]]
        for at, given in self.due:
            later = [int(one["issued"]) for one in chain if one["at"] >= at]
            assert min(later) >= given, (at, given, chain)

    def chain(self) -> list[dict[str, Any]]:
        """Give the desk's counters that the node shows, first to last."""
        return counters_of(self.node, self.life.world.groups[0])


def counters_of(node: Process, group: Group) -> list[dict[str, Any]]:
    """Give the counters of a group's desk that a node shows, first to last."""
    lines = node.ask("GET", "/records/3973.jsonl").body.splitlines()
    said = [
        {"id": one["id"], "at": one["created_at"]}
        | {tag[0]: tag[1] for tag in one["tags"] if len(tag) > 1}
        for one in map(json.loads, lines)
    ]
    own = [one for one in said if one["g"] == group.id]
    return sorted(own, key=itemgetter("at"))


def in_book(desk: Process, column: str) -> Any:
    """Read a column of a desk's book from outside."""
    db = sqlite3.connect(desk.folder / "book.db", timeout=10)
    try:
        return db.execute(f"select {column} from desk").fetchone()[0]  # noqa: S608 - our own word
    finally:
        db.close()
