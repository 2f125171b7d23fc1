"""A clerk reads of its node's answers what they may be long, and no more."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from stamping.desks import OPEN, open_desk
from wayhome.clerk import Clerk, NodeFault
from wayhome.codec import limits

PIECE = bytes(64 * 1024)


def test_a_node_that_answers_without_end_is_left_and_asked_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PAPERS", 4 * len(PIECE))
    desk = open_desk(tmp_path / "desk")
    given: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            given.append(len(PIECE))
            yield PIECE

    def node(request: httpx.Request) -> httpx.Response:
        assert request.headers["accept-encoding"] == "identity"
        return httpx.Response(200, content=endless())

    async def story() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(node)) as http:
            clerk = Clerk(desk, tmp_path / "desk", "http://node.test", http)
            with pytest.raises(NodeFault, match="more than"):
                await clerk.tick(OPEN)

    asyncio.run(story())
    desk.close()
    assert len(given) == 5
