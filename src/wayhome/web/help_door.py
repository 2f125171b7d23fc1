"""The door of the help page's form: it takes sealed envelopes, and nothing that could be read."""

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from wayhome.attachments import Attachments
from wayhome.cases.sealedfile import Attachment, SealedFile
from wayhome.codec import limits
from wayhome.journal.intake import Intake
from wayhome.pages.words import LANGUAGES
from wayhome.records.refused import Refused
from wayhome.store.store import StorageFault
from wayhome.web.help import HandedIn, draw
from wayhome.web.pages import Ask, unkept
from wayhome.web.posted import file_of, posted
from wayhome.web.site import Site

# bytes of a form: what is larger would be put on a disk; the page's script and the program hand in
# larger files by their parts
MOST = limits.CHECK_BODY


class HelpDoor:
    """Answers what is sent by the form. What is no envelope is dropped as it came."""

    def __init__(self, site: Site, intake: Intake, beside: Attachments) -> None:
        self._site = site
        self._intake = intake
        self._beside = beside

    async def answer(self, request: Request) -> Response:
        """Take a sealed file and answer with the page."""
        lang = request.path_params["lang"]
        if lang not in LANGUAGES or lang not in self._site.face.languages:
            raise HTTPException(404)
        async with posted(request, MOST) as form:
            raw = await file_of(form)
        ask = Ask.of(self._site, lang, "help")
        handed_in, reason = await self._taken(raw)
        why = ask.words.refusal(reason) if reason else ""
        status = 200 if handed_in == "taken" else 503 if handed_in == "storage" else 400
        return unkept(draw(ask, handed_in, why)).answer(request, status)

    async def _taken(self, raw: bytes) -> tuple[HandedIn, str]:
        try:
            file = SealedFile.read(raw)
        except Refused:
            return "no-envelope", ""
        try:
            for one in file.envelopes:
                await self._intake.receive(one.line, "person")
            for each in file.attachments:
                await run_in_threadpool(self._keep, each)
        except Refused as refused:
            return "storage" if refused.reason == "storage" else "refused", refused.reason
        except StorageFault:
            return "storage", "storage"
        return "taken", ""

    def _keep(self, attachment: Attachment) -> None:
        self._beside.take_list(attachment.id, attachment.hashes)
        for number, chunk in enumerate(attachment.chunks):
            self._beside.take_chunk(attachment.id, number, chunk)
