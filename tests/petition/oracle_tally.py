"""The tally again: slow, dumb and surely right. It reads sentences of the page, one by one."""

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class Given:
    """A signature (`option` 0 to 12), or a withdrawal (`option` None)."""

    author: str
    id: str
    option: int | None
    at: int = 0
    kids: tuple[str, ...] = ()
    region: str = ""


@dataclass(frozen=True)
class Listed:
    author: str
    group: str
    signed: frozenset[str]
    withdrawn: frozenset[str]


def boxes(  # noqa: PLR0915 - one sentence of the page after the other
    given: list[Given],
    lists: list[Listed],
    *,
    closed: bool,
    q: int,
    bounds: dict[str, int],
) -> dict[str, object]:
    records = set(given)
    signatures = {one for one in records if one.option is not None}
    withdrawals = records - signatures
    people = {one.author for one in signatures}
    box: dict[str, str] = {}
    for who in people:
        own = [one for one in signatures if one.author == who]
        gone = [one for one in withdrawals if one.author == who]
        groups = {lst.group for lst in lists if any(one.id in lst.signed for one in own)}
        listed_gone = [one for one in gone if any(one.id in lst.withdrawn for lst in lists)]
        if closed and len(groups) < q:
            box[who] = "late"
        elif len({one.option for one in own}) > 1:
            box[who] = "two_choices"
        elif listed_gone if closed else gone:
            box[who] = "withdrawn"
        else:
            box[who] = "counted"
    standing = {who: _standing([one for one in signatures if one.author == who]) for who in people}
    used: Counter[str] = Counter()
    for who in people:
        if box[who] != "late":
            used.update({kid for one in standing[who] for kid in one.kids})
    excess = [max(0, used[kid] - bound) for kid, bound in bounds.items()]
    fewest = max([*excess, -(-sum(excess) // q)])
    numbers = Counter(box.values())
    aside = min(fewest, numbers["counted"])
    shown = [standing[who][0] for who in people if box[who] == "counted"]
    folded = {one.id for who in people for one in standing[who]}
    return {
        "counted": numbers["counted"] - aside,
        "set_aside": aside,
        "withdrawn": numbers["withdrawn"],
        "two_choices": numbers["two_choices"],
        "late": numbers["late"],
        "strays": {one.id for one in withdrawals if one.author not in people},
        "options": Counter(str(one.option) for one in shown if one.option),
        "windows": Counter(one.at for one in shown),
        "regions": Counter(one.region for one in shown),
        "quorums": Counter("".join(one.kids) for one in shown),
        "used": +used,
        "listed": +Counter({lst.author: len(folded & lst.signed) for lst in lists}),
        "folded": len(folded),
    }


def _standing(own: list[Given]) -> list[Given]:
    """Of each option the lowest id, options ascending."""
    options = sorted({one.option for one in own if one.option is not None})
    return [
        min((one for one in own if one.option == option), key=lambda one: one.id)
        for option in options
    ]
