"""Portion: how many records one question asks for, so that the answer comes in a few seconds.

A thousand would hold up a slow line for minutes. Whoever is cut off then begins anew, and meanwhile
three who are behind the same line ask for the same, for none can tell the others that it has come.
"""

from dataclasses import dataclass

from wayhome.codec import limits

FIRST = 50  # records: 4 s at 64 kbit/s, and on a quick line 500 are reached with the fifth question
QUICK = 2.0  # seconds: an answer that comes sooner could have been twice as long
LEAST = 10  # records: with fewer the way there and back would be most of it
SLOW = 8.0  # seconds: one that takes longer is too long


@dataclass(frozen=True, slots=True)
class Portion:
    """So many."""

    number: int = FIRST

    @property
    def most(self) -> int:
        """How many one question may ask for."""
        return min(self.number, limits.PEER_ASKED)

    @property
    def at_first(self) -> "Portion":
        """What a new line begins with: it may be slower than the last."""
        return Portion(min(self.number, FIRST))

    def is_too_small_for(self, number: int) -> bool:
        """Tell whether the line is slow and so many would keep it busy for long."""
        return self.number < FIRST < number

    def after(self, asked: int, seconds: float) -> "Portion":
        """Give what holds after an answer to a question for so many took so long."""
        if seconds > SLOW:
            return Portion(max(LEAST, min(self.number, asked) // 2)) if asked >= LEAST else self
        if seconds < QUICK and asked >= self.most:
            return Portion(2 * self.most)
        return self
