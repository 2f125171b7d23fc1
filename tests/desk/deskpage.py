"""One browser page at a desk, in this process."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec
from starlette.types import ASGIApp

from wayhome.desk.app import Door, app
from wayhome.desk.desk import Desk

ADDRESS = "127.0.0.1:4567"
OWN = f"http://{ADDRESS}"


@dataclass(frozen=True)
class Browser:
    """Asks in this process."""

    app: ASGIApp

    def request(self, method: str, path: str, **said: Any) -> httpx.Response:
        async def once() -> httpx.Response:
            way = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=way, base_url=OWN) as http:
                return await http.request(method, path, **said)

        return asyncio.run(once())

    def post(self, path: str, **said: Any) -> httpx.Response:
        return self.request("POST", path, **said)

    def get(self, path: str, **said: Any) -> httpx.Response:
        return self.request("GET", path, **said)


class Page:
    """One browser page at a desk."""

    def __init__(self, client: Browser, door: Door) -> None:
        self.client, self.door = client, door
        self.token = client.post("/start", content=door.start, headers=self.heads()).text

    @classmethod
    def at(cls, desk: Desk) -> "Page":
        """Open a page at a desk."""
        door = Door()
        return cls(Browser(app(desk, door, ADDRESS, {})), door)

    def heads(self, **changed: str) -> dict[str, str]:
        return {"host": ADDRESS, "origin": OWN} | changed

    def ask(self, path: str, **form: object) -> httpx.Response:
        heads = self.heads(authorization=f"Bearer {self.token}")
        return self.client.post(path, json={"lang": "ru", **form}, headers=heads)

    def board(self) -> str:
        return self.ask("/view", view="board").text

    def done(self, deed: str, case: str, **fields: object) -> str:
        """Do what must go well."""
        shown = self.do(deed, case, **fields)
        assert 'role="alert"' not in shown, shown[:1_000]
        return shown

    def do(self, deed: str, case: str, **fields: object) -> str:
        return self.ask("/do", deed=deed, case=case, fields=fields).text

    def bring(
        self, raw: bytes, name: str = "снимок.jpg", kind: str = "image/jpeg", deed: str = ""
    ) -> str:
        """Bring a file for a form, as the page's script does."""
        about = msgspec.json.encode({"name": name, "type": kind, "deed": deed})
        heads = self.heads(authorization=f"Bearer {self.token}")
        answer = self.client.post("/bring", content=about + b"\n" + raw, headers=heads)
        assert answer.status_code == 200, answer.status_code
        return answer.text
