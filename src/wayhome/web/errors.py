"""Errors: what went wrong in words a reader can use, with a way on."""

from starlette.requests import Request

from wayhome.pages.words import LANGUAGES, Words, preferred, words
from wayhome.web.answers import NOT_KEPT, Ready
from wayhome.web.headers import policy
from wayhome.web.pages import HTML, Ask
from wayhome.web.site import Site

STATUSES = (400, 403, 404, 405, 408, 413, 429, 500, 503)


def error_page(site: Site, request: Request, status: int) -> Ready:
    """Draw the page of an error in the reader's language."""
    shown = status if status in STATUSES else 500
    said = words(_language(site, request))
    ask = Ask(site, said, "error", site.clock(), _root(request))
    title, sentence = _sentences(said)[shown]
    page = ask.draw(
        "error",
        title,
        others=dict.fromkeys(site.face.languages, "index"),
        sentence=sentence,
        status=shown,
    )
    headers = {"cache-control": NOT_KEPT, "content-security-policy": policy()}
    return Ready.of(page.body.encode(), HTML, headers)


def _root(request: Request) -> str:
    """Give the way up as a browser will read it, which knows the address as it was written."""
    written = request.scope.get("raw_path") or request.url.path.encode()
    steps = written.count(b"/") - 1
    return "../" * steps if steps <= _DEEPEST else "/"


_DEEPEST = 4  # steps; a longer address is none of ours


def _language(site: Site, request: Request) -> str:
    offered = tuple(one for one in site.face.languages if one in LANGUAGES) or LANGUAGES
    first = request.url.path.split("/")[1]
    if first in offered:
        return first
    return preferred(request.headers.get("accept-language", ""), offered) or offered[0]


def _sentences(words: Words) -> dict[int, tuple[str, str]]:
    _ = words.say
    return {
        400: (
            _("This request is not understood"),
            _("Something in the address or in what was sent is not as it should be."),
        ),
        403: (
            _("That came from another site"),
            _("A page of another site sent this in your name. Nothing was done."),
        ),
        404: (
            _("There is no such record here"),
            _("There is no such record here. It may be found at another address."),
        ),
        405: (
            _("This page only answers to reading"),
            _("Go back and try it from the page itself."),
        ),
        408: (
            _("It took too long"),
            _("What you sent did not arrive in time. Nothing of it was kept. Try again."),
        ),
        413: (
            _("That is too large"),
            _(
                "What was sent is larger than anything this node takes. Go back and send less: of a"
                " long message only the text itself."
            ),
        ),
        429: (
            _("There is a queue"),
            _("Many people are here at the moment. Wait a minute and try again."),
        ),
        500: (
            _("The fault is ours"),
            _(
                "Something broke in this node. Nothing you did is wrong. Try again later, or at "
                "another address."
            ),
        ),
        503: (
            _("This node cannot take anything at the moment"),
            _("It may be full or busy. Nothing was kept. Try again later, or at another address."),
        ),
    }
