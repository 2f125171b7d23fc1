"""Slot rows: where the next things of a case will lie, a row for each writer and direction."""

from collections.abc import Callable, Container
from dataclasses import dataclass, field

from wayhome.cases.mailbox import AHEAD


@dataclass(slots=True)
class Row:
    """The slots of one writer in one direction, made as far as is looked for.

    `free` is the number of the first that nothing lies in, as far as is known; `told` how many of
    those that were made the caseload looks for already.
    """

    slot: Callable[[int], str] = field(repr=False)
    made: list[str] = field(default_factory=list, repr=False)
    free: int = 0
    told: int = 0
    for_intake: bool = False  # what lies here is sealed to seasons, not to the case

    def reach(self, *taken: Container[str]) -> None:
        """Make slots up to some beyond the last in which something lies, or lay once."""
        while len(self.made) < self.free + AHEAD:
            slot = self.slot(len(self.made))
            self.made.append(slot)
            for one in taken:
                if slot in one:
                    self.free = len(self.made)

    def take(self, slot: str, *taken: Container[str]) -> None:
        """Know that something lies in one of its slots."""
        self.free = max(self.free, self.made.index(slot) + 1)
        self.reach(*taken)

    def next(self, taken: Container[str]) -> str:
        """Give the first behind the last in which something lies."""
        self.reach(taken)
        for number in range(self.free, len(self.made)):
            if self.made[number] in taken:
                self.free = number + 1
        self.reach(taken)
        return self.made[self.free]

    def seen(self, there: Container[str]) -> int:
        """Give the number of the first that is free for whoever sees these alone, as a family."""
        found = number = 0
        while number < found + AHEAD:
            if number == len(self.made):
                self.made.append(self.slot(number))
            if self.made[number] in there:
                found = number + 1
            number += 1
        return found

    def untold(self) -> list[str]:
        """Give those that nobody looks for yet, once."""
        new = self.made[self.told :]
        self.told = len(self.made)
        return new
