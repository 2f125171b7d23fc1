"""charter: a group's founding record, or the amendment that replaces one.

A group's id is the id of its founding charter, so nobody gives out names and nobody can take one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from wayhome.codec import limits
from wayhome.codec.age import Sort
from wayhome.groups.caseworker import Caseworker, refuse_doubles
from wayhome.groups.facts import CharterFact
from wayhome.groups.speech import too_many
from wayhome.records.filter import Filter
from wayhome.records.kind import Fact, Ground, Kind, Moment
from wayhome.records.record import Record, Tag
from wayhome.records.refused import Refused
from wayhome.records.tags import read_id, read_language, read_number, read_public_key, read_text

NUMBER = 3960
_PREVS = 2  # one is replaced; two are healed
_LANGUAGES = 4
_REGIONS = 3
_REGION = re.compile(r"[A-Za-z0-9-]{1,16}")
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_NODE_URL = re.compile(
    rf"(?:https?|wss?)://{_LABEL}(?:\.{_LABEL})*(?::(?P<port>[1-9][0-9]{{0,4}}))?"
    r"(?:/[A-Za-z0-9._~-]+)*"
)
_PORTS = 65_535
_ORDER = ("name", "k", "organiser", "lang", "region", "node", "caseworker", "sealed")


@dataclass(frozen=True, slots=True)
class Node:
    """A node that a group names: where it is and the public key it signs with."""

    url: str
    key: str


@dataclass(frozen=True, slots=True)
class Charter:
    """What a charter says; `group` of a founding charter is its own id."""

    group: str
    prev: tuple[str, ...]
    name: str
    k: int
    organisers: tuple[str, ...]
    languages: tuple[str, ...]
    regions: tuple[str, ...]
    nodes: tuple[Node, ...]
    caseworkers: tuple[Caseworker, ...]
    sealed: tuple[str, ...]

    @property
    def is_founding(self) -> bool:
        """Tell whether it founds a group rather than amends a charter."""
        return not self.prev

    @property
    def sort(self) -> Sort:
        """Of which sort its caseworkers' recipients are; X25519 where it names none."""
        return self.caseworkers[0].sort if self.caseworkers else "x25519"

    @classmethod
    def of(cls, record: Record) -> Self:
        """Read a charter; `bad-` and tags, content, text, number, key, url, recipient or proof."""
        group, prev, rest = _line(record)
        taken = {name: _taken(rest, name) for name in _ORDER}
        if rest:
            raise Refused("bad-tags", "the tags of a charter, in their order")
        if record.content:
            raise Refused("bad-content", "a charter has no content")
        organisers = tuple(read_public_key(one) for (one,) in _fixed(taken["organiser"], 1))
        _bounded("organiser", organisers, 1, limits.ORGANISERS)
        names, ks = _fixed(taken["name"], 1), _fixed(taken["k"], 1)
        _bounded("name", names, 1, 1)
        _bounded("k", ks, 1, 1)
        return cls(
            group,
            prev,
            read_text(names[0][0], limits.NAME),
            read_number(ks[0][0], 1, len(organisers)),
            organisers,
            _languages(taken["lang"]),
            _regions(taken["region"]),
            _nodes(taken["node"]),
            _caseworkers(taken["caseworker"]),
            _sealed(taken["sealed"], prev),
        )


def _line(record: Record) -> tuple[str, tuple[str, ...], list[Tag]]:
    rest = list(record.tags)
    groups, prevs = _fixed(_taken(rest, "g"), 1), _fixed(_taken(rest, "prev"), 1)
    prev = tuple(read_id(one) for (one,) in prevs)
    if len(groups) > 1 or bool(groups) != bool(prev) or len(prev) > _PREVS:
        raise Refused("bad-tags", "an amendment names its group and one or two charters before it")
    if prev != tuple(sorted(set(prev))):
        raise Refused("bad-tags", "the charters before it ascend, each once")
    return (read_id(groups[0][0]) if groups else record.id), prev, rest


def _taken(rest: list[Tag], name: str) -> list[Tag]:
    """Take the leading tags of this name out of ``rest``."""
    count = next((i for i, tag in enumerate(rest) if tag[0] != name), len(rest))
    taken, rest[:] = rest[:count], rest[count:]
    return taken


