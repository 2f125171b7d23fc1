"""Charters: a group is founded, amended, healed; it links to others and ends its links."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.desk.known import DeskFault, Known
from wayhome.desk.proposals import refuse_out_of_office, write
from wayhome.groups.caseworker import Caseworker
from wayhome.groups.history import differences
from wayhome.groups.kinds import link
from wayhome.groups.kinds.charter import Charter, Node
from wayhome.groups.kinds.link import Link
from wayhome.groups.service import (
    Founding,
    amend,
    found,
    keys_of_season,
    link_to,
    to_seal,
    unlink,
)
from wayhome.records.record import Record
from wayhome.records.refused import Refused

SEALS = 750  # ids in one charter: 59 of its 64 KiB; the rest is for what else it may say


@dataclass(frozen=True, slots=True)
class Change:
    """What an amendment changes; what is left empty stays."""

    name: str = ""
    k: int = 0
    joins: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    regions: tuple[str, ...] | None = None
    nodes: tuple[Node, ...] = ()
    drops: tuple[str, ...] = ()  # addresses of nodes
    caseworkers: tuple[Caseworker, ...] = ()  # who joins, or begins a season with a new recipient
    dismissed: tuple[str, ...] = ()  # writer keys of caseworkers who leave
    base: str = ""  # in a split: the branch whose words go on


def found_group(founding: Founding, secret: SecretKey, now: int) -> Record:
    """Write a founding charter; the author is one of its organisers.

    Raises:
        DeskFault: too few or too many organisers for k.
        Refused: it is not well made.
    """
    public = keys.public_key(secret)
    if public not in founding.organisers:
        founding = replace(founding, organisers=(public, *founding.organisers))
    _refuse_k(founding)
    return write(found(founding, now), secret)


def amend_group(
    known: Known, group: str, change: Change, secret: SecretKey, now: int
) -> list[Record]:
    """Write the amendment; where there is more to seal than fits, amendments that only seal first.

    Raises:
        DeskFault: the key has no word there, or the change does not fit the charter.
        Refused: it is not well made.
    """
    heads = _heads(known, group, change.base)
    base = known.record(change.base).id if change.base else heads[0]
    refuse_out_of_office(known, keys.public_key(secret), base)
    before = Charter.of(known.records[base])
    after = _changed(Founding.of(before), change)
    _refuse_k(after)
    seals = to_seal(known.standing, group, known.records.values())
    parts = [seals[at : at + SEALS] for at in range(0, len(seals), SEALS)] or [()]
    prev: Sequence[str] = heads
    keys_ = [text for one in change.caseworkers for text in one.hybrid]
    season = keys_of_season(
        group, base, keys_, now
    )  # first, so that whoever has the charter has it
    written: list[Record] = [write(season, secret)] if keys_ else []
    for i, part in enumerate(parts):
        said = after if i == len(parts) - 1 else Founding.of(before)
        written.append(write(amend(group, prev, said, part, now), secret))
        prev = [written[-1].id]
    return written


def changes_in_words(before: Charter, after: Charter) -> list[str]:
    """Say what an amendment changes, a line each."""
    lines = []
    for one in differences(before, after):
        if one.part in ("name", "k"):
            lines.append(f"{one.part}: {one.leaves[0]} becomes {one.joins[0]}")
        else:
            lines += [f"{_PARTS[one.part]} leaves: {each}" for each in one.leaves]
            lines += [f"{_PARTS[one.part]} joins: {each}" for each in one.joins]
    lines.append(f"records that are sealed, and so stay official: {len(after.sealed)}")
    return lines


_PARTS = {
    "organiser": "organiser",
    "lang": "language",
    "region": "region",
    "node": "node",
    "caseworker": "caseworker",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A link to be: from a group and its charter to another, whose charter ``witness`` was seen."""

    own: tuple[str, str]
    other: str
    witness: str = ""  # the one in force, where it is not said


def link_groups(known: Known, step: Step, secret: SecretKey, now: int) -> Record:
    """Write that a group knows another group.

    Raises:
        DeskFault: the other group is not known here, in dispute, or linked already as it stands.
    """
    own, to = step.own, known.group(step.other)
    seen = known.record(step.witness).id if step.witness else known.head(to)
    said = known.standing.charters.get(seen)
    if said is None or said.group != to:
        raise DeskFault(f"{seen} is not a charter of {known.name(to)}", "no-group")
    if any(said.witness == seen for said in _living_links(known, own[0], to).values()):
        raise DeskFault(
            f"{known.name(own[0])} links to {known.name(to)} already, as it stands now", "linked"
        )
    return write(link_to(*own, to, seen, now), secret)


