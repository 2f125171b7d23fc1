"""Outcome: what a count says, from tally and papers, as one object of stable words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from wayhome.petition.bounds import Bound, bounds
from wayhome.petition.footing import Footing
from wayhome.petition.listfile import ListFiles
from wayhome.petition.lists import Lists, State, lists
from wayhome.petition.papers import Papers
from wayhome.petition.tally import Frame, Tally, Total

CROWD = 50  # people: fewer with one pair of stamps are a crowd too small to hide in


class GroupLine(msgspec.Struct, frozen=True):
    """One panel group: what it promised, what it said it gave, what is there."""

    group: str
    kid: str
    ceiling: int
    issued: int | None
    bound: int
    used: int
    slack: int


class ListLine(msgspec.Struct, frozen=True):
    """One usable closing list against the signatures that stand."""

    author: str
    group: str
    count: int
    sum: str
    missing: int
    extra: int


class Recount(msgspec.Struct, frozen=True, kw_only=True):
    """What the records say; `json` gives the same bytes for the same set of records."""

    petition: str
    title: str = ""
    basis: str = ""
    q: int = 0
    n: int = 0
    checked: Literal["full", "fast"] = "full"
    records: int = 0
    refused: dict[str, int] = {}
    state: State = "not-countable"
    why: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    people: int = 0
    counted: int = 0
    withdrawn: int = 0
    two_choices: int = 0
    set_aside: int = 0
    late: int = 0
    options: dict[str, int] = {}
    windows: dict[str, int] = {}
    regions: dict[str, int] = {}
    quorums: dict[str, int] = {}
    groups: tuple[GroupLine, ...] = ()
    lists: tuple[ListLine, ...] = ()

    @property
    def json(self) -> bytes:
        """One object, keys sorted, no spaces."""
        return msgspec.json.encode(self, order="sorted")


@dataclass(frozen=True, slots=True)
class Basis:
    """What a count rests on beside the tally."""

    papers: Papers
    footing: Footing
    files: ListFiles
    is_fast: bool = False


def outcome(basis: Basis, tally: Tally, refused: Mapping[str, int]) -> Recount:
    """Add up, and say it; ``refused`` are the signatures and withdrawals refused one by one."""
    papers, footed = basis.papers, basis.footing
    if footed.panel is None:
        return _not_countable(basis, refused)
    listed = lists(papers, footed, basis.files)
    bound = bounds(papers, footed, listed)
    total = tally.total(_frame(footed, listed, bound))
    return Recount(
        petition=footed.panel.petition,
        title=papers.petition.title,
        basis=papers.petition.basis,
        q=footed.panel.q,
        n=len(footed.panel.seats),
        checked="fast" if basis.is_fast else "full",
        records=len(papers.ids()) + total.rows + sum(refused.values()),
        refused=_with_strays(refused, total),
        state=listed.state,
        findings=tuple(sorted(_findings(footed, listed, bound, total))),
        people=total.people,
        counted=total.counted,
        withdrawn=total.withdrawn,
        two_choices=total.two_choices,
        set_aside=total.set_aside,
        late=total.late,
        options=dict(total.options),
        windows={} if basis.is_fast else {str(at): n for at, n in total.windows.items()},
        regions={} if basis.is_fast or not footed.panel.regions else dict(total.regions),
        quorums={_pair(kids): number for kids, number in total.quorums.items()},
        groups=tuple(_group_line(one, total) for one in bound),
        lists=tuple(_list_lines(listed, total)),
    )


def _not_countable(basis: Basis, refused: Mapping[str, int]) -> Recount:
    papers, footed = basis.papers, basis.footing
    petition = papers.petition if papers.asked else None
    return Recount(
        petition=papers.wanted,
        title=petition.title if petition else "",
        basis=petition.basis if petition else "",
        q=petition.q if petition else 0,
        n=len(petition.panel) if petition else 0,
        records=len(papers.ids()) + sum(refused.values()),
        refused=dict(refused),
        why=footed.why,
    )


def _frame(footed: Footing, listed: Lists, bound: Iterable[Bound]) -> Frame:
    found = list(bound)
    return Frame(
        q=footed.panel.q if footed.panel else 1,
        kids=tuple(bytes.fromhex(one.kid[:16]) for one in found),
        bounds=tuple(one.bound for one in found),
        listings=listed.listings,
        is_closed=listed.state == "closed",
    )


def _with_strays(refused: Mapping[str, int], total: Total) -> dict[str, int]:
    strays = {"unknown-signature": len(total.strays)} if total.strays else {}
    return dict(refused) | strays


def _findings(footed: Footing, listed: Lists, bound: Iterable[Bound], total: Total) -> set[str]:
    found = set(footed.findings | listed.findings)
    for one in bound:
        found |= one.findings
        if total.used[_kid(one)] > one.bound:
            found.add(f"over:{one.group}")
    small = (kids for kids, people in total.crowds.items() if people < CROWD)
    return found | {f"small-quorum:{_pair(kids)}" for kids in small}


def _group_line(bound: Bound, total: Total) -> GroupLine:
    used = total.used[_kid(bound)]
    return GroupLine(
        group=bound.group,
        kid=bound.kid,
        ceiling=bound.ceiling,
        issued=bound.issued,
        bound=bound.bound,
        used=used,
        slack=bound.bound - used,
    )


def _list_lines(listed: Lists, total: Total) -> Iterable[ListLine]:
    for author, said in sorted(listed.usable.items()):
        shared = total.listed[author]
        missing, extra = total.folded - shared, said.count - shared
        yield ListLine(author, said.group, said.count, said.sum, missing, extra)


def _kid(bound: Bound) -> bytes:
    return bytes.fromhex(bound.kid[:16])


def _pair(kids: bytes) -> str:
    text = kids.hex()
    return "+".join(text[at : at + 16] for at in range(0, len(text), 16))
