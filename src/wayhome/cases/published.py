"""Published: which figures stand, of which groups, and what they add up to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from wayhome.cases.figures import Sum, added
from wayhome.cases.kinds.figures import Figures


@dataclass(frozen=True, slots=True)
class Quarter:
    """The figures of one quarter that stand, by group.

    A group with two that stand, none of which corrects the other, is in no sum.
    """

    first_day: str
    by_group: Mapping[str, tuple[Figures, ...]]

    @property
    def sums(self) -> dict[tuple[str, str], Sum]:
        """What the groups published, added up by table and cell."""
        return added(
            row for found in self.by_group.values() if len(found) == 1 for row in found[0].rows
        )

    @property
    def in_doubt(self) -> tuple[str, ...]:
        """The groups that published two, ascending."""
        return tuple(sorted(group for group, found in self.by_group.items() if len(found) > 1))


@dataclass(frozen=True, slots=True)
class Published:
    """All quarters of which there are figures, the latest first."""

    quarters: tuple[Quarter, ...]

    @classmethod
    def of(cls, official: Iterable[tuple[str, Figures]]) -> Self:
        """Make it of official figures by their ids, in whatever order they come."""
        known = dict(official)
        corrected = {one.corrects for one in known.values()}
        found: dict[str, dict[str, list[Figures]]] = {}
        for name in sorted(known):
            if name not in corrected:
                one = known[name]
                found.setdefault(one.quarter, {}).setdefault(one.group, []).append(one)
        return cls(
            tuple(
                Quarter(day, {group: tuple(said) for group, said in sorted(found[day].items())})
                for day in sorted(found, reverse=True)
            )
        )
