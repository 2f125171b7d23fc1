"""Atom: the last texts as a feed (RFC 4287): of all groups, and of each."""

import datetime as dt
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from wayhome.channel.ties import Text
from wayhome.pages import prose
from wayhome.pages.plain import plain_name
from wayhome.web.pages import Ask, Page
from wayhome.web.seal import name_of
from wayhome.web.texts import Card, card, texts_of

ENTRIES = 30
ATOM = "application/atom+xml; charset=utf-8"
_SPACE = "http://www.w3.org/2005/Atom"


def feed(ask: Ask) -> Page:
    """Give the feed of a language; its ids are those of records, so any copy gives the same."""
    home = ask.site.home[0] if ask.site.home else "0" * 64
    title = ask.local(ask.site.face.name)
    return _feed(ask, Of(f"{_id(home)}?lang={ask.lang}", title, "index"), texts_of(ask.site).all)


def group_feed(ask: Ask, id: str) -> Page | None:  # noqa: A002 - the address's own word
    """Give the feed of what one group writes; None where it has no texts."""
    found = texts_of(ask.site).of_group(id)
    if not found:
        return None
    of = Of(f"{_id(id)}?texts&lang={ask.lang}", name_of(ask.site, id), f"group/{id}")
    return _feed(ask, of, found)


@dataclass(frozen=True, slots=True)
class Of:
    """What a feed is of: its id, its title, and the page that it goes with."""

    id: str
    title: str
    page: str


def _feed(ask: Ask, of: Of, texts: Sequence[Text]) -> Page:
    root = ET.Element("feed", {"xmlns": _SPACE, "xml:lang": ask.lang})
    # all ways in it begin at the language's folder
    address = ask.site.face.address.rstrip("/")
    way = f"{address}/{ask.lang}/" if address else "../" * ask.path.count("/")
    if way:
        root.set("xml:base", way)
    found = texts[:ENTRIES]
    _add(root, "id", of.id)
    _add(root, "title", plain_name(of.title))
    newest = max((one.in_language(ask.lang).record.created_at for one in found), default=0)
    _add(root, "updated", _time(newest))
    ET.SubElement(root, "link", {"href": f"{of.page}.html", "rel": "alternate"})
    ET.SubElement(root, "link", {"href": ask.path, "rel": "self"})
    for one in found:
        _entry(root, card(ask, one), one.original.record.created_at)
    return Page(ET.tostring(root, "unicode", xml_declaration=False), ATOM)


def _entry(root: ET.Element, one: Card, published: int) -> None:
    entry = ET.SubElement(root, "entry", {"xml:lang": one.version.post.lang})
    _add(entry, "id", _id(one.version.id))
    _add(entry, "title", plain_name(one.version.post.title))
    _add(entry, "published", _time(published))
    _add(entry, "updated", _time(one.version.record.created_at))
    _add(ET.SubElement(entry, "author"), "name", plain_name(one.seal.name))
    ET.SubElement(entry, "link", {"href": f"{one.way}.html", "rel": "alternate"})
    content = ET.SubElement(entry, "content", {"type": "html"})
    content.text = str(prose.to_html(one.version.record.content))


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _id(record_id: str) -> str:
    """Give a record's id as RFC 6920 writes a hash."""
    return "ni:///sha-256;" + urlsafe_b64encode(bytes.fromhex(record_id)).decode().rstrip("=")


def _time(at: int) -> str:
    return dt.datetime.fromtimestamp(min(at, 253_402_300_799), dt.UTC).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )
