"""Lines: the charters of each group that were ever in force, and what follows from these alone.

There only come to be more of them. So the next lines are found from those before and what is new,
whatever comes; all of a group's amendments, looked at once more for each, would be their square.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from wayhome.groups.facts import CharterFact
from wayhome.groups.layers import Layers

ComesIntoForce: TypeAlias = Callable[[CharterFact, Callable[[str], bool]], bool]
_ByGroup: TypeAlias = Mapping[str, frozenset[str]]
_ByRecord: TypeAlias = Layers[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Lines:
    """They never change; what is new gives the next ones, which share what they can."""

    in_force: frozenset[str] = frozenset()  # ever
    of: _ByGroup = field(default_factory=dict)  # the same, by group
    ends: _ByGroup = field(default_factory=dict)  # those that none in force replaces
    named: _ByGroup = field(default_factory=dict)  # whom they name as organisers
    sealers: _ByRecord = field(default_factory=Layers)  # of a record that was sealed, who did
    _replacing: _ByRecord = field(default_factory=Layers)  # of a charter, all that name it

    def plus(
        self,
        known: Mapping[str, CharterFact],
        new: Sequence[CharterFact],
        signed: Iterable[str],
        comes: ComesIntoForce,
    ) -> "Lines":
        """Give the lines with ``new`` charters, and others that were ``signed`` anew.

        ``known`` are all charters. One that replaces two is asked again with each of them. No call
        goes deeper for a longer line: how many charters a stranger puts behind each other is no
        concern of our stack.
        """
        pairs = [(before, one.id) for one in new for before in one.prev]
        replacing = self._replacing.plus(_more(self._replacing, pairs))
        # who signs a charter comes into office, and then those that replace it may be let
        asked = [one.id for one in new]
        asked += (each for one in signed for each in (one, *(replacing.find(one) or ())))
        found: dict[str, CharterFact] = {}

        def is_in_force(charter: str) -> bool:
            return charter in self.in_force or charter in found

        while asked:
            charter = known[asked.pop()]
            if not is_in_force(charter.id) and comes(charter, is_in_force):
                found[charter.id] = charter
                asked += replacing.find(charter.id) or ()
        return self._with(list(found.values()), replacing)

    def _with(self, found: list[CharterFact], replacing: _ByRecord) -> "Lines":
        more, replaced = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        named = defaultdict[str, set[str]](set)
        for one in found:
            more[one.group].add(one.id)
            replaced[one.group].update(one.prev)
            named[one.group].update(one.organisers)
        ends = _joined(self.ends, more)
        seals = [(record, one.id) for one in found for record in one.sealed]
        return Lines(
            self.in_force.union(one.id for one in found),
            _joined(self.of, more),
            {**ends, **{group: ends[group] - replaced[group] for group in more}},
            _joined(self.named, named),
            self.sealers.plus(_more(self.sealers, seals)),
            replacing,
        )


def _joined(known: _ByGroup, more: Mapping[str, set[str]]) -> _ByGroup:
    return {**known, **{one: known.get(one, frozenset()).union(more[one]) for one in more}}


def _more(known: _ByRecord, pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Give of each that is named first all that are named with it, those that were known too."""
    new: dict[str, list[str]] = defaultdict(list)
    for one, other in pairs:
        new[one].append(other)
    return {one: (*(known.find(one) or ()), *others) for one, others in new.items()}
