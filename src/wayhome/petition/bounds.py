"""Bounds: how many people one group's stamps can stand for at most, by its desk's own word."""

from collections.abc import Sequence
from dataclasses import dataclass

from wayhome.petition.footing import Footing
from wayhome.petition.kinds.acceptance import Acceptance
from wayhome.petition.kinds.counter import Counter, refuse_time
from wayhome.petition.lists import Lists
from wayhome.petition.papers import Papers
from wayhome.records.record import Record
from wayhome.records.refused import Refused

_Link = tuple[Record, Counter]


@dataclass(frozen=True, slots=True)
class Bound:
    """One group's: `issued` by its final counter (None without one), and what follows from it."""

    group: str
    kid: str
    ceiling: int
    issued: int | None
    bound: int
    findings: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Chain:
    """A desk's counters, up to the last that follows without a gap."""

    links: tuple[_Link, ...]
    is_forked: bool

    @property
    def final(self) -> _Link | None:
        return self.links[-1] if self.links and self.links[-1][1].is_final else None


def bounds(papers: Papers, footing: Footing, lists: Lists) -> tuple[Bound, ...]:
    """Give the bounds of all panel groups, in panel order."""
    return tuple(_bound(place.group, papers, footing, lists) for place in papers.petition.panel)


def _bound(group: str, papers: Papers, footing: Footing, lists: Lists) -> Bound:
    said = footing.of_group(group)
    kid = next(iter(said.values())).kid
    desks = {one.stamping for one in said.values()}
    chain = _chain(desks, group, papers) if len(desks) == 1 else _Chain((), is_forked=False)
    ceiling, is_split = _ceiling(said, chain)
    words = {"two-desks"} if len(desks) > 1 else set()
    if chain.is_forked or is_split:
        words.add("forked")
    if _exceeds(said, chain):
        words.add("above-ceiling")
    final = chain.final
    trusted = final is not None and not words
    if final is None:
        words |= set() if chain.is_forked else _unless_open("no-final", lists)
    elif not _is_witnessed(final[0].id, group, papers, lists):
        trusted = False
        words |= _unless_open("unwitnessed", lists)
    return Bound(
        group=group,
        kid=kid,
        ceiling=ceiling,
        issued=final[1].issued if final else None,
        bound=final[1].issued if final and trusted else ceiling,
        findings=frozenset(f"{word}:{group}" for word in words),
    )


def _unless_open(word: str, lists: Lists) -> set[str]:
    return set() if lists.state == "open" else {word}


def _is_witnessed(final: str, group: str, papers: Papers, lists: Lists) -> bool:
    if len(papers.petition.panel) == 1:
        return True
    return any(final in said.counters for said in lists.usable.values() if said.group != group)


def _chain(desks: set[str], group: str, papers: Papers) -> _Chain:
    good = sorted(
        (link for link in papers.counters.values() if _is_good(link, desks, group, papers)),
        key=lambda link: (link[1].seq, link[0].id),
    )
    numbers = [link[1].seq for link in good]
    forked = len(set(numbers)) < len(numbers)
    links: list[_Link] = []
    for link in good:
        if forked or link[1].seq != len(links):
            break  # what comes after a gap may be whole elsewhere; here it proves nothing
        if links and not _follows(links[-1], link):
            forked = True
            break
        links.append(link)
    return _Chain(() if forked else tuple(links), forked)


def _is_good(link: _Link, desks: set[str], group: str, papers: Papers) -> bool:
    record, count = link
    if record.pubkey not in desks or count.group != group:
        return False
    try:
        refuse_time(record, count, papers.petition)
    except Refused:  # no node takes it, so it is nobody's word
        return False
    return True


def _follows(before: _Link, link: _Link) -> bool:
    return (
        link[1].prev == before[0].id
        and link[0].created_at > before[0].created_at
        and link[1].issued >= before[1].issued
        and not before[1].is_final
    )


def _ceiling(said: dict[str, Acceptance], chain: _Chain) -> tuple[int, bool]:
    """Give the ceiling in force after the last counter, and whether successors compete."""
    prevs = [one.prev for one in said.values() if one.prev]
    is_split = len(set(prevs)) < len(prevs)
    return _ceilings(said, chain.links)[-1], is_split


def _ceilings(said: dict[str, Acceptance], links: Sequence[_Link]) -> list[int]:
    """Give the ceiling for each counter and, last, for what follows them.

    It is the one in the acceptance that counter 0 names; what a later counter names holds for the
    counters after it. Two successors of one acceptance replace nothing.
    """
    prevs = [one.prev for one in said.values() if one.prev]
    named = next((one for one in _named(links[:1]) if one in said), None)
    in_force = min(one.ceiling for one in said.values() if one.prev is None)
    if named is not None:
        in_force = said[named].ceiling
    ceilings = []
    for link in links:
        ceilings.append(in_force)
        for one in _named([link]):
            if one in said and said[one].prev == named is not None and prevs.count(named) == 1:
                named, in_force = one, said[one].ceiling
    return [*ceilings, in_force]


def _named(links: Sequence[_Link]) -> tuple[str, ...]:
    return tuple(one for _, count in links for one in count.acceptances)


def _exceeds(said: dict[str, Acceptance], chain: _Chain) -> bool:
    return any(
        link[1].issued > ceiling
        for link, ceiling in zip(chain.links, _ceilings(said, chain.links), strict=False)
    )
