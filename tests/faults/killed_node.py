"""A node that is killed while people sign and while it releases what they sent."""

import random
import threading
from dataclasses import dataclass, field

from faults.kills import AT_A_TIME, ask_until_killed, assert_sound
from faults.life import Life, ids_of
from faults.processes import Process
from petition_world import DAY, DAYS, OPEN

LONG = 0.08  # seconds: a release takes about that long


@dataclass
class KilledNode:
    """Rounds of signing and killing; a day of the petition ends after some of them.

    Nothing is sent twice: what was answered and is lost stays lost, and is missed at the day's end.
    """

    life: Life
    node: Process
    rounds: int
    rng: random.Random
    answered: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    cut: int = 0  # signatures that were under way at a kill

    def run(self) -> None:
        self.node.start()
        self.life.publish(self.node)
        for number in range(self.rounds):
            day = number * DAYS // self.rounds
            self.round(day)
            if (number + 1) * DAYS // self.rounds > day:
                self.end_day(day)
        self.judge()

    def round(self, day: int) -> None:
        """Let people sign, and kill the node meanwhile."""
        records = self.life.signatures(AT_A_TIME, day)
        told = ask_until_killed(self.node, records, self.life.send, self.rng)
        assert {answer.status for _, answer in told.answered} <= {200, 202}
        self.answered |= {record.id for record, _ in told.answered}
        self.sent |= ids_of(records)
        self.cut += len(told.cut)
        self.node.start()

    def end_day(self, day: int) -> None:
        """Let a day end; half of the nodes are killed during the release."""
        self.life.clock.set(OPEN + (day + 1) * DAY)
        if self.rng.random() < 0.5:
            threading.Event().wait(self.rng.uniform(0, LONG))  # the claim is about any moment
            self.node.kill()
            self.node.start()
        self.life.wait_for(self.node, self.answered)

    def judge(self) -> None:
        """All that was answered is public, once, and nothing that nobody sent."""
        public = self.life.public(self.node)
        assert len(public) == len(set(public))
        assert self.answered <= set(public) <= self.sent
        counted = self.node.ask("GET", f"/petition/{self.life.petition}/tally.json").said
        assert counted["counted"] == len(public)
        self.node.stop()
        assert_sound(self.node.folder)
