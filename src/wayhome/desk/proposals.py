"""Proposals: what an organiser writes or cosigns; who may, and how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass

from wayhome.cases.kinds import figures
from wayhome.channel.kinds import post
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.desk.known import BOOK, DeskFault, Known
from wayhome.groups.kinds import charter, cosign, link
from wayhome.groups.kinds.charter import Charter
from wayhome.groups.service import charter_of, cosign_of
from wayhome.petition.kinds import acceptance, petition
from wayhome.records.draft import Draft
from wayhome.records.record import Record
from wayhome.records.signing import sign

SPOKEN = frozenset((link.NUMBER, post.NUMBER, petition.NUMBER, acceptance.NUMBER, figures.NUMBER))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a record has come: who signed, whose sig counts, how many are needed."""

    signed: frozenset[str]
    counted: frozenset[str]
    needed: int
    lacking: int
    is_official: bool


def write(draft: Draft, secret: SecretKey) -> Record:
    """Sign a draft that every node would find well made.

    Raises:
        Refused: the first reason that a node would give.
    """
    record = sign(draft, secret)
    BOOK.of(record).rule(record)
    return record


def speaker(known: Known, public: str, group: str = "") -> tuple[str, str]:
    """Give the group that a key speaks for and its charter in force.

    Without ``group`` it is the only group that names the key.

    Raises:
        DeskFault: none or several do, or the key is not in office there.
    """
    named = [known.group(group)] if group else groups_naming(known, public)
    if not named:
        raise DeskFault(
            f"no charter in force, of those that were read, names your key {public}", "not-named"
        )
    if len(named) > 1:
        several = "\n".join(f"  --group {one}  {known.name(one)}" for one in named)
        raise DeskFault(
            f"your key speaks in several groups; say for which:\n{several}", "several-groups"
        )
    head = known.head(named[0])
    refuse_out_of_office(known, public, head)
    return named[0], head


def refuse_out_of_office(known: Known, public: str, head: str) -> None:
    """Refuse a key that has no word under a charter.

    Raises:
        DeskFault: it is not named, or has not signed the charter itself.
    """
    if public not in known.standing.charters[head].organisers:
        raise DeskFault(
            f"the charter {head} does not name your key {public} as an organiser's", "not-named"
        )
    if public not in known.standing.in_office(head):
        raise DeskFault(
            "you are not in office: being named is not consent. Sign the charter first:"
            f" wayhome cosign {head}",
            "not-in-office",
        )


def cosign_with(known: Known, record: Record, secret: SecretKey, now: int) -> Record:
    """Sign another's record too.

    Raises:
        DeskFault: it is not for this key to sign, or it has already.
    """
    public = keys.public_key(secret)
    group, under = place_of(known, record, public)
    return write(cosign_of(record, group, under, now), secret)


def place_of(known: Known, record: Record, public: str) -> tuple[str, str]:
    """Give the group and charter under which a key would cosign a record.

    Raises:
        DeskFault: it is not for this key to sign, or it has already.
    """
    if record.kind not in (charter.NUMBER, *SPOKEN):
        raise DeskFault(f"a {kind_name(record)} is not cosigned", "not-cosigned")
    if public in known.standing.signers(record.id):
        raise DeskFault(f"you have signed {record.id} already; once is enough", "signed-already")
    if record.kind == charter.NUMBER:
        return _place_of_charter(known, record, public)
    group, under = charter_of(record)
    if under not in known.standing.charters:
        raise DeskFault(
            f"the charter {under} that it names is not among what was read", "no-charter"
        )
    refuse_out_of_office(known, public, under)
    if under not in known.standing.heads(group):
        raise DeskFault(
            f"it was written under the charter {under}, which was replaced since: it can no longer"
            " become official, and must be written again",
            "charter-replaced",
        )
    return group, under


