"""Mirror: which plain files a site is, and what stands in each.

The same set of records gives the same files, whoever writes them, and when.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import msgspec

from wayhome.petition.kinds import petition, signature
from wayhome.petition.kinds.petition import Petition
from wayhome.records.filter import Filter
from wayhome.web import presented
from wayhome.web.app import DOORS
from wayhome.web.assets import assets
from wayhome.web.envelopes import shard, slots_of
from wayhome.web.pages import Pages
from wayhome.web.record_files import chunks
from wayhome.web.short import Short
from wayhome.web.site import Site

_DAY = 86_400
_ID = 32  # bytes
_LAST_DAY = 99_999  # the five digits that a day has in a name


@dataclass(frozen=True, slots=True)
class Leaf:
    """One file: its path below the mirror's root, and its bytes.

    `ids`, of a file of records, are those that it must hold: where a file has them already it need
    not be written again.
    """

    path: str
    chunks: Callable[[], Iterable[bytes]]
    ids: bytes | None = None


class _Dated(msgspec.Struct):
    created_at: int


def moment_of_set(site: Site) -> int:
    """Give the time of the newest record that is not from the future; a copy is of that moment.

    A signature counts by the end of its window: it is not public before.
    """
    now = site.clock()
    found = {0}
    for kind in set(site.kinds) - {signature.NUMBER}:
        lines = site.reader.lines(Filter(kinds=(kind,)))
        found |= {msgspec.json.decode(line, type=_Dated).created_at for line in lines}
    for petition_id, asked in _petitions(site):
        found |= {at + asked.window for at in site.tally(petition_id).by_window}
    return max(at for at in found if at <= now)


def as_copy(site: Site, at: int) -> Site:
    """Give the site as a mirror shows it: at one moment, and without what needs a node."""
    said = presented.read_presented(presented.presented(site).json)  # as whoever checks it reads it
    return replace(
        site,
        clock=lambda: at,
        face=said.face,
        is_alone=lambda: False,
        neighbours=tuple,
        echoes=tuple,
        is_copy=True,
        _made={},
        _making={},
    )


def leaves(site: Site) -> Iterator[Leaf]:
    """Give every file of a site that `as_copy` gave: records first, then pages."""
    yield _leaf(presented.NAME, presented.presented(site).json)
    yield from _records(site)
    lists = site.list_files()
    for name in sorted(lists):
        yield _leaf(f"lists/{name}", lists[name])
    for record, _ in site.petitions():
        yield Leaf(f"petition/{record.id}/tally.json", _tally(site, record.id))
    for asset in assets().by_name.values():
        yield _leaf(f"static/{asset.name}", asset.body)
    for group in site.home:
        yield from _envelopes(site, group)
    yield from _pages(site)


def _records(site: Site) -> Iterator[Leaf]:
    for kind in sorted(set(site.kinds) - {signature.NUMBER}):
        wanted = Filter(kinds=(kind,))
        ids = site.reader.ids(wanted)
        if ids:
            yield _of(site, f"records/{kind}.jsonl", wanted, bytes.fromhex("".join(ids)))
    for petition_id, _ in _petitions(site):
        days: dict[int, list[bytes]] = defaultdict(list)
        for at, some in site.tally(petition_id).by_window.items():
            days[min(at // _DAY, _LAST_DAY)] += some
        for day, found in sorted(days.items()):
            path = f"records/{signature.NUMBER}/{petition_id}/{day:05}.jsonl"
            named = b"".join(sorted(found))
            yield Leaf(path, partial(_signatures, site, named), named)


def _envelopes(site: Site, group: str) -> Iterator[Leaf]:
    """Give what a family looks for its answer in: the list of all slots, and every shard."""
    found = slots_of(site, group)
    if len(found):
        yield _leaf(f"envelopes/{group}/slots", found.list)
        for number in range(1 << found.bits):
            path = f"envelopes/{group}/{found.bits}/{number}.jsonl"
            yield Leaf(path, partial(lambda n: (shard(site, found, n),), number))


def _pages(site: Site) -> Iterator[Leaf]:
    pages, short = Pages(site, DOORS), Short(site)
    yield Leaf("index.html", lambda: (short.drawn().body,))
    starts = {(lang, path): start for start, lang, path in short.all()}
    draw = lru_cache(1)(partial(_drawn, pages))  # a page with a short address is two files
    # in all its languages together: much of it is the same
    for path, lang in sorted({(path, lang) for lang, path in pages.every()}):
        ending = "" if "." in path else ".html"
        yield Leaf(f"{lang}/{path}{ending}", partial(draw, lang, path))
        if (lang, path) in starts:
            # as deep in the folder as the page itself, so its links hold here too
            yield Leaf(f"s/{starts[lang, path]}/index.html", partial(draw, lang, path))


def _petitions(site: Site) -> Iterator[tuple[str, Petition]]:
    for record in site.reader.find(Filter(kinds=(petition.NUMBER,))):
        yield record.id, Petition.of(record)


def _leaf(path: str, body: bytes) -> Leaf:
    return Leaf(path, lambda: (body,))


def _signatures(site: Site, ids: bytes) -> Iterable[bytes]:
    named = tuple(ids[at : at + _ID].hex() for at in range(0, len(ids), _ID))
    return chunks(site.reader.lines(Filter(kinds=(signature.NUMBER,), ids=named)))


def _of(site: Site, path: str, wanted: Filter, ids: bytes) -> Leaf:
    return Leaf(path, lambda: chunks(site.reader.lines(wanted)), ids)


def _tally(site: Site, petition_id: str) -> Callable[[], Iterable[bytes]]:
    return lambda: (site.count(petition_id).json,)


def _drawn(pages: Pages, lang: str, path: str) -> tuple[bytes, ...]:
    page = pages.page(lang, path)
    return (page.body.encode(),) if page else ()
