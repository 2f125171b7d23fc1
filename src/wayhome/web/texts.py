"""Texts: the pages of the channel: manifesto, appeals, posts, and one page for each record."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from wayhome.channel.kinds import post
from wayhome.channel.proof import belongs, write_proof
from wayhome.channel.texts import Texts
from wayhome.channel.ties import Text, Version
from wayhome.groups.kinds import cosign
from wayhome.groups.reach import Reach
from wayhome.pages import prose
from wayhome.pages.words import sort_key
from wayhome.records.filter import Filter
from wayhome.records.record import Record
from wayhome.web import record_files
from wayhome.web.pages import JSON, TEXT, Ask, Page
from wayhome.web.pictures import qr, short_address
from wayhome.web.seal import Seal, groups_of, name_of, seal_of
from wayhome.web.site import Site

LAST = 10  # texts shown with their beginnings; a page is to stay small
MANY = 20  # texts of a list; where there are more only titles are shown
_LAST_MOMENT = 253_402_300_799  # the end of the year 9999, where dates end


@dataclass(frozen=True, slots=True)
class Card:
    """A text as a list shows it, in the reader's language where there is one."""

    version: Version
    seal: Seal
    day: str
    excerpt: str
    is_foreign: bool
    is_corrected: bool
    carried: int  # groups: its own and those that adopted it; 0 where nobody was asked to

    @property
    def way(self) -> str:
        """The path of its page."""
        return f"post/{self.version.id}"


def texts_of(site: Site) -> Texts:
    """Give the official texts of all groups that the node carries."""

    def make(before: Texts | None) -> Texts:
        standing = site.standing  # before posts are read: one that is newer is asked about again
        if before is None or not standing.has_offices_of(before.standing):
            before = Texts(standing, Reach(standing, site.home, site.steps).carries)
        return before.noting(posts_of(site), standing)

    return site.grown("texts", make)


def carried(site: Site, text: Text) -> int:
    """Give how many groups carry an appeal, or whatever was adopted; 0 for other texts."""
    others = len(texts_of(site).adopters_of(text))
    return 1 + others if others or text.form == "appeal" else 0


def posts_of(site: Site) -> Sequence[Record]:
    """Give every post that is held, official or not."""
    return site.fold.records(post.NUMBER)


def card(ask: Ask, text: Text) -> Card:
    """Give the card of a text."""
    version = text.in_language(ask.lang)
    return Card(
        version,
        seal_of(ask.site, version.record),
        ask.words.day(text.original.record.created_at),
        _excerpt(version.record.content),
        version.post.lang != ask.lang,
        version.id in _corrections(text),
        carried(ask.site, text),
    )


def manifesto(ask: Ask) -> Page:
    """Draw every manifesto whole."""
    found = [one for one in texts_of(ask.site).all if one.form == "manifesto"]
    shown = [(card(ask, one), _html(one.in_language(ask.lang))) for one in found]
    return ask.draw("manifesto", ask.words.say("Manifesto"), shown=shown)


def appeals(ask: Ask) -> Page:
    """Draw the list of appeals."""
    found = [card(ask, one) for one in texts_of(ask.site).all if one.form == "appeal"]
    known = len(groups_of(ask.site))
    return ask.draw("appeals", ask.words.say("Appeals"), cards=found, known=known)


def posts(ask: Ask) -> Page:
    """Draw the last texts, and the ways to each month's and each group's."""
    found = texts_of(ask.site)
    return ask.draw(
        "posts",
        ask.words.say("Texts"),
        cards=[card(ask, one) for one in found.all[:LAST]],
        months=[
            (one, ask.words.month(_time(texts)), len(texts)) for one, texts in _months(found.all)
        ],
        groups=sorted(
            ((name_of(ask.site, one), one) for one in found.speakers()),
            key=lambda one: sort_key(one[0]),
        ),
        forms={one.form for one in found.all},
    )


def month_page(ask: Ask, month: str) -> Page | None:
    """Draw all texts of one month; None where there is none."""
    found = _in_month(texts_of(ask.site).all, month)
    if not found:
        return None
    title = ask.words.month(_time(found))
    return ask.draw(
        "texts",
        title,
        cards=[card(ask, one) for one in found],
        whose="",
        disputed=0,
        are_many=len(found) > MANY,
    )


def group_texts(ask: Ask, id: str) -> Page | None:  # noqa: A002 - the address's own word
    """Draw the titles of all texts of one group; None where it has none."""
    found = texts_of(ask.site).of_group(id)
    if not found:
        return None
    cards = [card(ask, one) for one in found]
    heads = ask.site.standing.heads(id)
    return ask.draw(
        "texts",
        ask.words.say("All texts"),
        of=name_of(ask.site, id),
        cards=cards,
        whose=id,
        disputed=len(heads) if len(heads) > 1 else 0,
        are_many=True,
    )


def every_month(site: Site) -> Iterator[str]:
    """Give every month in which something was published."""
    return (month for month, _ in _months(texts_of(site).all))


def every_speaker(site: Site) -> Iterator[str]:
    """Give the id of every group that has texts."""
    return iter(texts_of(site).speakers())


