"""Seven nodes, programs of their own in network namespaces, parted three from four and healed."""

import os
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

import seven
from faults.processes import wait_until
from namespaces import NoNamespaces
from seven import LEFT, LONG, Seven, ids_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SOON = 90.0  # seconds after the healing by which all are to be alike, on a busy machine too
KBIT, LOST = 256, 10  # of the bad line: thousand bits a second each way, packets in a hundred
FEW, MANY = 10, 2_000  # posts on each side of it
LOSSES = 10  # of three each time
PAGES = ("/ru/index.html", "/ru/posts.html", "/ru/groups.html", "/en/posts.html")


@contextmanager
def ready(folder: Path) -> Iterator[Seven]:
    try:
        with seven.ready(folder) as nodes:
            yield nodes
    except NoNamespaces as lacking:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"this machine allows no network of ours: it {lacking}")


@pytest.mark.parametrize(
    ("number", "kills"),
    [
        pytest.param(60, (2,), id="short"),
        pytest.param(5_000, (2, 6), id="long", marks=pytest.mark.soak),
    ],
)
def test_seven_nodes_that_were_parted_soon_hold_and_show_the_same_though_some_are_killed_meanwhile(
    tmp_path: Path, number: int, kills: Sequence[int]
) -> None:
    with ready(tmp_path) as nodes:
        everybody = list(nodes.net.numbers)
        nodes.begin()
        ours, theirs = nodes.part(number)

        both = ids_of([*ours, *theirs])
        for one in kills:
            nodes.net.slow_down(one, number // 2)
        before = nodes.crossed()
        nodes.net.heal()
        for one in kills:
            nodes.kill_in_the_middle(one, theirs if one in everybody[:LEFT] else ours)
            nodes.net.speed_up(one)
            nodes.start(one)
        wait_until("all agree", lambda: nodes.hold(everybody, both), SOON if number < 100 else LONG)
        lacked = sum(
            len(record.line)
            for one in (*everybody, *kills)  # who was killed fetches some of it once more
            for record in (theirs if one in everybody[:LEFT] else ours)
        )
        pairs = len(everybody) * (len(everybody) - 1) // 2
        assert nodes.crossed() - before <= 2 * lacked + pairs * 64 * 1024

        all_show_the_same(nodes)

        nodes.net.worsen(KBIT, LOST)  # last, for a machine without `nft` skips what follows
        for one, side in ((1, "left"), (7, "right")):
            more = nodes.posts(f"{side}, later", FEW)
            nodes.write(one, more)
            both |= ids_of(more)
        wait_until("all agree", lambda: nodes.hold(everybody, both), LONG)


@pytest.mark.soak
def test_parted_nodes_agree_though_the_line_between_them_is_slow_and_loses_a_tenth(
    tmp_path: Path,
) -> None:
    with ready(tmp_path) as nodes:
        everybody = list(nodes.net.numbers)
        nodes.begin()
        ours, theirs = nodes.part(MANY)

        nodes.net.worsen(KBIT, LOST)
        before = nodes.net.crossed()
        nodes.net.heal()
        both = ids_of([*ours, *theirs])
        wait_until("all agree", lambda: nodes.hold(everybody, both), LONG)
        once = sum(len(record.line) for record in (*ours, *theirs))
        pairs = LEFT * (len(everybody) - LEFT)
        assert nodes.net.crossed() - before <= 2 * once + pairs * 64 * 1024


@pytest.mark.soak
def test_whichever_three_of_seven_lose_everything_nothing_that_was_public_is_lost(
    tmp_path: Path,
) -> None:
    chance = random.Random(7)  # noqa: S311 - it decides who is lost
    with ready(tmp_path) as nodes:
        everybody = list(nodes.net.numbers)
        nodes.begin()
        public = set[bytes]()
        for number in range(LOSSES):
            for one in everybody:
                posts = nodes.posts(f"{number} at {one}", FEW)
                nodes.write(one, posts)
                public.update(ids_of(posts))
            wait_until("all agree", lambda: nodes.hold(everybody, public), LONG)
            lost = chance.sample(everybody, LEFT)
            for one in lost:
                nodes.wipe(one)
            assert not any(nodes.ids(one) for one in lost)
            last = nodes.posts(f"{number} meanwhile", FEW)  # what no lost one has ever held
            nodes.write(next(one for one in everybody if one not in lost), last)
            public.update(ids_of(last))
            for one in lost:
                nodes.start(one)
            wait_until("all agree again", lambda: nodes.hold(everybody, public), LONG)
            all_show_the_same(nodes)


def all_show_the_same(nodes: Seven) -> None:
    for page in PAGES:
        shown = {nodes.get(one, page) for one in nodes.net.numbers}
        assert len(shown) == 1, page
        assert next(iter(shown))[0] == 200, page
