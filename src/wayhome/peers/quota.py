"""Quota: what a peer may cost in an hour without being of use. Values; the clock is an argument.

What it sends that we keep costs nothing here: whom we carry bounds that. All else is waste.
"""

from collections import defaultdict
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

    @property
    def part(self) -> float:
        """How much of the bound that is nearest is spent."""
        return max(
            self.waste.bytes / limits.PEER_BYTES,
            self.waste.records / limits.PEER_RECORDS,
            self.waste.seconds / limits.PEER_SECONDS,
        )

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


class Spent:
    """What peers have cost that are named no more, by the group that named them.

    Whom a group names in their place begins with it: another address is no other hour.
    """

    def __init__(self) -> None:
        self._left: defaultdict[str, list[Quota]] = defaultdict(list)

    def leave(self, group: str, quota: Quota) -> None:
        """Remember it of a peer that is let go."""
        self._left[group].append(quota)

    def take(self, group: str, now: float) -> Quota:
        """Give what the next peer of a group begins with: the most that one has left behind."""
        left = [one for one in self._left.pop(group, ()) if one.at(now) is one]
        if not left:
            return Quota(now)
        most = max(left, key=lambda one: one.part)
        left.remove(most)
        self._left[group] = left
        return most
