"""What `demo --check` claims, and looks at: each line that it prints was true, or it stops."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from wayhome.cases.room import SEALED
from wayhome.cases.said import Report
from wayhome.codec import limits
from wayhome.demo import Demo, DemoFault, DemoGroup, person
from wayhome.democases import Household, Office, case_of
from wayhome.export import export
from wayhome.mirror.folder import Folder
from wayhome.mirror.writing import write_mirror
from wayhome.node import Node
from wayhome.petition.kinds.petition import Petition
from wayhome.petition.outcome import Recount
from wayhome.petition.recount import recount
from wayhome.readers import checked_mirror
from wayhome.records.filter import Filter
from wayhome.sources import Sources

Say = Callable[[str], None]
_ROUNDS = 10  # in which nodes that are peers of each other must have come to hold the same
HOUR = 3_600
_ANSWER = "Мы прочитали и пишем в часть."
_WORDS = {2: "two", 3: "three"}


async def check(demo: Demo, say: Say) -> None:
    """Sign at one node, count at others, close, stop a node, find all of it at the rest, mirror it.

    Where there are cases, one more is reported and answered.

    Raises:
        DemoFault: something that was claimed is not so.
    """
    asked = Petition.of(demo.petition)
    demo.clock.at = demo.clock()
    _expect_healed(demo, say)
    await _expect(demo, "open", demo.signers, say)
    async with person() as http:
        record = await demo.sign_one(http)
        say("signed once more over HTTP, at one node: held until its window ends")
        await _expect(demo, "open", demo.signers, say)
        demo.clock.at += asked.window
        await _in_step(demo)
        await _expect_listed(demo, http, bytes.fromhex(record.id), record.created_at)
        say("at its window's end it is public at every node")
        await _expect(demo, "open", demo.signers + 1, say)
        await _close(demo, asked, say)
        await _expect(demo, "closed", demo.signers + 1, say)
        await _expect_without_first(demo, http, say)
    await _expect(demo, "closed", demo.signers + 1, say)
    await _expect_answer(demo, say)
    await asyncio.to_thread(_expect_mirror, demo, say)


async def _close(demo: Demo, asked: Petition, say: Say) -> None:
    for moment in (asked.close, asked.close + limits.SEND_AFTER_CLOSE):
        demo.clock.at = moment
        await demo.settle()
    demo.clock.at = asked.close + limits.LISTS_AFTER_CLOSE
    for _ in range(3):  # lists are written, fetched, and their files found
        await demo.settle()
    if any(group.desk and group.desk.desk.stage != "erased" for group in demo.panel):
        raise DemoFault("a desk still holds its stamp key after closing")
    say("the petition is closed: final counters, closing lists, stamp keys erased")


async def _expect_answer(demo: Demo, say: Say) -> None:
    """Let a family report, its report be opened and answered at the desk, and come back."""
    if demo.samples is None or demo.office is None:
        return
    office, sample = demo.office, demo.samples.case[0]
    household = await asyncio.to_thread(office.report, sample, demo.clock())
    await _pass_hour(demo)
    opened = await asyncio.to_thread(_answered, office, household)
    await _pass_hour(demo)
    reply = await asyncio.to_thread(office.read, household)
    if reply is None or (reply.text, reply.status) != (_ANSWER, "taken"):
        raise DemoFault("a family came back with its words and did not find the answer")
    say(
        f"a report sealed, opened at the desk among {opened} cases, answered, and the answer read"
        " with eight words"
    )


def _answered(office: Office, household: Household) -> int:
    """Take a report and answer it at the first desk; give how many cases are there."""
    desk = office.desk()
    try:
        work = desk.work
        if work is None:
            raise DemoFault("the desk is locked though its passphrase was right")
        case = case_of(work, household)
        report = case.report
        if report is None or not isinstance(report.said, Report):
            raise DemoFault("the desk has a case without a report")
        if report.said.story != household.sample.story:
            raise DemoFault("the desk reads another story than the family wrote")
        work.take(case, household.sample.word, [office.named[1].key])
        work.reply(case, _ANSWER)
        return len(work.load.cases)
    finally:
        desk.lock()


async def _pass_hour(demo: Demo) -> None:
    """Let the next full hour come: what nodes hold of envelopes is shown."""
    demo.clock.at = demo.clock() // HOUR * HOUR + HOUR
    for node in demo.nodes:
        await node.tick()


def _expect_mirror(demo: Demo, say: Say) -> None:
    """Write a node's whole site as plain files, check them, change one byte, see it named."""
    node = demo.nodes[-1]
    with TemporaryDirectory() as place:
        folder = Folder(Path(place) / "mirror")
        files = write_mirror(node.site, folder, node.key, lambda _done, _of: None).manifest.files
        if flaws := _flaws(folder):
            raise DemoFault(f"a new mirror is not whole: {flaws}")
        say(f"mirrored: {len(files)} plain files, and all of them follow from the records in them")
        name = f"{demo.campaign.languages[0]}/petition/{demo.petition.id}.html"
        path = folder.root / name
        page = bytearray(path.read_bytes())
        page[len(page) // 2] ^= 1
        path.write_bytes(page)
        if _flaws(folder) != [name]:
            raise DemoFault(f"one byte of {name} was changed, and the check names {_flaws(folder)}")
    say(f"one byte of one file changed: the check names it, {name[:20]}…")


def _flaws(folder: Folder) -> list[str]:
    with checked_mirror(folder, lambda _path: None) as checked:
        return [one.path for one in checked.flaws]


def _expect_healed(demo: Demo, say: Say) -> None:
    told = demo.campaign.dispute
    if told is None:
        return
    group = demo.groups[told.group].id
    charters = [node.site.standing.history(group) for node in demo.nodes]
    if any(node.site.standing.is_split(group) for node in demo.nodes):
        raise DemoFault(f"{told.group} is in dispute still")
    if len(charters[0]) != 4 or set(charters) != {charters[0]}:  # noqa: PLR2004 - founded, split in two, healed
        raise DemoFault(f"{told.group} was not founded, split and healed at every node")
    say("a group that split in two and healed: every node shows its four charters, and no dispute")


async def _in_step(demo: Demo) -> None:
    """Let nodes fetch from each other until they hold the same."""
    for _ in range(_ROUNDS):
        await demo.settle()
        if len({_shared(node) for node in demo.nodes}) == 1:
            return
    raise DemoFault("nodes that are peers of each other do not come to hold the same records")


def _shared(node: Node) -> frozenset[str]:
    """Give what every node is to hold: envelopes are at their group's own nodes alone."""
    sealed = node.store.ids(Filter(kinds=(SEALED,)))
    return frozenset(node.store.ids(Filter())) - frozenset(sealed)


async def _expect_without_first(demo: Demo, http: httpx.AsyncClient, say: Say) -> None:
    """Stop the node that took the last signature; what it showed, the others show."""
    first, *others = demo.groups.values()
    if first.node is None:
        raise AssertionError("it was not stopped before")
    held = _shared(first.node)
    paths = [path for path in _pages(demo, first) if await _answers(http, first, path)]
    await first.stop_node()
    for group in others:
        if group.node is None or not held <= _shared(group.node):
            raise DemoFault(f"records of the stopped node are not at the node of {group.word}")
        for path in paths:
            if not await _answers(http, group, path):
                raise DemoFault(f"the node of {group.word} has no page {path}")
    say(
        f"the first node is stopped: its {len(held)} records and {len(paths)} pages"
        f" are at the {_WORDS[len(others)]} others"
    )


def _pages(demo: Demo, group: DemoGroup) -> Iterator[str]:
    """Give the addresses of what a node shows: front page, groups, texts and petition."""
    if group.node is None:
        raise AssertionError("asked before it was started")
    named = [f"group/{one.id}.html" for one in demo.groups.values()]
    named += [f"post/{one}.html" for one in group.node.store.ids(Filter(kinds=(3963,)))]
    for lang in demo.campaign.languages:
        yield f"/{lang}/"
        for one in (*named, f"petition/{demo.petition.id}.html"):
            yield f"/{lang}/{one}"


async def _answers(http: httpx.AsyncClient, group: DemoGroup, path: str) -> bool:
    return (await http.get(f"{group.address}{path}")).status_code == httpx.codes.OK


async def _expect(demo: Demo, state: str, counted: int, say: Say) -> None:
    await _in_step(demo)
    with TemporaryDirectory() as folder:
        places = [group.address for group in demo.groups.values() if group.node]
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
    nodes = _WORDS[len(demo.nodes)]
    say(f"recounted from {nodes} nodes and an export: {counted}, {state}; the nodes say so too")


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
