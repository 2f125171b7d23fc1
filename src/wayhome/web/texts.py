"""Texts: the pages of the channel: manifesto, appeals, posts, and one page for each record."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from wayhome.channel.kinds import post
from wayhome.channel.kinds.post import Post
from wayhome.channel.texts import Text, Version, read_texts, translations_of
from wayhome.pages import prose
from wayhome.records.filter import Filter
from wayhome.records.record import Record
from wayhome.web.pages import TEXT, Ask, Page
from wayhome.web.pictures import qr
from wayhome.web.seal import Seal, name_of, seal_of
from wayhome.web.site import Site

_ISOLATED = "\u2068{}\u2069"  # what <bdi> is in plain text


@dataclass(frozen=True, slots=True)
class Card:
    """A text as a list shows it, in the reader's language where there is one."""

    version: Version
    seal: Seal
    day: str
    excerpt: str
    is_foreign: bool
    is_corrected: bool

    @property
    def way(self) -> str:
        """The path of its page."""
        return f"post/{self.version.id}"


def texts_of(site: Site) -> tuple[Text, ...]:
    """Give the official texts of all groups that the node carries, the newest first."""

    def make() -> tuple[Text, ...]:
        found = read_texts(posts_of(site), site.standing)
        return tuple(one for one in found if site.reach.carries(one.original.post.group))

    return site.made("texts", make)


def posts_of(site: Site) -> list[Record]:
    """Give every post that is held, official or not."""
    return site.made("posts", lambda: site.reader.find(Filter(kinds=(post.NUMBER,))))


def card(ask: Ask, text: Text) -> Card:
    """Give the card of a text."""
    version = text.in_language(ask.lang)
    return Card(
        version,
        seal_of(ask.site, version.record),
        ask.words.day(text.original.record.created_at),
        prose.excerpt(version.record.content),
        version.post.lang != ask.lang,
        version.id in _corrections(text),
    )


def manifesto(ask: Ask) -> Page:
    """Draw every manifesto whole."""
    found = [one for one in texts_of(ask.site) if one.form == "manifesto"]
    shown = [(card(ask, one), _html(one.in_language(ask.lang))) for one in found]
    return ask.draw("manifesto", ask.words.say("Manifesto"), shown=shown)


def appeals(ask: Ask) -> Page:
    """Draw the list of appeals."""
    found = [card(ask, one) for one in texts_of(ask.site) if one.form == "appeal"]
    return ask.draw("appeals", ask.words.say("Appeals"), cards=found)


def posts(ask: Ask) -> Page:
    """Draw all texts by month, and the ways to each group's."""
    found = texts_of(ask.site)
    months = [
        (month, [card(ask, one) for one in within])
        for month, within in groupby(found, lambda one: _month(ask, one))
    ]
    speaking = sorted(
        {(name_of(ask.site, g), g) for one in found if (g := one.original.post.group)}
    )
    forms = {one.form for one in found}
    return ask.draw("posts", ask.words.say("Texts"), months=months, groups=speaking, forms=forms)


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
        qr=qr(ask.address() or id),
        address=ask.address(),
    )


def plain(ask: Ask, id: str) -> Page | None:  # noqa: A002 - the address's own word
    """Give one post as plain text, to be passed on."""
    found = _found(ask.site, id)
    if found is None:
        return None
    version, _ = found
    seal = seal_of(ask.site, version.record)
    said = ask.words.say_many(
        "Signed by %(num)s of %(all)s organiser of the group “%(group)s”.",
        "Signed by %(num)s of %(all)s organisers of the group “%(group)s”.",
        seal.signed,
        all=seal.organisers,
        group=_ISOLATED.format(seal.name),
    )
    day = ask.words.day(version.record.created_at)
    parts = (version.post.title, version.record.content, f"{said.unescape()} {day}", id)
    return Page("\n\n".join(parts) + "\n", TEXT)


def every_post(site: Site) -> Iterator[str]:
    """Give the id of every post that has a page."""
    for text in texts_of(site):
        ids = {text.original.id, *(v.id for v in text.current), *text.replaced}
        yield from sorted(ids.union(*text.replaced.values()))
    for record, _ in site.petitions():
        for version in translations_of(record.id, posts_of(site), site.standing):
            if site.reach.carries(version.post.group):
                yield version.id


def _found(site: Site, record_id: str) -> tuple[Version, Text] | None:
    version = _version(site, record_id)
    if version is None:
        return None
    text = next((one for one in texts_of(site) if one.has(record_id)), None)
    if text is None and site.reach.carries(version.post.group):
        text = Text(version, (version,), frozenset(), {})  # a translation of a petition
    return (version, text) if text else None


def _version(site: Site, record_id: str | None) -> Version | None:
    record = site.reader.get(record_id) if record_id else None
    if record is None or record.kind != post.NUMBER or not site.standing.is_official(record.id):
        return None
    return Version(record, Post.of(record))


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
    return prose.to_html(version.record.content)


def _month(ask: Ask, text: Text) -> str:
    return ask.words.month(text.original.record.created_at)
