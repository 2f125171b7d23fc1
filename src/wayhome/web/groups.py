"""Groups: the directory with its map, and the page of each group."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from wayhome.groups.kinds.charter import Charter
from wayhome.pages.graphs import link_graph
from wayhome.pages.maps import Tile, tile_map
from wayhome.pages.words import sort_key
from wayhome.web.help import readers_of
from wayhome.web.history import steps_of
from wayhome.web.pages import Ask, Page
from wayhome.web.petition import shown
from wayhome.web.pictures import qr
from wayhome.web.seal import groups_of, in_blocks, name_of
from wayhome.web.site import Place, Site
from wayhome.web.texts import card, texts_of

LAST = 5  # texts shown on a group's page
STARTS = 4  # blocks of a number in a heading: 64 bits, more than anybody grinds for a likeness
DRAWN = 24  # groups of the picture of links; the table has them all


@dataclass(frozen=True, slots=True)
class Row:
    """One region of the table with its groups: name, id, k, n, and whether it is in dispute."""

    code: str
    name: str
    groups: tuple[tuple[str, str, int, int, bool], ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """A group of the directory: how many of the others it knows, and how many know it."""

    name: str
    id: str
    knows: int
    known_by: int


@dataclass(frozen=True, slots=True)
class Branch:
    """A charter in force as its page shows it: organisers with whether they are in office."""

    charter_id: str
    charter: Charter
    organisers: tuple[tuple[str, bool], ...]

    @property
    def in_office(self) -> int:
        """How many have signed the charter that names them."""
        return sum(is_in_office for _, is_in_office in self.organisers)


def groups(ask: Ask) -> Page:
    """Draw the directory."""
    found = [(one, charter) for one in groups_of(ask.site) if (charter := ask.site.group(one))]
    rows = _rows(ask, found)
    numbers = {row.code: len(row.groups) for row in rows}
    tiles = [
        Tile(
            _label(ask, p),
            ask.local(p.names),
            *p.tile,
            numbers.get(p.code, 0),
            _way(p.code, numbers),
        )
        for p in ask.site.face.places
        if p.tile
    ]
    links = _known_to_each_other(ask.site, found)
    drawn = _best_known(ask.site, links)
    return ask.draw(
        "groups",
        ask.words.say("Groups"),
        rows=rows,
        number=len(found),
        map=tile_map(tiles, ask.site.face.tile_split) if tiles else "",
        links=links,
        graph=link_graph([one.id for one in drawn], ask.site.standing.links, _numbers(links)),
        left_out=len(links) - len(drawn),
    )


def group_page(ask: Ask, id: str) -> Page | None:  # noqa: A002 - the address's own word
    """Draw one group; None where this node does not carry it."""
    site = ask.site
    if id not in groups_of(site):
        return None
    steps = steps_of(site, id)
    said = texts_of(site).of_group(id)
    branches = [_branch(site, head) for head in site.standing.heads(id)]
    founding = site.reader.get(id)
    own = [shown(ask, *pair) for pair in site.petitions() if pair[1].group == id]
    return ask.draw(
        "group",
        f"{name_of(site, id)} · {' '.join(islice(in_blocks(id), STARTS))}",
        id=id,
        group=name_of(site, id),
        start=" ".join(islice(in_blocks(id), STARTS)),
        blocks=" ".join(in_blocks(id)),
        qr=qr(ask.address() or id),
        branches=branches,
        readers=readers_of(site, id) if len(branches) == 1 else (),
        founded=ask.words.day(founding.created_at) if founding else "",
        amended=len(steps) - 1,
        former=sum(one.state == "not followed" for one in steps),
        not_counted=sum(one.not_counted for one in steps),
        links=_named(site, site.standing.links(id)),
        linked_by=_named(site, site.standing.linked_by(id)),
        regions=_regions(ask, branches),
        cards=[card(ask, one) for one in said[:LAST]],
        has_more=len(said) > LAST,
        petitions=own,
    )


def _label(ask: Ask, place: Place) -> str:
    """Give what stands on a tile: the pack's word, which is of its first language, or the code."""
    is_own = ask.lang == ask.site.face.languages[0]
    return place.label if is_own else place.code.rpartition("-")[2]


def every_group(site: Site) -> Iterator[str]:
    """Give the id of every group that has a page."""
    return iter(groups_of(site))


def _branch(site: Site, head: str) -> Branch:
    charter = site.charter(head)
    if charter is None:
        raise AssertionError("a charter in force is held")
    office = site.standing.in_office(head)
    return Branch(head, charter, tuple((key, key in office) for key in charter.organisers))


def _rows(ask: Ask, found: list[tuple[str, Charter]]) -> list[Row]:
    names = {place.code: ask.local(place.names) for place in ask.site.face.places}
    by_region: dict[str, list[tuple[str, str, int, int, bool]]] = {}
    for one, charter in found:
        is_split = ask.site.standing.is_split(one)
        line = (charter.name, one, charter.k, len(charter.organisers), is_split)
        for code in charter.regions or ("",):
            by_region.setdefault(code, []).append(line)
    rows = [
        Row(code, names.get(code, code), tuple(sorted(lines, key=lambda line: sort_key(line[0]))))
        for code, lines in by_region.items()
    ]
    return sorted(rows, key=lambda row: (not row.code, sort_key(row.name)))


def _known_to_each_other(site: Site, found: list[tuple[str, Charter]]) -> list[Linked]:
    known = {one for one, _ in found}
    standing = site.standing
    links = [
        Linked(
            charter.name,
            one,
            len(standing.links(one) & known),
            len(standing.linked_by(one) & known),
        )
        for one, charter in found
    ]
    return sorted(links, key=lambda one: (*sort_key(one.name), one.id))


def _best_known(site: Site, links: list[Linked]) -> list[Linked]:
    """Give the groups that are drawn, as many as an eye can tell apart: home groups come first."""
    by_rank = sorted(links, key=lambda one: (one.id not in site.home, -one.known_by, one.id))
    kept = {one.id for one in by_rank[:DRAWN]}
    return [one for one in links if one.id in kept]


def _numbers(links: list[Linked]) -> dict[str, int]:
    return {one.id: number for number, one in enumerate(links, 1)}


def _regions(ask: Ask, branches: list[Branch]) -> list[str]:
    names = {place.code: ask.local(place.names) for place in ask.site.face.places}
    codes = dict.fromkeys(code for one in branches for code in one.charter.regions)
    return [names.get(code, code) for code in codes]


def _named(site: Site, ids: frozenset[str]) -> list[tuple[str, str]]:
    known = set(groups_of(site))
    return sorted(
        ((name_of(site, one), one) for one in ids if one in known),
        key=lambda pair: sort_key(pair[0]),
    )


def _way(code: str, numbers: dict[str, int]) -> str:
    return f"#{code}" if numbers.get(code) else ""
