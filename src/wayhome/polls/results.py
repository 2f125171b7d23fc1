"""Results: what a poll's count says by option, and only once nobody can answer any more."""

from dataclasses import dataclass

from wayhome.petition.kinds.petition import Petition
from wayhome.petition.outcome import Recount


@dataclass(frozen=True, slots=True)
class Result:
    """One option with the people who chose it."""

    option: str
    label: str
    people: int


def results(asked: Petition, count: Recount, now: int) -> tuple[Result, ...] | None:
    """Give each option's people, in the poll's order; None before ``close``.

    A node holds a poll's records back until then, so before it there is nothing to see. Two options
    by one key are in `count.two_choices` and in no option.
    """
    if now < asked.close:
        return None
    return tuple(
        Result(option, label, count.options.get(option, 0)) for option, label in asked.options
    )
