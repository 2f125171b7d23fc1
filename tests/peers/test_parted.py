"""Seven nodes, programs of their own in network namespaces, parted three from four and healed."""

import os
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
PAGES = ("/ru/index.html", "/ru/posts.html", "/ru/groups.html", "/en/posts.html")


@contextmanager
def ready(folder: Path) -> Iterator[Seven]:
    try:
        with seven.ready(folder) as nodes:
            yield nodes
    except NoNamespaces:
        if os.environ.get("CI"):
            raise
        pytest.skip("this machine allows no network namespaces: needs root and `ip`")


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
        nodes.net.part()
        ours, theirs = nodes.posts("left", number), nodes.posts("right", number)
        nodes.write(1, ours)
        nodes.write(7, theirs)
        wait_until("the left agrees", lambda: nodes.hold(everybody[:LEFT], ids_of(ours)), LONG)
        wait_until("the right agrees", lambda: nodes.hold(everybody[LEFT:], ids_of(theirs)), LONG)

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

        for page in PAGES:
            shown = {nodes.get(one, page) for one in everybody}
            assert len(shown) == 1, page
            assert next(iter(shown))[0] == 200, page
