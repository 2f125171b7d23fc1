"""Patience: how long to wait for a peer that is away. Values; chance is an argument."""

from dataclasses import dataclass

LEAST = 1.0  # second
MOST = 900.0  # seconds: a peer that is back is found within a quarter of an hour


@dataclass(frozen=True, slots=True)
class Patience:
    """How often in a row a peer has failed."""

    failures: int = 0

    def after_failure(self) -> "Patience":
        """Give what holds after one more failure."""
        return Patience(self.failures + 1)

    def seconds(self, chance: float) -> float:
        """Give how long to wait: twice as long each time, and up to half less by ``chance``.

        Without it all who lost the same peer would come back to it in the same second.
        """
        longest = min(MOST, LEAST * 2.0 ** min(self.failures, 20))
        return longest * (1.0 - 0.5 * chance)