def end_links(
    known: Known, own: tuple[str, str], other: str, secret: SecretKey, now: int
) -> list[Record]:
    """Write the end of every link from the group to another.

    Raises:
        DeskFault: there is none.
    """
    to = known.group(other)
    ended = _living_links(known, own[0], to)
    if not ended:
        raise DeskFault(f"{known.name(own[0])} has no link to {known.name(to)}", "not-linked")
    return [write(unlink(*own, name, now), secret) for name in sorted(ended)]


def is_stale(known: Known, group: str, to: str) -> bool:
    """Tell whether a group's links to another all witness a charter that was replaced since."""
    heads = known.standing.heads(to)
    return all(one.witness not in heads for one in _living_links(known, group, to).values())


def read_organiser(text: str) -> str:
    """Read an organiser's public key.

    Raises:
        DeskFault: it is none.
    """
    if not keys.is_public_key(text):
        raise DeskFault(
            f"{text[:80]!r} is not a public key: 64 digits 0-9 and a-f, as `wayhome key new`"
            " prints",
            "bad-organiser",
        )
    return text


def read_node(text: str) -> Node:
    """Read a node's address and key, written `ADDRESS=KEY`.

    Raises:
        DeskFault: it is not written so.
    """
    url, _sign, key = text.rpartition("=")
    if not url or not keys.is_public_key(key):
        raise DeskFault(
            f"{text[:120]!r}: write ADDRESS=KEY, the key as `wayhome group node-key` prints it",
            "bad-node",
        )
    return Node(url.rstrip("/"), key)


def read_caseworker(text: str) -> Caseworker:
    """Read what a caseworker gave to be named, with her consent in it.

    Raises:
        DeskFault: it is not what her desk printed.
    """
    try:
        return Caseworker.told(text)
    except Refused as refused:
        raise DeskFault(
            f"it is not what `wayhome desk words` prints, all of it ({refused})", "bad-caseworker"
        ) from refused


def _living_links(known: Known, group: str, to: str) -> dict[str, Link]:
    """Give the official links from a group to another that were not ended, by id."""
    said = {
        one.id: Link.of(one)
        for one in known.of_kind(link.NUMBER)
        if known.standing.is_official(one.id)
    }
    own = {name: one for name, one in said.items() if one.group == group}
    ended = {one.ends for one in own.values()}
    return {name: one for name, one in own.items() if one.to == to and name not in ended}


def _heads(known: Known, group: str, base: str) -> tuple[str, ...]:
    heads = known.standing.heads(group)
    if len(heads) < 2:  # noqa: PLR2004 - two stand against each other
        return (known.head(group),)
    if base and known.record(base).id in heads:
        return heads
    raise DeskFault(
        "the group is in dispute. An amendment that names both branches heals it; say with --base"
        f" whose words it starts from: {', '.join(heads)}",
        "no-base",
    )


def _changed(now: Founding, change: Change) -> Founding:
    _refuse_known(now, change)
    _refuse_unknown(now, change)
    organisers = [one for one in now.organisers if one not in change.leaves]
    replaced = {one.url for one in change.nodes}.union(change.drops)
    gone = {one.key for one in change.caseworkers}.union(change.dismissed)
    return Founding(
        change.name or now.name,
        change.k or now.k,
        (*organisers, *change.joins),
        change.languages or now.languages,
        now.regions if change.regions is None else change.regions,
        (*(one for one in now.nodes if one.url not in replaced), *change.nodes),
        (*(one for one in now.caseworkers if one.key not in gone), *change.caseworkers),
    )


def _refuse_known(now: Founding, change: Change) -> None:
    for one in change.joins:
        if one in now.organisers:
            raise DeskFault(f"{one} is an organiser already, so cannot join", "there-already")


def _refuse_unknown(now: Founding, change: Change) -> None:
    for one in change.leaves:
        if one not in now.organisers:
            raise DeskFault(f"{one} is not an organiser now, so cannot leave", "not-there")
    urls = [one.url for one in now.nodes]
    for one in change.drops:
        if one not in urls:
            raise DeskFault(
                f"the charter names no node {one}; it names: {', '.join(urls) or 'none'}",
                "not-there",
            )
    for one in change.dismissed:
        if one not in [worker.key for worker in now.caseworkers]:
            raise DeskFault(f"{one} is not a caseworker now, so cannot be dismissed", "not-there")


def _refuse_k(founding: Founding) -> None:
    if not 1 <= founding.k <= len(founding.organisers):
        raise DeskFault(
            f"k is {founding.k}, but there are {len(founding.organisers)} organisers: k of them"
            " must sign what the group says, so it is at least 1 and at most as many as they are",
            "bad-k",
        )