def _fixed(tags: Sequence[Tag], size: int) -> list[Tag]:
    if any(len(tag) != size + 1 for tag in tags):
        raise Refused("bad-tags", "a tag has too few or too many items")
    return [tag[1:] for tag in tags]


def _bounded(name: str, found: Sequence[object], least: int, most: int) -> None:
    if not least <= len(found) <= most or len(set(found)) != len(found):
        raise Refused("bad-tags", f"{least} to {most} {name} tags, no two alike")


def _languages(tags: Sequence[Tag]) -> tuple[str, ...]:
    found = tuple(read_language(one) for (one,) in _fixed(tags, 1))
    _bounded("lang", found, 1, _LANGUAGES)
    return found


def _regions(tags: Sequence[Tag]) -> tuple[str, ...]:
    found = tuple(one for (one,) in _fixed(tags, 1))
    _bounded("region", found, 0, _REGIONS)
    if not all(_REGION.fullmatch(one) for one in found):
        raise Refused("bad-tags", "a region is a code of letters, digits and hyphens")
    return found


def _nodes(tags: Sequence[Tag]) -> tuple[Node, ...]:
    found = tuple(Node(url, read_public_key(key)) for url, key in _fixed(tags, 2))
    _bounded("node", found, 0, limits.NODES)
    for node in found:
        plain = _NODE_URL.fullmatch(node.url)
        if not plain or len(node.url) > limits.URL or int(plain["port"] or 1) > _PORTS:
            raise Refused("bad-url", "http, https, ws or wss, a host, a port and a path, no more")
    return found


def _caseworkers(tags: Sequence[Tag]) -> tuple[Caseworker, ...]:
    _bounded("caseworker", tags, 0, limits.CASEWORKERS)
    found = tuple(Caseworker.of(tag) for tag in _fixed(tags, 5))
    refuse_doubles(found)
    return found


def _sealed(tags: Sequence[Tag], prev: tuple[str, ...]) -> tuple[str, ...]:
    found = tuple(read_id(one) for (one,) in _fixed(tags, 1))
    if found and not prev:
        raise Refused("bad-tags", "a founding charter has nothing to seal")
    _bounded("sealed", found, 0, limits.RECORD_TAGS)
    return found


def rule(record: Record) -> None:
    """It is well made when it names its organisers, and k of them at most."""
    charter = Charter.of(record)
    if charter.is_founding and record.pubkey not in charter.organisers:
        raise Refused("unknown-author", "a group is founded by one of its organisers")


def needs(record: Record) -> tuple[Filter, ...]:
    """To judge an amendment we must hold what it replaces."""
    prev = Charter.of(record).prev
    return (Filter(ids=prev, kinds=(NUMBER,)),) if prev else ()


def admit(record: Record, held: Sequence[Record], ground: Ground, moment: Moment) -> None:  # noqa: ARG001 - the shape of `admit`
    """A group within reach; an amendment by someone whom a charter that it replaces names.

    Whom it names itself says nothing: a stranger names himself, and whoever a held charter names
    may speak and cosign under it.
    """
    charter = Charter.of(record)
    if not ground.carries(charter.group):
        raise Refused("unknown-group", "this node does not carry that group")
    before = [Charter.of(one) for one in held if one.id in charter.prev]
    if len(before) != len(charter.prev) or any(one.group != charter.group for one in before):
        raise Refused("unknown-charter", "a charter that it amends is not held here")
    if before and not any(record.pubkey in one.organisers for one in before):
        raise Refused("unknown-author", "the charter it amends does not name the author")
    if before and not ground.may_propose(record.id, charter.group, record.pubkey, charter.prev):
        raise too_many()


def count(record: Record) -> tuple[Fact, ...]:
    """What decides who is in office; the rest of a charter is read from the record."""
    charter = Charter.of(record)
    fact = CharterFact(
        record.id,
        charter.group,
        record.pubkey,
        charter.k,
        charter.organisers,
        charter.prev,
        charter.sealed,
        tuple(node.key for node in charter.nodes),
    )
    return (fact.fact(),)


KIND = Kind(NUMBER, "charter", 0, rule, admit, count, needs)
