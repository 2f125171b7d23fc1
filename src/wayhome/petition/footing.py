"""Footing: whether petition and acceptances stand, and what is to be said of their groups."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from wayhome.groups.standing import Standing
from wayhome.petition.kinds.acceptance import Acceptance
from wayhome.petition.kinds.signature import make_panel
from wayhome.petition.panel import Panel
from wayhome.petition.papers import Papers
from wayhome.records.refused import Reason


@dataclass(frozen=True, slots=True)
class Footing:
    """What stands: the acceptances by id, and the panel if the petition can be counted.

    `why` says why it cannot; `refusal` is then the reason for every signature.
    """

    panel: Panel | None
    accepted: dict[str, Acceptance]
    findings: frozenset[str]
    why: tuple[str, ...] = ()
    refusal: Reason = "unknown-petition"

    def of_group(self, group: str) -> dict[str, Acceptance]:
        """Give one group's acceptances that stand."""
        return {name: said for name, said in self.accepted.items() if said.group == group}


def footing(papers: Papers, standing: Standing) -> Footing:
    """Decide what stands."""
    if papers.asked is None:
        return Footing(None, {}, frozenset(), ("no-petition",))
    asked, accepted = papers.petition, _accepted(papers, standing)
    missing = [
        place.group
        for place in asked.panel
        if not any(said.group == place.group for said in accepted.values())
    ]
    findings = {
        f"unsealed:{said.group}"
        for said in accepted.values()
        if not _is_sealed_in(said.group, accepted, standing)
    }
    if not standing.is_official(papers.asked.id):
        was = _was_official(papers.asked.id, asked.group, asked.charter, standing)
        whole = {place.group for place in asked.panel} == {asked.group}
        if not was or missing or whole:
            return Footing(None, accepted, frozenset(), ("not-official",))
        findings.add(f"unsealed:{asked.group}")
    if missing:
        why = tuple(sorted(f"no-acceptance:{group}" for group in missing))
        return Footing(None, accepted, frozenset(), why, "not-open")
    panel = make_panel(papers.asked, {said.kid: said.spki for said in accepted.values()})
    findings |= _of_groups(papers, accepted, standing) | _reused(papers, standing)
    return Footing(panel, accepted, frozenset(findings))


def _accepted(papers: Papers, standing: Standing) -> dict[str, Acceptance]:
    official = {name: said for name, said in papers.accepted.items() if standing.is_official(name)}
    disowned = {
        name: said
        for name, said in papers.accepted.items()
        if name not in official
        and _was_official(name, said.group, said.charter, standing)
        and _is_witnessed(name, said, papers, official)
    }
    stands, before = official | disowned, -1
    # what replaces an acceptance stands only beside the one it continues, and so all the way back
    while len(stands) != before:
        before = len(stands)
        stands = {
            name: said
            for name, said in stands.items()
            if said.prev is None or (said.prev in stands and said.continues(stands[said.prev]))
        }
    return stands


def _was_official(name: str, group: str, charter: str, standing: Standing) -> bool:
    named = standing.charters.get(charter)
    if named is None or named.group != group or not standing.is_in_force(charter):
        return False
    return len(standing.signers(name) & standing.in_office(charter)) >= named.k


def _is_witnessed(
    name: str, said: Acceptance, papers: Papers, official: dict[str, Acceptance]
) -> bool:
    others = {(one.group, one.stamping) for one in official.values() if one.group != said.group}
    telling = {
        (count.group, record.pubkey)
        for record, count in papers.counters.values()
        if count.seq == 0 and name in count.acceptances
    }
    return bool(others) and {group for group, _ in others} == {
        group for group, _ in others & telling
    }


def _is_sealed_in(group: str, accepted: dict[str, Acceptance], standing: Standing) -> bool:
    return any(said.group == group and standing.is_official(n) for n, said in accepted.items())


def _of_groups(papers: Papers, accepted: dict[str, Acceptance], standing: Standing) -> set[str]:
    asked = papers.petition
    panel = {place.group for place in asked.panel}
    found = {f"in-dispute:{one}" for one in panel | {asked.group} if standing.is_split(one)}
    found |= {
        f"one-voice:{said.group}"
        for said in accepted.values()
        if standing.charters[said.charter].k == 1
    }
    if asked.q == 1:
        found.add("alone")
    return found | {f"shared-organiser:{key}" for key in _shared(accepted, standing)}


def _shared(accepted: dict[str, Acceptance], standing: Standing) -> AbstractSet[str]:
    office: dict[str, set[str]] = {}
    for said in accepted.values():
        for key in standing.in_office(said.charter):
            office.setdefault(key, set()).add(said.group)
    return {key for key, groups in office.items() if len(groups) > 1}


def _reused(papers: Papers, standing: Standing) -> set[str]:
    kids = {place.kid for place in papers.petition.panel}
    return {
        f"key-reused:{said.kid[:16]}"
        for name, said in papers.others_accepted.items()
        if said.kid in kids and said.petition in papers.others and standing.is_official(name)
    }
