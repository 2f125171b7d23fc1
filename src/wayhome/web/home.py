"""Home: who we are, what we ask for, the petition, and what was said last."""

from wayhome.web.pages import Ask, Page, featured_of
from wayhome.web.petition import shown
from wayhome.web.texts import card, texts_of

LAST = 5  # texts on the first page


def home(ask: Ask) -> Page:
    """Draw the first page of a language."""
    featured = featured_of(ask.site, ask.now)
    return ask.draw(
        "home",
        ask.local(ask.site.face.name),
        demand=ask.local(ask.site.face.demand),
        petition=shown(ask, *featured) if featured else None,
        cards=[card(ask, one) for one in texts_of(ask.site).all[:LAST]],
        is_alone=ask.site.is_alone(),
    )
