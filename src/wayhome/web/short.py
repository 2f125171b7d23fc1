"""Short: the door at the root, and the short addresses of vouchers and QR codes."""

from collections import Counter
from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wayhome.pages.words import LANGUAGES, preferred
from wayhome.web.answers import FOR_A_MINUTE, Ready
from wayhome.web.headers import policy
from wayhome.web.pages import HTML, draw_door
from wayhome.web.site import Site
from wayhome.web.texts import every_post, texts_of

DIGITS = 16  # of an id, in an address that is printed


class Short:
    """The two doors that lie under no language."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def door(self, request: Request) -> Response:
        """Lead to the reader's language; to a choice where the browser names none of ours."""
        lang = preferred(request.headers.get("accept-language", ""), self._offered)
        if lang is None:
            return self.choice(request)
        headers = {"cache-control": FOR_A_MINUTE, "vary": "accept-language"}
        return RedirectResponse(f"{lang}/index.html", 302, headers)

    def choice(self, request: Request) -> Response:
        """Show the languages; a copy on a plain web space begins here."""
        return self.drawn().answer(request)

    def drawn(self) -> Ready:
        """Give the page with the languages, as a mirror writes it out."""
        body = draw_door(self._site, self._offered)
        headers = {"cache-control": FOR_A_MINUTE, "content-security-policy": policy()}
        return Ready.of(body.encode(), HTML, headers)

    def leads(self, request: Request) -> Response | None:
        """Lead to the petition or post of a printed address; a browser keeps what follows the #."""
        found = self._named(request.path_params["start"])
        if len(found) != 1:
            return None
        path, own = found[0]
        lang = preferred(request.headers.get("accept-language", ""), self._offered) or own
        way = f"../{self.language(lang)}/{path}.html"
        headers = {"cache-control": FOR_A_MINUTE, "vary": "accept-language"}
        return RedirectResponse(way, 302, headers)

    def all(self) -> Iterator[tuple[str, str, str]]:
        """Give every short address there is: its digits, and language and path of its page."""
        named = [
            (f"{'poll' if petition.is_poll else 'petition'}/{record.id}", petition.lang, record.id)
            for record, petition in self._site.petitions()
        ]
        # a petition goes before a post that begins alike, as at a node
        starts = Counter(record_id[:DIGITS] for *_, record_id in named)
        shown = [one for one in dict.fromkeys(every_post(self._site)) if one[:DIGITS] not in starts]
        named += [(f"post/{one}", self._lang(one), one) for one in shown]
        starts.update(one[:DIGITS] for one in shown)
        for path, lang, record_id in named:
            if starts[record_id[:DIGITS]] == 1:
                yield record_id[:DIGITS], self.language(lang), path

    def _named(self, start: str) -> list[tuple[str, str]]:
        """Give path and language of what begins so."""
        asked = [
            (f"{'poll' if petition.is_poll else 'petition'}/{record.id}", petition.lang)
            for record, petition in self._site.petitions()
            if record.id.startswith(start)
        ]
        shown = self._site.said("posts that have a page", lambda: frozenset(every_post(self._site)))
        posts = () if asked else sorted(one for one in shown if one.startswith(start))
        return asked + [(f"post/{one}", self._lang(one)) for one in posts]

    def _lang(self, record_id: str) -> str:
        found = texts_of(self._site).post(record_id)
        return found.post.lang if found else ""

    def language(self, lang: str) -> str:
        """Give a language if the site has it, else the site's first."""
        return lang if lang in self._offered else self._offered[0]

    @property
    def _offered(self) -> tuple[str, ...]:
        return tuple(one for one in self._site.face.languages if one in LANGUAGES) or LANGUAGES