def waiting_for(known: Known, public: str) -> list[Record]:
    """Give the records that wait for this key's sig, in the order in which to read them."""
    found = []
    for record in known.records.values():
        if record.kind == cosign.NUMBER or _is_done(known, record):
            continue
        try:
            place_of(known, record, public)
        except DeskFault:  # not for this key
            continue
        found.append(record)
    return sorted(found, key=lambda one: (BOOK.of(one).order, one.created_at, one.id))


def proposals_of(known: Known, group: str) -> list[Record]:
    """Give a group's records that are not official and can still become so."""
    heads = known.standing.heads(group) or (group,)
    found = (
        record
        for record in known.records.values()
        if record.kind in (charter.NUMBER, *SPOKEN) and not known.standing.is_official(record.id)
    )
    return sorted(
        (one for one in found if _can_become(known, one, group, heads)), key=lambda one: one.id
    )


def progress(known: Known, record: Record) -> Progress:
    """Tell how far a record has come."""
    standing = known.standing
    signed = standing.signers(record.id)
    if record.kind == charter.NUMBER:
        said = Charter.of(record)
        counted, needed = signed.intersection(said.organisers), said.k
        earlier = [standing.charters[one] for one in said.prev if one in standing.charters]
        # as many as the charter itself asks, and as many as each charter that it replaces
        lacks = [one.k - len(signed & standing.in_office(one.id)) for one in earlier]
    else:
        under = standing.charters.get(charter_of(record)[1])
        counted = signed & standing.in_office(under.id) if under else frozenset[str]()
        needed, lacks = under.k if under else 1, []
    lacking = max(0, needed - len(counted), *lacks)
    return Progress(signed, counted, needed, lacking, standing.is_official(record.id))


def groups_naming(known: Known, public: str) -> list[str]:
    """Give the groups whose charter in force, or a branch of it, names a key."""
    found = []
    for group in known.standing.groups():
        heads = known.standing.heads(group)
        if any(public in known.standing.charters[one].organisers for one in heads):
            found.append(group)
    return found


def with_sigs(known: Known, record: Record) -> list[Record]:
    """Give a record and every cosign of it, in the order in which a node wants them."""
    cosigns = known.of_kind(cosign.NUMBER)
    return [record, *(one for one in cosigns if signed_by(one) == record.id)]


def signed_by(record: Record) -> str:
    """Give the id of what a cosign signs; any other record stands for itself."""
    return record.tags[0][1] if record.kind == cosign.NUMBER else record.id


def kind_name(record: Record) -> str:
    """Give the name of a record's kind."""
    return BOOK.of(record).name


def _place_of_charter(known: Known, record: Record, public: str) -> tuple[str, str]:
    said = Charter.of(record)
    if public in said.organisers:
        return said.group, record.id
    for before in said.prev:
        replaced = known.standing.charters.get(before)
        if replaced and public in replaced.organisers:
            refuse_out_of_office(known, public, before)
            return said.group, before
    raise DeskFault(
        f"neither this charter nor the one it replaces names your key {public}", "not-named"
    )


def _is_done(known: Known, record: Record) -> bool:
    """Tell whether one sig more changes nothing; a charter's organisers should all be in office."""
    if record.kind != charter.NUMBER:
        return known.standing.is_official(record.id)
    group = Charter.of(record).group
    heads = known.standing.heads(group)
    return record.id not in heads and not _can_become(known, record, group, heads or (group,))


def _can_become(known: Known, record: Record, group: str, heads: Sequence[str]) -> bool:
    if record.kind != charter.NUMBER:
        return charter_of(record) in {(group, head) for head in heads}
    said = Charter.of(record)
    if said.group != group or known.standing.is_in_force(record.id):
        return False
    # an amendment may wait for another that waits; ids are hashes, so this ends
    earlier = [known.records[one] for one in said.prev if one in known.records]
    return said.is_founding or any(
        one.id in heads or _can_become(known, one, group, heads) for one in earlier
    )
