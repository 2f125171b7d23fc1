"""A desk and its nodes over HTTP: all envelopes come, none is told apart, faults are told."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from cases.lawful import law
from desk.offices import Family, Offices
from faults.processes import PATIENCE
from ports import free_port
from wayhome.desk.caseload import Caseload
from wayhome.desk.envelopes import NAME, Envelopes
from wayhome.desk.known import DeskFault
from wayhome.desk.openedfile import Before
from wayhome.desk.post import ByHttp, Post
from wayhome.node import Node
from wayhome.records.record import read_line
from wayhome.serving import serving


@contextmanager
def served(node: Node) -> Iterator[str]:
    """Serve a node's pages in a thread; its address."""
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    port = free_port()

    async def serve() -> None:
        async with serving(node.app, port):
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


@pytest.mark.slow
def test_envelopes_are_fetched_and_handed_in_over_http(  # noqa: PLR0915 - one story
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        Family(offices).report()
    offices.of_group.pass_hour()
    asked: list[str] = []
    stream = httpx.Client.stream

    def seen(http: httpx.Client, method: str, url: str, **more: object) -> object:
        asked.append(url)
        return stream(http, method, url, **more)

    monkeypatch.setattr(httpx.Client, "stream", seen)
    folder = offices.folder / "other"
    folder.mkdir()
    with served(offices.of_group.node) as address:
        post = Post(folder, offices.group, [ByHttp("http://127.0.0.1:1"), ByHttp(address + "/")])
        assert post.group().head == offices.charter.id
        assert (post.fetch(), len(post)) == (3, 3)
        asked.clear()
        assert post.fetch() == 0
        # with nothing new only the list of all slots is asked for
        assert [one.rpartition("/")[2] for one in asked if one.startswith(address)] == ["slots"]
        there = offices.of_group.held
        secrets = offices.vaults["u"].secrets
        load = Caseload(post.group(), law(), secrets, post.envelopes)
        load.restore(Before())
        load.read(post.envelopes.ids)
        offices.work("u").load, offices.work("u").post = load, post
        case = next(iter(offices.work("u").load.cases.values()))
        offices.work("u").take(case, "раненый", [offices.key("v")])
        assert offices.of_group.held == there + 3
        with pytest.raises(DeskFault, match="answers 404"):
            post.file("/blob/" + "0" * 64 + "/list")
    again = Post(folder, offices.group, [ByHttp("http://127.0.0.1:1")])
    assert len(again) == 6
    with pytest.raises(DeskFault, match="does not answer"):
        again.fetch()


def test_a_line_that_was_cut_takes_none_with_it_that_comes_after(offices: Offices) -> None:
    for _ in range(2):
        Family(offices).report()
    offices.pass_hour()
    lines = (offices.desks["u"].folder / NAME).read_bytes().splitlines()
    records = [read_line(one) for one in lines]
    folder = offices.folder / "cut"
    folder.mkdir()
    (folder / NAME).write_bytes(lines[0][:100])
    there = Envelopes(folder, offices.group)
    assert there.keep(records) == len(records)
    ids = [one.id for one in records]
    assert [one.id for one in there.each(ids)] == ids
    assert len(Envelopes(folder, offices.group)) == len(records)
