"""Short: the door at the root, and the short address that is printed on vouchers."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wayhome.pages.words import LANGUAGES, preferred
from wayhome.web.answers import FOR_A_MINUTE, Ready
from wayhome.web.headers import policy
from wayhome.web.pages import HTML, draw_door
from wayhome.web.site import Site


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

    def voucher(self, request: Request) -> Response | None:
        """Lead from a printed address to its petition; a browser keeps what follows the #."""
        asked = request.path_params["start"]
        found = [pair for pair in self._site.petitions() if pair[0].id.startswith(asked)]
        if len(found) != 1:
            return None
        record, petition = found[0]
        lang = preferred(request.headers.get("accept-language", ""), self._offered)
        kind = "poll" if petition.is_poll else "petition"
        way = f"../{lang or petition.lang}/{kind}/{record.id}.html"
        if (lang or petition.lang) not in self._offered:
            way = f"../{self._offered[0]}/{kind}/{record.id}.html"
        return RedirectResponse(
            way, 302, {"cache-control": FOR_A_MINUTE, "vary": "accept-language"}
        )

    @property
    def _offered(self) -> tuple[str, ...]:
        return tuple(one for one in self._site.face.languages if one in LANGUAGES) or LANGUAGES
