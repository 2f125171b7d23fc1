"""A node fetches exactly what it lacks, and a hostile peer costs a bounded amount."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from wayhome.codec import limits
from wayhome.crypto.keys import new_secret_key
from wayhome.peers.in_step import Peer, PeerFault, pull
from wayhome.records.draft import Draft
from wayhome.records.record import Record
from wayhome.records.signing import sign
from wayhome.store.memory import MemoryStore
from wayhome.store.store import Entry
from wayhome.web.record_files import routes

KINDS = (3960, 3963)


def records(count: int) -> list[Record]:
    key = new_secret_key()
    return [sign(Draft(KINDS[i % 2], (("t", str(i)),), "", i), key) for i in range(count)]


def store_of(some: list[Record]) -> MemoryStore:
    store = MemoryStore()
    store.keep([Entry(record) for record in some])
    return store


def fetched(app: Starlette, ours: MemoryStore) -> list[bytes]:
    """What one round brings, in the order in which it comes."""
    lines: list[bytes] = []

    async def receive(line: bytes) -> None:
        lines.append(line)

    async def once() -> None:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport) as http:
            await pull(Peer("http://peer.test", http), ours, KINDS, receive)

    asyncio.run(once())
    return lines


def test_only_what_is_missing_is_fetched_and_kinds_come_in_the_given_order() -> None:
    everything = records(1_200)
    theirs = Starlette(routes=routes(store_of(everything), KINDS))
    lacking = everything[::3]
    ours = store_of([record for record in everything if record not in lacking])
    lines = fetched(theirs, ours)
    assert sorted(lines) == sorted(record.line for record in lacking)
    kinds = [b'"kind":3963' in line for line in lines]
    assert kinds == sorted(kinds)


def test_nothing_is_fetched_twice() -> None:
    everything = records(10)
    theirs = Starlette(routes=routes(store_of(everything), KINDS))
    assert fetched(theirs, store_of(everything)) == []


async def one_id(_: Request) -> Response:
    return Response(bytes(32))


def hostile(answer: Callable[[], AsyncIterator[bytes]]) -> Starlette:
    async def lines(_: Request) -> Response:
        return StreamingResponse(answer())

    return Starlette(
        routes=[
            Route("/records/{kind:int}.ids", one_id),
            Route("/records/lines", lines, methods=["POST"]),
        ]
    )


async def endless_line() -> AsyncIterator[bytes]:
    for _ in range(limits.RECORD_BYTES // 1024 + 2):
        yield b"x" * 1024


async def more_than_asked() -> AsyncIterator[bytes]:
    for _ in range(3):
        yield b"{}\n"


async def nothing_at_all() -> AsyncIterator[bytes]:
    return
    yield b""


@pytest.mark.parametrize("answer", [endless_line, more_than_asked])
def test_a_peer_that_sends_other_than_was_asked_for_is_left(
    answer: Callable[[], AsyncIterator[bytes]],
) -> None:
    with pytest.raises(PeerFault, match="other than was asked for"):
        fetched(hostile(answer), MemoryStore())


def test_a_peer_that_promises_and_sends_nothing_brings_nothing() -> None:
    assert fetched(hostile(nothing_at_all), MemoryStore()) == []


def test_a_peer_that_answers_with_an_error_is_a_fault_of_the_peer() -> None:
    with pytest.raises(PeerFault, match="404"):
        fetched(Starlette(), MemoryStore())
