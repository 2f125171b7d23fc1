"""Answer: what a node says to a record that it was brought and did not refuse."""

from dataclasses import dataclass
from typing import TypeAlias

from wayhome.records.refused import Refused


@dataclass(frozen=True, slots=True)
class Kept:
    """The record is in the public set, durably; `new` is False when it already was."""

    id: str
    new: bool


@dataclass(frozen=True, slots=True)
class HeldUntil:
    """The record is accepted, durably, and becomes public at `until`."""

    id: str
    until: int


@dataclass(frozen=True, slots=True)
class Waits:
    """What may change the answer to a refused record: one of these `kinds`, or what it `names`."""

    kinds: frozenset[int]
    names: tuple[str, ...]


Answer: TypeAlias = Kept | HeldUntil
Outcome: TypeAlias = Kept | HeldUntil | Refused
