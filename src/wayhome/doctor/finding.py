"""Finding: what one look found, and how bad it is."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

State: TypeAlias = Literal["well", "not looked at", "warning", "bad"]

_EXITS: dict[State, int] = {"well": 0, "not looked at": 0, "warning": 1, "bad": 2}


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at; `words` say what is so, and what to do where it is not well."""

    name: str
    state: State
    words: str


def exit_of(findings: Iterable[Finding]) -> int:
    """Give the exit code: 0 all is well, 1 there are warnings, 2 something is bad."""
    return max((_EXITS[one.state] for one in findings), default=0)
