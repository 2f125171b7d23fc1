"""`./run demo --check` with a few people: all that it claims is looked at, or it stops."""

import asyncio
import datetime as dt
from pathlib import Path

import pytest
import uvloop

from network import PACK, PORTS
from ports import free_row
from wayhome.channel.savedform import SavedForm, read_form
from wayhome.crypto import locked
from wayhome.demo import Demo, DemoFault
from wayhome.democases import case_of, last_quarter
from wayhome.democheck import check
from wayhome.desk.known import DeskFault
from wayhome.records.filter import Filter
from wayhome.web.help import OFFLINE, offline
from wayhome.web.pages import Ask

pytestmark = pytest.mark.slow


async def played(folder: Path) -> list[str]:
    """What the check says; first it is told of one signer too many, and must stop."""
    said: list[str] = []
    demo = Demo(folder, PACK, 3, free_row(*PORTS), has_cases=True)
    async with demo:
        await demo.sign_history(lambda _what, _done, _all: None)
        assert await asyncio.to_thread(states_at_the_desk, demo) == states_wanted(demo)
        assert [len(node.store.find(Filter(kinds=(3986,)))) for node in demo.nodes] == [1, 1, 1]
        assert all(one.word == "genuine" for one in forms(demo))
        demo.signers += 1
        with pytest.raises(DemoFault, match="4 and open were expected; the recount says 3"):
            await check(demo, lambda _: None)
        demo.signers -= 1
        await check(demo, said.append)
    return said


def forms(demo: Demo) -> list[SavedForm]:
    """The form as one file, as the node of the group with caseworkers gives it."""
    assert demo.samples is not None
    node = demo.groups[demo.samples.group].node
    assert node is not None
    asked = [Ask.of(node.site, lang, OFFLINE) for lang in ("ru", "en")]
    pages = [page for page in map(offline, asked) if page]
    assert len(pages) == 2
    return [read_form(page.body.encode()) for page in pages]


def states_at_the_desk(demo: Demo) -> dict[str, str]:
    """Where each invented case stands, opened with the sample's passphrase; a stone tells none."""
    assert demo.office is not None
    desk = demo.office.desk()
    assert desk.work is not None
    work, there = desk.work, dict(demo.office.households)
    gone = there.pop("gone")
    with pytest.raises(DeskFault, match="is not at the desk"):
        case_of(work, gone)
    assert len(work.load.stones) == 1
    found = {word: str(work.load.file(case_of(work, one)).state) for word, one in there.items()}
    desk.lock()
    return found | {"gone": "erased"}


def states_wanted(demo: Demo) -> dict[str, str]:
    assert demo.samples is not None
    return {one.word: one.state for one in demo.samples.case}


@pytest.mark.parametrize(
    ("today", "first"),
    [("2026-11-26", "2026-07-01"), ("2026-01-01", "2025-10-01"), ("2026-06-30", "2026-01-01")],
)
def test_the_last_whole_quarter_is_over(today: str, first: str) -> None:
    assert last_quarter(dt.date.fromisoformat(today)) == dt.date.fromisoformat(first)


def test_it_signs_at_one_node_counts_at_others_and_loses_none_with_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locked, "DESK_COST", 2**10)  # what a desk costs to open is not looked at
    said = uvloop.run(played(tmp_path / "demo"))  # the program's own loop
    assert "recounted from three nodes and an export: 4, open; the nodes say so too" in said
    assert "recounted from two nodes and an export: 4, closed; the nodes say so too" in said
    assert any(line.startswith("the first node is stopped") for line in said)
    assert any(line.startswith("a report sealed, opened at the desk among 12") for line in said)
    assert said[-1].startswith("one byte of one file changed: the check names it")
