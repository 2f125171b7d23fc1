"""Posted: a form that our own page sent, read whole and within a limit before it is looked at."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from wayhome.pages.guard import TooLarge, read_body


@asynccontextmanager
async def posted(request: Request, most: int) -> AsyncIterator[FormData]:
    """Read a form with one file at most; ``most`` must fit memory, for nothing goes to a disk.

    Raises:
        HTTPException: 400, 403, 408, 413.
    """
    refuse_foreign(request)
    try:
        body = await read_body(request.receive, most)
    except TooLarge:
        raise HTTPException(413) from None
    except (TimeoutError, ClientDisconnect):
        raise HTTPException(408, headers={"connection": "close"}) from None
    read = Request(request.scope, _Given(body))
    async with read.form(max_files=1, max_fields=4, max_part_size=most) as form:
        yield form


def refuse_foreign(request: Request) -> None:
    """Refuse a form that another site's page has a reader's browser send.

    It could have a browser forget a signature that is under way. Where nothing is encrypted a
    browser does not say whose page it was, and does not obey `Clear-Site-Data` either. `Origin`
    tells nothing here: pages that send no referrer, as ours, send none of that.

    Raises:
        HTTPException: 403.
    """
    if request.headers.get("sec-fetch-site", _OWN) not in (_OWN, "none"):
        raise HTTPException(403)


_OWN = "same-origin"


async def file_of(form: FormData) -> bytes:
    """Give the file that came with a form; nothing where none did."""
    file = form.get("file")
    return await file.read() if isinstance(file, UploadFile) else b""


class _Given:
    """A body that has come already, for a reader that asks for it in pieces."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __call__(self) -> Message:
        """Give all of it at once."""
        return {"type": "http.request", "body": self._body, "more_body": False}
