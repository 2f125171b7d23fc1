"""Speech: what every record of a group has in common, whatever it says."""

from wayhome.groups.facts import SaidFact
from wayhome.records.kind import Fact, Ground
from wayhome.records.record import Record
from wayhome.records.refused import Refused


def admit_speech(record: Record, group: str, charter: str, ground: Ground) -> None:
    """Take a group's record when an organiser of a group within reach wrote it.

    Whether k organisers signed it is not asked: it may be a proposal still.

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
