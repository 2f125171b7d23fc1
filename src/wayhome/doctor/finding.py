"""Finding: what one look found, how bad it is, and both in the words of a language."""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

import msgspec
from markupsafe import Markup

from wayhome.pages.words import Words

State: TypeAlias = Literal["well", "not looked at", "warning", "bad"]

_EXITS: dict[State, int] = {"well": 0, "not looked at": 0, "warning": 1, "bad": 2}


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at; `words` say what is so, and what to do where it is not well."""

    name: str
    state: State
    words: str


def found(name: str, state: State, *sentences: Markup) -> Finding:
    """Give a finding of one or more sentences, for a terminal."""
    return Finding(name, state, ". ".join(one.unescape() for one in sentences))


def exit_of(findings: Iterable[Finding]) -> int:
    """Give the exit code: 0 all is well, 1 there are warnings, 2 something is bad."""
    return max((_EXITS[one.state] for one in findings), default=0)


def titles(words: Words) -> Mapping[str, Markup]:
    """Give what findings and states are called where a person reads them."""
    return {
        "disk": words.say_of("looked at", "disk"),
        "file system": words.say_of("looked at", "file system"),
        "swap": words.say_of("looked at", "swap"),
        "core files": words.say_of("looked at", "core files"),
        "permissions": words.say_of("looked at", "permissions"),
        "keys": words.say_of("looked at", "keys"),
        "door": words.say_of("looked at", "door"),
        "peers": words.say_of("looked at", "peers"),
        "clock": words.say_of("looked at", "clock"),
        "records": words.say_of("looked at", "records"),
        "proposals": words.say_of("looked at", "proposals"),
        "held": words.say_of("looked at", "held"),
        "attachments": words.say_of("looked at", "attachments"),
        "well": words.say_of("state", "well"),
        "not looked at": words.say_of("state", "not looked at"),
        "warning": words.say_of("state", "warning"),
        "bad": words.say_of("state", "bad"),
    }
