"""Whatever is asked of a node's doors by HTTP, none of them fails."""

import asyncio
import itertools
from collections.abc import Iterator
from random import Random
from urllib.parse import quote

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from wayhome.records.filter import Filter
from web.small import Opened, Small

SOAK = (pytest.mark.soak, pytest.mark.slow)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "X")
NASTY = (
    *("", ".", "..", "../../etc/passwd", "%", "a\0b", "\n", "é\u202e", "\ud800", "-1", "0", "1e9"),
    *(
        "9" * 40,
        "9" * 5_000,
        "0" * 64,
        "g" * 64,
        "<b>",
        "{}",
        "null",
        "a/b",
        "index.html",
        "ru",
        "?",
    ),
)
BODIES = (b"", b"{}", b"[" * 9_000, b"\xff\xfe", b"a=1&a=2", b"--x\r\n\r\n", b"x" * 70_000)
TYPES = (
    *("", "application/json", "text/plain; charset=\xff", "multipart/form-data"),
    *("multipart/form-data; boundary=x", "application/x-www-form-urlencoded"),
)
HEADS = (
    *(("range", "bytes=9-1"), ("if-none-match", "*, W/"), ("accept-encoding", "gzip;q=x, *")),
    *(("accept-language", "ru;q=9, ;,x-" + "y" * 99), ("origin", "null"), ("host", "")),
    *(("sec-fetch-site", "cross-site"), ("accept", "application/nostr+json")),
)


Asked = tuple[str, str, bytes, dict[str, str]]


def routes_of(site: Opened) -> list[str]:
    app: object = site.node.app
    while not isinstance(app, Starlette):
        app = next(one for one in vars(app).values() if callable(one) and hasattr(one, "__dict__"))
    found = [one.path for one in app.routes if isinstance(one, Route)]
    assert len(found) > 20
    return [*found, "/records", "/petition/{id}/records", "/status.json/", "//", "/{nothing}"]


def requests(site: Opened, small: Small, chance: Random) -> Iterator[Asked]:
    own = small.world
    there = (own.petition.id, own.petition.id, own.groups[0].id, small.posts["appeal"].id)
    for route, _ in itertools.product(routes_of(site), range(10)):
        path = "".join(
            _filled(part, chance, there) if i % 2 else part
            for i, part in enumerate(route.replace("}", "{").split("{"))
        )
        if chance.random() < 0.4:
            names = ("kind", "from", "rule", "date", "n", "hash", "text", "lang")
            asked = [f"{chance.choice(names)}={quote(repr(chance.choice(NASTY)))}" for _ in "ab"]
            path += "?" + "&".join(asked)
        heads = dict(chance.sample(HEADS, chance.randrange(3)))
        if chance.random() < 0.5:
            heads["content-type"] = chance.choice(TYPES)
        weights = (20, 2, 6, 1, 1, 1, 1, 1, 1)
        method = chance.choices(METHODS, weights)[0]
        yield method, path, chance.choice(BODIES), heads


def _filled(name: str, chance: Random, there: tuple[str, ...]) -> str:
    """Give what stands in place of a name of a route: mostly what nobody thought of."""
    if chance.random() < (0.8 if name == "id" else 0.2):
        return chance.choice(("en", "ru") if name == "lang" else there)
    return quote(chance.choice(NASTY).encode("utf-8", "surrogatepass"), safe="/%?")


@pytest.mark.parametrize("seed", [0, *(pytest.param(one, marks=SOAK) for one in range(1, 100))])
def test_no_request_makes_a_door_fail(site: Opened, small: Small, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - what is asked, no secret

    async def story() -> set[int]:
        found = set[int]()
        way = httpx.ASGITransport(site.node.app)  # what rises there rises here
        async with httpx.AsyncClient(transport=way, base_url="http://node.test") as http:
            for method, path, body, heads in requests(site, small, chance):
                coded = [(one.encode(), two.encode("latin-1")) for one, two in heads.items()]
                url = httpx.URL("http://node.test").copy_with(raw_path=path.encode())
                asked = httpx.Request(method, url, headers=coded, content=body)
                answer = await http.send(asked)
                assert answer.status_code < 500, (method, path, body[:99], heads)
                found.add(answer.status_code)
        return found

    before = site.node.store.count(Filter())
    found = asyncio.run(story())
    assert {200, 400, 404, 405} <= found
    assert site.node.store.count(Filter()) == before
