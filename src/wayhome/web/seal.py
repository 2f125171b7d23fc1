"""Seal: what is said beside every record of a group: how many signed it, and what is in dispute."""

from collections.abc import Iterator
from dataclasses import dataclass

from wayhome.groups.service import charter_of
from wayhome.records.record import Record
from wayhome.web.site import Site


@dataclass(frozen=True, slots=True)
class Seal:
    """How many of a group's organisers signed a record, by this node's check."""

    group: str
    name: str
    signed: int
    organisers: int
    is_one_voice: bool
    is_split: bool


def seal_of(site: Site, record: Record) -> Seal:
    """Give the seal of a record that is official."""
    group, under = charter_of(record)
    said = site.standing.charters[under]
    signed = site.standing.signers(record.id) & site.standing.in_office(under)
    return Seal(
        group,
        name_of(site, group),
        len(signed),
        len(said.organisers),
        said.k == 1,
        site.standing.is_split(group),
    )


def name_of(site: Site, group: str) -> str:
    """Give the name of a group as its charter in force says it, or the beginning of its id."""
    charter = site.group(group)
    return charter.name if charter else group[:8]


def groups_of(site: Site) -> tuple[str, ...]:
    """Give every group that this node carries and whose charter it holds."""
    return tuple(one for one in site.standing.groups() if one in site.reach.groups)


def in_blocks(record_id: str) -> Iterator[str]:
    """Cut an id into blocks of four, to be read aloud."""
    return (record_id[i : i + 4] for i in range(0, len(record_id), 4))
