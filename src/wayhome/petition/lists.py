"""Lists: which closing lists can be used, and whether by them the petition is closed."""

from collections import Counter as Multiset
from dataclasses import dataclass
from typing import Literal, TypeAlias

from wayhome.petition.footing import Footing
from wayhome.petition.kinds.closing_list import ClosingList, may_list, refuse_time
from wayhome.petition.listfile import BadListFile, ListFile, ListFiles
from wayhome.petition.papers import Papers
from wayhome.petition.tally import Listing
from wayhome.records.record import Record
from wayhome.records.refused import Refused

State: TypeAlias = Literal["open", "closing", "closed", "not-countable"]
_NOTHING = ListFile(b"")


@dataclass(frozen=True, slots=True)
class Lists:
    """The usable lists by author, what they hold, and the state that follows."""

    usable: dict[str, ClosingList]
    listings: tuple[Listing, ...]
    state: State
    findings: frozenset[str]


def lists(papers: Papers, footing: Footing, files: ListFiles) -> Lists:
    """Take the lists that may be written, are their author's only one, and have their files."""
    allowed = [link for link in papers.lists.values() if _may_stand(link, papers, footing)]
    numbers = Multiset(record.pubkey for record, _ in allowed)
    shelf: dict[str, ListFile | None] = {}
    usable: dict[str, ClosingList] = {}
    listings: list[Listing] = []
    findings = {f"two-lists:{author}" for author, number in numbers.items() if number > 1}
    for record, said in sorted(allowed, key=lambda link: link[0].pubkey):
        if numbers[record.pubkey] > 1:
            continue
        signed = _file(said.sum, said.count, files, shelf)
        gone = _file(said.withdrawn_sum, said.withdrawn, files, shelf)
        if signed is None or gone is None:
            findings.add(f"no-list-file:{record.pubkey}")
            continue
        usable[record.pubkey] = said
        listings.append(Listing(record.pubkey, said.group, signed, gone))
    if len({(said.sum, said.withdrawn_sum) for said in usable.values()}) > 1:
        findings.add("lists-differ")
    return Lists(usable, tuple(listings), _state(papers, usable), frozenset(findings))


def _may_stand(link: tuple[Record, ClosingList], papers: Papers, footing: Footing) -> bool:
    record, said = link
    named = {one.charter for one in footing.accepted.values()} | {papers.petition.charter}
    charters = [
        papers.charters[name]
        for name in named
        if name in papers.charters and papers.charters[name].group == said.group
    ]
    try:
        refuse_time(record, papers.petition)
    except Refused:  # no node takes it
        return False
    return may_list(record.pubkey, said.group, footing.accepted.values(), charters)


def _file(
    wanted: str, count: int, files: ListFiles, shelf: dict[str, ListFile | None]
) -> ListFile | None:
    """Give the file of a sum; equal lists share it, for a million ids are 32 MB."""
    if wanted == _NOTHING.sum:
        return _NOTHING if count == 0 else None
    if wanted not in shelf:
        shelf[wanted] = _read(wanted, files)
    found = shelf[wanted]
    return found if found is not None and len(found) == count else None


def _read(wanted: str, files: ListFiles) -> ListFile | None:
    try:
        found = ListFile(files[wanted])
    except (KeyError, BadListFile):  # not there, or not what a list file is: the list is not used
        return None
    return found if found.sum == wanted else None


def _state(papers: Papers, usable: dict[str, ClosingList]) -> State:
    if not usable:
        return "open"
    panel = {place.group for place in papers.petition.panel}
    groups = panel & {said.group for said in usable.values()}
    return "closing" if len(groups) < papers.petition.q else "closed"