def text_page(ask: Ask, id: str) -> Page | None:  # noqa: A002 - the address's own word
    """Draw one post; None where this node has no such official one."""
    found = _found(ask.site, id)
    if found is None:
        return None
    version, text = found
    later = [_version(ask.site, one) for one in text.replaced.get(id, ())]
    before = _version(ask.site, version.post.corrects) if version.post.corrects else None
    languages = {one.post.lang: one for one in text.current if one.id != id}
    others = {lang: f"post/{one.id}" for lang, one in languages.items()}
    adopters = texts_of(ask.site).adopters_of(text)
    return ask.draw(
        "post",
        version.post.title,
        others=others,
        version=version,
        text=_html(version),
        day=ask.words.day(version.record.created_at),
        seal=seal_of(ask.site, version.record),
        later=[one for one in later if one],
        before=before,
        before_text=_html(before) if before else "",
        languages=languages,
        is_stale=version.post.lang in text.stale and version in text.current,
        translated=_translated(ask.site, version),
        adopted=_adopted(ask.site, version),
        carried=carried(ask.site, text),
        author=(text.original.post.group, name_of(ask.site, text.original.post.group)),
        known=len(groups_of(ask.site)),
        adopters=[(name_of(ask.site, one.post.group), one) for one in adopters],
        qr=qr(short_address(ask.site, id) or id),
        address=ask.address(),
        short=short_address(ask.site, id),
    )


def plain(ask: Ask, id: str) -> Page | None:  # noqa: A002 - the address's own word
    """Give one post as plain text, to be passed on: with its number, by which it can be checked.

    Who signed it is not said there: a sentence proves nothing, and anybody could write it.
    """
    found = _found(ask.site, id)
    if found is None:
        return None
    version, _ = found
    parts = (version.post.title, version.record.content, id)
    return Page("\n\n".join(parts) + "\n", TEXT)


def proof(ask: Ask, id: str) -> Page | None:  # noqa: A002 - the address's own word
    """Give the file that proves one post to anybody, offline; the same bytes for the same set."""
    found = _found(ask.site, id)
    if found is None:
        return None
    record, group = found[0].record, found[0].post.group
    body = write_proof(record, (*_charters(ask.site, group), *_cosigns(ask.site, group, (id,))))
    return Page(body.decode(), JSON, headers=record_files.OF_PUBLIC_RECORDS)


def _charters(site: Site, group: str) -> Sequence[Record]:
    """Give the charters by which a group speaks, with their cosigns."""

    def make() -> Sequence[Record]:
        named = sorted(site.standing.followed(group))
        charters = [one for name in named if (one := site.reader.get(name))]
        return (*charters, *_cosigns(site, group, named))

    return site.said(("charters", group), make)


def _cosigns(site: Site, group: str, named: Collection[str]) -> Sequence[Record]:
    wanted = Filter(kinds=(cosign.NUMBER,), tags=tuple(("e", name) for name in named))
    return [one for one in site.reader.find(wanted) if belongs(one, group, named)]


def every_post(site: Site) -> Iterator[str]:
    """Give the id of every post that has a page."""
    for text in texts_of(site).all:
        ids = {text.original.id, *(v.id for v in text.current), *text.replaced}
        yield from sorted(ids.union(*text.replaced.values()))
    for record, _ in site.petitions():
        for version in texts_of(site).translations_of(record.id):
            if site.reach.carries(version.post.group):
                yield version.id


def _found(site: Site, record_id: str) -> tuple[Version, Text] | None:
    version = _version(site, record_id)
    if version is None:
        return None
    text = texts_of(site).find(record_id)
    if text is None and site.reach.carries(version.post.group):
        text = Text(version, (version,), frozenset(), {})  # a translation of a petition
    return (version, text) if text else None


def _version(site: Site, record_id: str | None) -> Version | None:
    return texts_of(site).post(record_id) if record_id else None


def _translated(site: Site, version: Version) -> str:
    """Give the path of what a post translates: another post, a petition or a poll."""
    of = version.post.translates
    asked = next((asked for record, asked in site.petitions() if record.id == of), None)
    if asked is not None:
        return f"{'poll' if asked.is_poll else 'petition'}/{of}"
    return f"post/{of}" if of and _found(site, of) else ""


def _adopted(site: Site, version: Version) -> tuple[str, Version | None]:
    named = version.post.adopts or ""
    return named, _version(site, named)


def _corrections(text: Text) -> set[str]:
    return {one for ids in text.replaced.values() for one in ids}


def _html(version: Version) -> Markup:
    return _drawn(version.record.content)


# a text is the same on a page in another language, and on the lists of its month and group
_drawn = lru_cache(32)(prose.to_html)
_excerpt = lru_cache(256)(prose.excerpt)


def _months(found: Sequence[Text]) -> Iterator[tuple[str, Sequence[Text]]]:
    """Cut texts, the newest first, into months."""
    while found:
        month = _month(found[0])
        yield month, (these := _in_month(found, month))
        found = found[len(these) :]


def _in_month(found: Sequence[Text], month: str) -> Sequence[Text]:
    """Give the texts of a month; of the others few are looked at."""
    begun = bisect_left(found, True, key=lambda one: _month(one) <= month)  # noqa: FBT003 - bisect's way
    end = bisect_left(found, True, begun, key=lambda one: _month(one) < month)  # noqa: FBT003
    return found[begun:end]


def _month(text: Text) -> str:
    at = min(text.original.record.created_at, _LAST_MOMENT)
    return dt.datetime.fromtimestamp(at, dt.UTC).strftime("%Y-%m")


def _time(found: Sequence[Text]) -> int:
    return found[0].original.record.created_at
