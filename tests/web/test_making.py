import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

from petition_world import OPEN, World
from wayhome.channel.service import Writing, write
from wayhome.web.app import DOORS
from wayhome.web.pages import Ask, Page, Pages, one
from web.small import Opened, Small

WRITING = Writing("Слово", "ru", "Верните их домой.")
WAIT = 120  # seconds until a test gives up, on a machine that does other things besides


def test_many_who_ask_at_once_get_what_was_made_once(site: Opened) -> None:
    asked = Barrier(8)
    made: list[int] = []

    def make() -> str:
        made.append(1)
        return "it"

    def ask() -> str:
        asked.wait(WAIT)
        return site.node.site.made("test of many", make)

    with ThreadPoolExecutor(8) as threads:
        answers = [one.result(WAIT) for one in [threads.submit(ask) for _ in range(8)]]

    assert answers == ["it"] * 8
    assert made == [1]


def test_what_was_made_while_the_set_changed_is_made_again(tmp_path: Path) -> None:
    world = World(2, 2)
    opened = Opened(tmp_path, tuple(g.id for g in world.groups))
    site = opened.node.site

    def make() -> int:
        seen = site.fold.version
        opened.take([one.line for one in world.records])
        return seen

    try:
        first = site.made("test of change", make)
        assert first < site.fold.version
        assert site.made("test of change", lambda: site.fold.version) == site.fold.version
    finally:
        opened.node.close()


def test_what_groups_say_is_not_read_again_for_a_signature(tmp_path: Path) -> None:
    world = World(2, 2)
    opened = Opened(tmp_path, tuple(g.id for g in world.groups))
    site = opened.node.site
    made: list[str] = []

    def ask() -> tuple[int, int]:
        for what, once in (("said", site.said), ("made", site.made)):
            once(what, lambda what=what: made.append(what))
        return made.count("said"), made.count("made")

    try:
        opened.take([one.line for one in world.records])
        assert ask() == ask() == (1, 1)
        opened.take([world.sign_up(0)[1].line])
        assert ask() == (1, 2)
        opened.take([world.groups[0].say(write((world.groups[0].id,) * 2, WRITING, OPEN)).line])
        assert ask() == (2, 3)
        asyncio.run(opened.node.intake.recount_facts())
        assert ask() == (3, 4)
    finally:
        opened.node.close()


def test_while_a_page_is_drawn_anew_others_get_it_as_it_was(site: Opened) -> None:
    begun, may_end = Event(), Event()
    drawn: list[str] = []

    def draw(_: Ask) -> Page:
        drawn.append("x")
        if len(drawn) > 1:
            begun.set()
            assert may_end.wait(WAIT)
        return Page("x" * len(drawn))

    pages = Pages(site.node.site, (one("slow", draw),))
    before = pages.ready("ru", "slow")
    site.now += 86_400  # a window later, so it is drawn anew
    try:
        with ThreadPoolExecutor(1) as threads:
            anew = threads.submit(pages.ready, "ru", "slow")
            assert begun.wait(WAIT)
            meanwhile = pages.ready("ru", "slow")
            may_end.set()
            after = anew.result(WAIT)
    finally:
        site.now -= 86_400

    assert before is not None
    assert meanwhile is before
    assert after is not None
    assert (after.body, len(drawn)) == (b"xx", 2)


def test_what_is_not_there_leaves_nothing_behind(site: Opened, small: Small) -> None:
    pages = Pages(site.node.site, DOORS)
    for number in range(50):
        assert pages.ready("ru", f"post/{number:064x}") is None
    assert pages.ready("ru", f"post/{small.posts['first'].id}") is not None

    assert len(pages._drawn) == 1  # noqa: SLF001 - what a stranger can make us hold
    assert pages._drawing == {}  # noqa: SLF001 - the same
