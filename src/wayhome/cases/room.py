"""Room: how much of a group's envelopes a node takes, and what it asks of the next one.

Quotas are named by words, for a node counts what it keeps and what it still holds alike.
"""

from collections.abc import Callable
from dataclasses import dataclass

from wayhome.cases.slots import SLOTS, Slots
from wayhome.codec import limits
from wayhome.journal.fold import Fold

SEALED = 3990
SLOW = "slow"
_MORE = (0, 2, 4, 6)  # bits over the least, by the quarter of the room that is taken
_OPEN_BELOW = len(_MORE) // 2  # quarters: above them nobody gets in without work


def of_group(group: str) -> str:
    """Name the quota of all envelopes of a group."""
    return group


def of_day(group: str, day: int) -> str:
    """Name the quota of a group's envelopes of one day, which is their own word."""
    return f"{group} {day}"


def of_slow(group: str) -> str:
    """Name the quota of a group's envelopes of this hour without work."""
    return f"{group} {SLOW}"


def of_blob(blob: str) -> str:
    """Name what held envelopes draw on that name an attachment."""
    return f"blob {blob}"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What draws on quotas at a node: of its public envelopes, and of those that it holds."""

    held: Callable[[str], int]
    fold: Fold

    def __call__(self, quota: str) -> int:
        """Tell how many envelopes draw on a quota."""
        return self.held(quota) + _public(quota, self.fold)


def _public(quota: str, fold: Fold) -> int:
    """Tell how many public envelopes draw on a quota; an hour's own are held, none is public."""
    group, _, part = quota.partition(" ")
    if part == SLOW:
        return 0
    slots = fold.view(SLOTS, group, Slots)
    return slots.of_day(int(part)) if part else len(slots)


def asked_bits(of_the_day: int, in_all: int) -> int:
    """Tell how many bits of work the next envelope needs."""
    return limits.WORK_LEAST + _MORE[_quarter(of_the_day, in_all)]


def has_slow_lane(of_the_day: int, in_all: int, slow: int) -> bool:
    """Tell whether one more may come without work."""
    return slow < limits.ENVELOPES_SLOW and _quarter(of_the_day, in_all) < _OPEN_BELOW


def is_full(of_the_day: int, in_all: int) -> bool:
    """Tell whether there is no room for one more of that day."""
    return of_the_day >= limits.ENVELOPES_A_DAY or in_all >= limits.ENVELOPES


def _quarter(of_the_day: int, in_all: int) -> int:
    """Give the quarter, 0 to 3, that the fuller of the two is in."""
    of_day = 4 * of_the_day // limits.ENVELOPES_A_DAY
    of_all = 4 * in_all // limits.ENVELOPES
    return min(max(of_day, of_all), 3)
