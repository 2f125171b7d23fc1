"""Readable: whether what was said in a case opens with the keys that its readers have now.

A body is open to all holders where it is under the case's newest key, or was sealed to recipients
that they still have. To whom it was sealed follows from the charter that its envelope names.
"""

from collections.abc import Collection

from wayhome.cases import said
from wayhome.cases.body import Body
from wayhome.desk.case import Case, Way
from wayhome.desk.post import Group
from wayhome.groups.caseworker import Caseworker


def unreadable(case: Case, holders: Collection[str], group: Group) -> list[Body]:
    """Give what must be said once more under the key of a case, for its holders."""
    key = case.key
    newest, identities = key.identity if key else "", case.identities
    return [
        one
        for one in case.first_said
        if not any(
            way.under == newest
            or (
                way.under not in identities
                and all(_was_for(one, holder, way, group) for holder in holders)
            )
            for way in case.ways[one.sig]
        )
    ]


def unread(case: Case, group: Group) -> list[Body]:
    """Give what must be said once more of a report that nobody holds, for whom it was meant."""
    return [
        one
        for one in case.first_said
        if not all(
            any(_was_for(one, reader.key, way, group) for way in case.ways[one.sig])
            for reader in meant_of(case, group)
        )
    ]


def meant_of(case: Case, group: Group) -> list[Caseworker]:
    """Give those on intake who were on intake when the report was sealed.

    Who joined since is shown what comes from then on.
    """
    report = case.report
    charter = report.place.charter if report else ""
    return [
        one
        for one in group.charter.caseworkers
        if one.role == "intake" and (before := _named(one.key, charter, group))
        if before.role == "intake"
    ]


def is_shared(case: Case, holder: str, group: Group) -> bool:
    """Tell whether the newest key of a case was sealed to a holder's recipient of today."""
    key, identities = case.key, case.identities
    return any(
        _was_for(one, holder, way, group)
        for one in case.keys
        if isinstance(one.said, said.CaseKey) and key and one.said.identity == key.identity
        for way in case.ways[one.sig]
        if way.under not in identities
    )


def _was_for(body: Body, reader: str, way: Way, group: Group) -> bool:
    """Tell whether a body was sealed, on one of its ways, to a recipient that somebody has now."""
    before, now = _named(reader, way.charter, group), _named(reader, group.head, group)
    if before is None or now is None or before.recipient != now.recipient:
        return False
    match body.said:
        case said.CaseKey(holders=holders):
            return reader in holders
        case said.Assign(holders=holders) if reader in holders:
            return True
    return before.role == "intake"


def _named(key: str, charter: str, group: Group) -> Caseworker | None:
    of = group.charters.get(charter)
    return next((one for one in of.caseworkers if one.key == key), None) if of else None
