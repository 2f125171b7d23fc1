"""History: how a group came to be what it is: each charter, who signed it, and what it changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from wayhome.groups.kinds.charter import Charter
from wayhome.groups.standing import Standing

Part: TypeAlias = Literal["name", "k", "organiser", "lang", "region", "node", "caseworker"]
State: TypeAlias = Literal["in force", "branch", "replaced", "not followed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of a charter that an amendment changes: what stands there no more, and what anew."""

    part: Part
    leaves: tuple[str, ...]
    joins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One charter of a group's line. `signers` stand in the order in which charters named them."""

    id: str
    charter: Charter
    state: State
    signers: tuple[str, ...]
    changes: tuple[tuple[str, tuple[Difference, ...]], ...]  # by the charter that it replaces
    not_counted: int  # records that k signed under it and that nothing sealed

    @property
    def heals(self) -> bool:
        """Tell whether it ends a split."""
        return len(self.changes) > 1


def differences(before: Charter, after: Charter) -> tuple[Difference, ...]:
    """Give what an amendment changes, part by part; the order of a list says nothing."""
    was, now = parts_of(before), parts_of(after)
    found = (
        Difference(
            part,
            tuple(one for one in was[part] if one not in now[part]),
            tuple(one for one in now[part] if one not in was[part]),
        )
        for part in was
    )
    return tuple(one for one in found if one.leaves or one.joins)


def parts_of(charter: Charter) -> dict[Part, tuple[str, ...]]:
    """Give what a charter says, part by part, in words that can be compared."""
    return {
        "name": (charter.name,),
        "k": (str(charter.k),),
        "organiser": charter.organisers,
        "lang": charter.languages,
        "region": charter.regions,
        "node": _nodes(charter),
        "caseworker": _caseworkers(charter),
    }


def read_history(group: str, standing: Standing, charters: dict[str, Charter]) -> tuple[Step, ...]:
    """Give every charter of a group that was ever in force, each after those that it replaces.

    ``charters`` are what the charters of its line say, by id.
    """
    heads, followed = standing.heads(group), standing.followed(group)
    not_counted = standing.not_counted(group)
    line = standing.history(group)
    keys = named_in(charters[one] for one in line)
    return tuple(
        Step(
            one,
            charters[one],
            _state(one, heads, followed),
            tuple(sorted(standing.signers(one) & keys.keys(), key=lambda key: keys[key])),
            tuple(
                (before, differences(charters[before], charters[one]))
                for before in charters[one].prev
            ),
            len(not_counted.get(one, ())),
        )
        for one in line
    )


def named_in(charters: Iterable[Charter]) -> dict[str, int]:
    """Number the organisers of these charters, from 1, in the order in which they are named."""
    keys = dict.fromkeys(key for one in charters for key in one.organisers)
    return {key: number for number, key in enumerate(keys, 1)}


def _state(charter: str, heads: Sequence[str], followed: frozenset[str]) -> State:
    if charter in heads:
        return "branch" if len(heads) > 1 else "in force"
    return "replaced" if charter in followed else "not followed"


def _nodes(charter: Charter) -> tuple[str, ...]:
    return tuple(f"{one.url}={one.key}" for one in charter.nodes)


def _caseworkers(charter: Charter) -> tuple[str, ...]:
    return tuple(f"{one.key} ({one.role}), {one.recipient}" for one in charter.caseworkers)
