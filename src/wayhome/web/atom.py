"""Atom: the last texts as a feed (RFC 4287)."""

import datetime as dt
from base64 import urlsafe_b64encode
from xml.etree import ElementTree as ET

from wayhome.pages import prose
from wayhome.pages.plain import plain_name
from wayhome.web.pages import Ask, Page
from wayhome.web.texts import Card, card, texts_of

ENTRIES = 30
ATOM = "application/atom+xml; charset=utf-8"
_SPACE = "http://www.w3.org/2005/Atom"


def feed(ask: Ask) -> Page:
    """Give the feed of a language; its ids are those of records, so any copy gives the same."""
    root = ET.Element("feed", {"xmlns": _SPACE, "xml:lang": ask.lang})
    if ask.site.face.address:
        root.set("xml:base", f"{ask.site.face.address.rstrip('/')}/{ask.lang}/")
    found = texts_of(ask.site).all[:ENTRIES]
    _add(root, "id", _id(ask.site.home[0] if ask.site.home else "0" * 64) + f"?lang={ask.lang}")
    _add(root, "title", ask.local(ask.site.face.name))
    newest = max((one.in_language(ask.lang).record.created_at for one in found), default=0)
    _add(root, "updated", _time(newest))
    ET.SubElement(root, "link", {"href": "index.html", "rel": "alternate"})
    ET.SubElement(root, "link", {"href": "atom.xml", "rel": "self"})
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
