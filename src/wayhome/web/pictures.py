"""Pictures: a QR code for an address, drawn with attributes only."""

from functools import lru_cache

import segno
from markupsafe import Markup

from wayhome.web.site import Site

SHORT = 16  # digits of an id in a short address; a link that is not one of a kind leads nowhere
_MASK = 0  # a board of squares; readers take any, and to weigh all eight takes four times as long
_BORDER = 3  # modules of quiet around it; the page's white frame adds the fourth


@lru_cache(256)  # an address stays the same
def qr(text: str) -> Markup:
    """Draw a code that a phone's camera reads; a text too long for one gives none."""
    try:
        code = segno.make_qr(text, error="m", mask=_MASK)
    except segno.DataOverflowError:
        return Markup()
    svg = code.svg_inline(border=_BORDER, omitsize=True, svgclass=None, lineclass=None)
    return Markup(svg)  # noqa: S704 - made of modules; the text itself is not in it


def short_address(site: Site, record_id: str) -> str:
    """Give the address that fits a small code; empty where the node does not know its own."""
    own = site.face.address.rstrip("/")
    return f"{own}/s/{record_id[:SHORT]}" if own else ""
