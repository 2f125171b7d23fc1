"""What `demo --check` claims, and looks at: each line that it prints was true, or it stops."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from wayhome.codec import limits
from wayhome.demo import Demo, DemoFault
from wayhome.export import export
from wayhome.petition.kinds.petition import Petition
from wayhome.petition.outcome import Recount
from wayhome.petition.recount import recount
from wayhome.sources import Sources

Say = Callable[[str], None]


async def check(demo: Demo, say: Say) -> None:
    """Sign once more, recount from a node and from an export, close the petition, recount again.

    Raises:
        DemoFault: something that was claimed is not so.
    """
    asked = Petition.of(demo.petition)
    demo.clock.at = demo.clock()
    await _expect(demo, "open", demo.signers, say)
    async with httpx.AsyncClient(timeout=60.0, trust_env=False) as http:
        record = await demo.sign_one(http)
        say("signed once more over HTTP: held by two nodes until its window ends")
        await _expect(demo, "open", demo.signers, say)
        demo.clock.at += asked.window
        await demo.settle()
        await _expect_listed(demo, http, bytes.fromhex(record.id), record.created_at)
    say("at its window's end it is public at every node")
    await _expect(demo, "open", demo.signers + 1, say)
    for moment in (asked.close, asked.close + limits.SEND_AFTER_CLOSE):
        demo.clock.at = moment
        await demo.settle()
    demo.clock.at = asked.close + limits.LISTS_AFTER_CLOSE
    for _ in range(3):  # lists are written, fetched, and their files found
        await demo.settle()
    if any(group.desk and group.desk.desk.stage != "erased" for group in demo.panel):
        raise DemoFault("a desk still holds its stamp key after closing")
    say("the petition is closed: final counters, closing lists, stamp keys erased")
    await _expect(demo, "closed", demo.signers + 1, say)


async def _expect(demo: Demo, state: str, counted: int, say: Say) -> None:
    with TemporaryDirectory() as folder:
        places = [group.address for group in demo.groups.values()]
        node = demo.nodes[-1]
        await asyncio.to_thread(
            export, node.store, node.lists.all(), Path(folder) / "copy", lambda _: None
        )
        places.append(str(Path(folder) / "copy"))
        counts = [await asyncio.to_thread(_recount, place, demo.petition.id) for place in places]
    for place, count in zip(places, counts, strict=True):
        if count.json != counts[0].json:
            differing = [
                f for f in count.__struct_fields__ if _told(count, f) != _told(counts[0], f)
            ]
            raise DemoFault(f"{place} and {places[0]} give different counts: {differing}")
    published = {node.site.count(demo.petition.id).counted for node in demo.nodes}
    found = counts[0]
    if (found.state, found.counted, published) != (state, counted, {counted}):
        raise DemoFault(
            f"{counted} and {state} were expected; the recount says {found.counted} and"
            f" {found.state}, the nodes say {sorted(published)}"
        )
    say(f"recounted from three nodes and an export: {counted}, {state}; the nodes say so too")


def _told(count: Recount, field: str) -> object:
    return getattr(count, field)


def _recount(place: str, petition_id: str) -> Recount:
    with Sources([place], petition_id, lambda _: None) as sources:
        return recount(petition_id, sources.lines, sources.lists)


async def _expect_listed(
    demo: Demo, http: httpx.AsyncClient, record_id: bytes, window: int
) -> None:
    for group in demo.groups.values():
        url = f"{group.address}/petition/{demo.petition.id}/ids/{window}"
        ids = (await http.get(url)).content
        if record_id not in {ids[at : at + 32] for at in range(0, len(ids), 32)}:
            raise DemoFault(f"the node of {group.word} does not list the new signature")
