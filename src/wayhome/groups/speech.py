"""Speech: what every record of a group has in common, whatever it says."""

from wayhome.groups.facts import SaidFact
from wayhome.records.kind import Fact, Ground
from wayhome.records.record import Record
from wayhome.records.refused import Refused


def admit_speech(record: Record, group: str, charter: str, ground: Ground) -> None:
    """Take a group's record when an organiser of a group within reach wrote it.

    Whether k organisers signed it is not asked while there is room for her proposals.

    Raises:
        Refused: `unknown-group`, `unknown-charter`, `unknown-author`, `proposal-quota`.
    """
    refuse_stranger(record, group, charter, ground)
    if not ground.may_propose(record.id, group, record.pubkey, (charter,)):
        raise too_many()


def too_many() -> Refused:
    """Say that a key has written enough that others have not signed."""
    return Refused("proposal-quota", "this key's proposals are as many as are kept of one key")


def refuse_stranger(record: Record, group: str, charter: str, ground: Ground) -> None:
    """Refuse who is no organiser of a group within reach.

    Raises:
        Refused: `unknown-group`, `unknown-charter`, `unknown-author`.
    """
    if not ground.carries(group):
        raise Refused("unknown-group", "this node does not carry that group")
    if ground.group_of(charter) != group:
        raise Refused("unknown-charter", "no charter of that group with that id is held here")
    if record.pubkey not in ground.organisers(charter):
        raise Refused("unknown-author", "the charter does not name the author as organiser")


def said(record: Record, group: str, charter: str) -> Fact:
    """Give the fact by which a group's record enters the view of standing."""
    return SaidFact(record.id, group, charter, record.pubkey).fact()
