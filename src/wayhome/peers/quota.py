"""Quota: what a peer may cost in an hour without being of use. Values; the clock is an argument.

What it sends that we keep costs nothing here: whom we carry bounds that. All else is waste.
"""

from dataclasses import dataclass
from typing import Literal, Self, TypeAlias

from wayhome.codec import limits

HOUR = 3_600.0
COPY = 0.125  # of a record: a copy of what another peer brought first is no fault of this one

Over: TypeAlias = Literal["too-many-bytes", "too-many-records", "too-much-work"]


@dataclass(frozen=True, slots=True)
class Waste:
    """What was of no use: bytes, records, seconds of one core."""

    bytes: int = 0
    records: float = 0.0
    seconds: float = 0.0

    def plus(self, other: "Waste") -> "Waste":
        """Add up two."""
        return Waste(
            self.bytes + other.bytes, self.records + other.records, self.seconds + other.seconds
        )


@dataclass(frozen=True, slots=True)
class Quota:
    """What one peer has cost since the hour began."""

    since: float
    waste: Waste = Waste()

    @property
    def over(self) -> Over | None:
        """Which bound it is over, if any."""
        if self.waste.bytes > limits.PEER_BYTES:
            return "too-many-bytes"
        if self.waste.records > limits.PEER_RECORDS:
            return "too-many-records"
        if self.waste.seconds > limits.PEER_SECONDS:
            return "too-much-work"
        return None

    def at(self, now: float) -> Self:
        """Give what holds now: after an hour, or when the clock was set back, it begins anew."""
        if 0 <= now - self.since < HOUR:
            return self
        return type(self)(now)

    def bill(self, now: float, waste: Waste) -> Self:
        """Add what was wasted; bytes of what was of use come back as less than nothing."""
        current = self.at(now)
        total = current.waste.plus(waste)
        return type(self)(current.since, Waste(max(0, total.bytes), total.records, total.seconds))

    def rest(self, now: float) -> float:
        """Give the seconds until it may cost something again."""
        current = self.at(now)
        return max(0.0, current.since + HOUR - now) if current.over else 0.0
