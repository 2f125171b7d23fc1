"""The door of the check page's form: one text or file, looked at and forgotten."""

from asyncio import Semaphore

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from wayhome.codec import limits
from wayhome.pages.words import LANGUAGES
from wayhome.web.answers import NOT_KEPT, Ready
from wayhome.web.check import Asked, checked
from wayhome.web.headers import policy
from wayhome.web.pages import Ask
from wayhome.web.posted import file_of, posted
from wayhome.web.site import Site


class CheckDoor:
    """Answers what is sent by the form. It writes nothing, and a disk never sees what came."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._free = Semaphore(limits.CHECKS)
        self._waiting = 0

    async def answer(self, request: Request) -> Response:
        """Answer with the page; a crowd is asked to come back rather than kept waiting."""
        lang = request.path_params["lang"]
        if lang not in LANGUAGES or lang not in self._site.face.languages:
            raise HTTPException(404)
        if self._waiting >= limits.CHECK_QUEUE:
            raise HTTPException(429)
        asked = await _asked(request)
        self._waiting += 1
        try:
            async with self._free:
                ready = await run_in_threadpool(self._drawn, lang, asked)
        finally:
            self._waiting -= 1
        return ready.answer(request)

    def _drawn(self, lang: str, asked: Asked) -> Ready:
        page = checked(Ask.of(self._site, lang, "check"), asked)
        headers = {"cache-control": NOT_KEPT, "content-security-policy": policy(page.connect)}
        return Ready.of(page.body.encode(), page.type, headers)


async def _asked(request: Request) -> Asked:
    """Read the form, whole and within its limit, before anything looks at it.

    Raises:
        HTTPException: 400, 408, 413.
    """
    async with posted(request, limits.CHECK_BODY) as form:
        return await _of_form(form)


async def _of_form(form: FormData) -> Asked:
    text = form.get("text")
    return Asked(text if isinstance(text, str) else "", await file_of(form))
