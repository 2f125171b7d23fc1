"""Turn: one peer at a time is asked for all that we lack; bad ones put nobody off for long.

After a line was cut several have what we lack; each would be asked for all its ids. So who is not
in turn waits: until nobody is, or until waiting is of no use. The clock is an argument.
"""

from collections.abc import Callable
from dataclasses import dataclass

FRUITLESS = 60.0  # seconds in which nobody in turn has brought anything
QUIET = 10.0  # seconds of them in which it says nothing either
LESS = 4.0  # times shorter for each turn in a row that came to nothing
_MOST = 8  # of them that count: a millisecond
LONGEST = 300.0  # seconds to wait in all


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is in turn: `kept` tells how much it has brought in all, `is_quiet` if it says nothing.

    `failed` is how many of its turns in a row came to nothing.
    """

    kept: Callable[[], int]
    is_quiet: Callable[[], bool]
    failed: int


class Turn:
    """Whose it is."""

    def __init__(self) -> None:
        self._holder: Holder | None = None
        self._kept = 0
        self._brought = 0.0  # when anybody in turn last brought anything
        self._begun = 0.0

    def begin(self, holder: Holder, now: float) -> None:
        """Let somebody have it, whoever had it before."""
        self._look(now)
        self._holder, self._kept, self._begun = holder, holder.kept(), now

    def end(self, holder: Holder, now: float) -> None:
        """Take it from who has it; nothing comes of it where another has it by now."""
        if self._holder is holder:
            self._look(now)
            self._holder = None

    def is_awaited(self, since: float, now: float) -> bool:
        """Tell whether who waits since then is to go on waiting."""
        self._look(now)
        if self._holder is None or now - since >= LONGEST:
            return False
        fruitless = now - max(self._begun, self._brought)
        if self._holder.is_quiet() and fruitless >= QUIET:
            return False
        return fruitless < FRUITLESS / LESS ** min(self._holder.failed, _MOST) and (
            now - max(since, self._brought) < FRUITLESS
        )

    def _look(self, now: float) -> None:
        if self._holder is not None and self._holder.kept() > self._kept:
            self._kept, self._brought = self._holder.kept(), now
