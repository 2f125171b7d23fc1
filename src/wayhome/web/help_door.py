"""The door of the help page's form: it takes sealed envelopes, and nothing that could be read."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from wayhome.cases.kinds import sealed
from wayhome.codec import limits
from wayhome.journal.intake import Intake
from wayhome.pages.words import LANGUAGES
from wayhome.records.record import Record, read_line
from wayhome.records.refused import Refused
from wayhome.store.store import StorageFault
from wayhome.web.help import HandedIn, draw
from wayhome.web.pages import Ask, unkept
from wayhome.web.posted import file_of, posted
from wayhome.web.site import Site

MOST = 4  # envelopes in one file: a report, who the family is, and room for later words


class HelpDoor:
    """Answers what is sent by the form. What is no envelope is dropped as it came."""

    def __init__(self, site: Site, intake: Intake) -> None:
        self._site = site
        self._intake = intake

    async def answer(self, request: Request) -> Response:
        """Take a sealed file and answer with the page."""
        lang = request.path_params["lang"]
        if lang not in LANGUAGES or lang not in self._site.face.languages:
            raise HTTPException(404)
        async with posted(request, MOST * (limits.RECORD_BYTES + 1) + limits.RECORD_BYTES) as form:
            raw = await file_of(form)
        ask = Ask.of(self._site, lang, "help")
        handed_in, reason = await self._taken(raw)
        why = ask.words.refusal(reason) if reason else ""
        status = 200 if handed_in == "taken" else 503 if handed_in == "storage" else 400
        return unkept(draw(ask, handed_in, why)).answer(request, status)

    async def _taken(self, raw: bytes) -> tuple[HandedIn, str]:
        try:
            envelopes = _read(raw)
        except Refused:
            return "no-envelope", ""
        try:
            for one in envelopes:
                await self._intake.receive(one.line, "person")
        except Refused as refused:
            return "storage" if refused.reason == "storage" else "refused", refused.reason
        except StorageFault:
            return "storage", "storage"
        return "taken", ""


def _read(raw: bytes) -> list[Record]:
    """Read a file of envelopes, a line each.

    Raises:
        Refused: one of its lines is something else; then none of them is taken.
    """
    found = [read_line(line) for line in raw.splitlines()]
    if not 0 < len(found) <= MOST or any(one.kind != sealed.NUMBER for one in found):
        raise Refused("bad-form", "not a sealed file")
    for one in found:
        sealed.Envelope.of(one)
    return found
