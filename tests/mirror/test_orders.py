"""Whatever came to which node in what order, all nodes show the same: every page of the site."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from mirror.copies import Copies, contents
from petition_world import DAY, OPEN, Group
from wayhome.channel.service import Ties, Writing, write
from wayhome.records.draft import Draft
from wayhome.records.refused import Refused
from web.small import Opened, Small

ORDERS, NODES = 67, 3  # two hundred orders
ROUNDS = 3  # each asks for three times what it lacks: what needs another comes in some round
LATE = OPEN + 20 * DAY  # the petition is over and its lists are there


@pytest.fixture(scope="module")
def history() -> Small:
    """Give the small campaign, and what orders could matter to besides."""
    small = Small()
    first, second, third = small.world.groups
    signer, _ = small.world.sign_up(1)
    small.world.sign_up(2, signer=signer)  # the same person once more
    signer, _ = small.world.sign_up(1)
    small.world.withdraw(signer, 1)  # and one that leaves on the day
    small.poll.sign_up(option="2")
    small.world.count_up(5)
    small.world.finish(5)
    small.world.list_up()
    third.say(_adopting(third, small.posts["appeal"].id))
    official = [one.id for one in second.records]
    second.amend(official, name="renamed")
    for name in ("one", "other"):  # two replace the same charter: the group is split
        first.amend([one.id for one in first.records], name=name)
    return small


@pytest.mark.soak
@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_three_nodes_show_the_same_whatever_came_to_which_in_what_order(
    history: Small, tmp_path: Path
) -> None:
    shown = set[tuple[tuple[str, str], ...]]()
    for order in range(ORDERS):
        chance = Random(order)  # noqa: S311 - an order, not a secret
        for number, lines in enumerate(dealt(history.lines, chance)):
            homes = tuple(group.id for group in history.world.groups)
            folder = tmp_path / f"{order} {number}"
            node = Opened(folder, homes, now=LATE)
            node.take(lines)
            mixed = chance.sample(history.lines, len(history.lines))
            for _ in range(ROUNDS):
                left = node.take(mixed)
            assert {one.reason for one in left if isinstance(one, Refused)} == {"superseded"}
            Copies(node).write(folder / "copy")
            node.node.close()
            shown.add(tuple(sorted(contents(folder / "copy").items())))
            shutil.rmtree(folder)
        assert len(shown) == 1, order


def dealt(lines: Sequence[bytes], chance: Random) -> list[list[bytes]]:
    """Give each node a part of its own, in an order of its own."""
    return [chance.sample(lines, chance.randrange(len(lines))) for _ in range(NODES)]


def _adopting(group: Group, adopted: str) -> Draft:
    writing = Writing("Мы тоже", "ru", "Мы согласны.", "post")
    return write((group.id, group.id), writing, OPEN - 5 * DAY, Ties(adopts=adopted))
