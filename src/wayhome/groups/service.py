"""What organisers can do: found a group, sign another's record, link, unlink, amend. All drafts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from wayhome.groups.caseworker import Caseworker
from wayhome.groups.kinds import charter, cosign, link, season
from wayhome.groups.kinds.charter import Charter, Node
from wayhome.groups.standing import Standing
from wayhome.records.draft import Draft
from wayhome.records.record import Record, Tag

DAY = 86_400  # seconds; drafts are dated to the day, so that no hour tells who was awake


@dataclass(frozen=True, slots=True)
class Founding:
    """What a group says of itself when it is founded or amended."""

    name: str
    k: int
    organisers: tuple[str, ...]
    languages: tuple[str, ...] = ("ru",)
    regions: tuple[str, ...] = ()
    nodes: tuple[Node, ...] = ()
    caseworkers: tuple[Caseworker, ...] = ()

    @classmethod
    def of(cls, said: Charter) -> "Founding":
        """Give what a charter says, to change it."""
        return cls(
            said.name,
            said.k,
            said.organisers,
            said.languages,
            said.regions,
            said.nodes,
            said.caseworkers,
        )


def found(founding: Founding, now: int) -> Draft:
    """Draft a founding charter; its id, once signed, is the group's."""
    return Draft(charter.NUMBER, _said_of(founding), "", to_day(now))


def amend(
    group: str, prev: Iterable[str], founding: Founding, sealed: Iterable[str], now: int
) -> Draft:
    """Draft an amendment that replaces ``prev`` (two of them heal a split) and seals ``sealed``."""
    before: tuple[Tag, ...] = tuple(("prev", one) for one in sorted(prev))
    seals: tuple[Tag, ...] = tuple(("sealed", one) for one in sorted(sealed))
    tags = (("g", group), *before, *_said_of(founding), *seals)
    return Draft(charter.NUMBER, tags, "", to_day(now))


def to_seal(standing: Standing, group: str, records: Iterable[Record]) -> tuple[str, ...]:
    """Give what an amendment must seal: what is official now under the charter in force."""
    heads = standing.heads(group)
    return tuple(
        sorted(
            record.id
            for record in records
            if any(tag == ("charter", head) for tag in record.tags for head in heads)
            and record.kind != cosign.NUMBER
            and standing.is_official(record.id)
        )
    )


def cosign_of(record: Record, group: str, under: str, now: int) -> Draft:
    """Draft a cosign of ``record`` as a word of ``group`` under a charter."""
    tags = (("e", record.id), ("g", group), ("charter", under))
    return Draft(cosign.NUMBER, tags, "", to_day(now))


def keys_of_season(group: str, under: str, recipients: Sequence[str], now: int) -> Draft:
    """Draft the hybrid recipients that a group's next charter names."""
    return Draft(season.NUMBER, season.tags_of(group, under, recipients), "", to_day(now))


def link_to(group: str, under: str, to: str, witness: str, now: int) -> Draft:
    """Draft a link: ``group`` knows ``to``, whose charter in force is ``witness``."""
    tags = (("g", group), ("charter", under), ("link", to), ("witness", witness))
    return Draft(link.NUMBER, tags, "", to_day(now))


def unlink(group: str, under: str, ended: str, now: int) -> Draft:
    """Draft the end of one link record."""
    return Draft(
        link.NUMBER, (("g", group), ("charter", under), ("unlink", ended)), "", to_day(now)
    )


def charter_of(record: Record) -> tuple[str, str]:
    """Give group and charter that a group's record speaks under; a charter's own are its id."""
    if record.kind == charter.NUMBER:
        return Charter.of(record).group, record.id
    named = {tag[0]: tag[1] for tag in record.tags if tag[0] in ("g", "charter")}
    return named["g"], named["charter"]


def with_node(founding: Founding, node: Node) -> Founding:
    """Give the same with one more node."""
    return replace(founding, nodes=(*founding.nodes, node))


def to_day(now: int) -> int:
    """Round a time down to the start of its day, UTC."""
    return now - now % DAY


def _said_of(founding: Founding) -> tuple[Tag, ...]:
    return (
        ("name", founding.name),
        ("k", str(founding.k)),
        *(("organiser", key) for key in founding.organisers),
        *(("lang", code) for code in founding.languages),
        *(("region", code) for code in founding.regions),
        *(("node", node.url, node.key) for node in founding.nodes),
        *(one.tag for one in founding.caseworkers),
    )
