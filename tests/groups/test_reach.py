"""Which groups a node carries: its home groups and what they link to, in so many steps."""

import itertools

import pytest

from groups.world import NOW, World, public, saying
from wayhome.groups.facts import CharterFact
from wayhome.groups.kinds.charter import Node
from wayhome.groups.reach import Reach
from wayhome.groups.service import found, with_node
from wayhome.groups.standing import Standing


@pytest.mark.parametrize("steps", range(5))
def test_reach_ends_after_so_many_links(steps: int) -> None:
    world = World()
    chain = [world.found(f"{i}", 1, "a") for i in range(5)]
    for one, other in itertools.pairwise(chain):
        world.link(one, "a", other)
    reach = Reach(world.standing, [chain[0].id], steps)
    assert reach.groups == {one.id for one in chain[: steps + 1]}
    assert all(reach.carries(one.id) == (one in chain[: steps + 1]) for one in chain)


def test_a_ring_of_links_is_walked_once_and_links_lead_one_way() -> None:
    world = World()
    ring = [world.found(f"{i}", 1, "a") for i in range(3)]
    outside = world.found("outside", 1, "a")
    for one, other in zip(ring, [*ring[1:], ring[0]], strict=True):
        world.link(one, "a", other)
    world.link(outside, "a", ring[0])
    assert Reach(world.standing, [ring[0].id], 9).groups == {one.id for one in ring}


def test_a_proposed_or_ended_link_leads_nowhere() -> None:
    world = World()
    home, other, third = (world.found(word, 2, "ab") for word in ("home", "other", "third"))
    world.link(home, "a", other)
    world.unlink(home, "ab", world.link(home, "ab", third))
    assert Reach(world.standing, [home.id], 3).groups == {home.id}


def test_a_home_group_is_carried_before_anything_of_it_is_held() -> None:
    reach = Reach(Standing(), ["0" * 64], 3)
    assert reach.carries("0" * 64)
    assert not reach.carries("1" * 64)
    assert reach.organisers("0" * 64) == reach.node_keys(["0" * 64]) == frozenset()
    assert reach.group_of("0" * 64) == ""


def test_the_ground_knows_who_a_charter_names_and_whose_it_is() -> None:
    world = World()
    first = world.found("home", 2, "abc", signed="a")
    second = world.amend([first], 1, "de", "ab")
    reach = Reach(world.standing, [first.id], 3)
    assert reach.organisers(second.id) == {public("d"), public("e")}
    assert reach.organisers(first.id) == {public(one) for one in "abc"}, "in office or not"
    assert reach.group_of(first.id) == reach.group_of(second.id) == first.id
    assert not reach.is_official(first.id)
    world.cosign(first, first.id, first.id, "b")
    assert Reach(world.standing, [], 3).is_official(first.id)


def test_nodes_are_those_of_the_charters_in_force_and_of_both_branches_of_a_split() -> None:
    world = World()
    node = Node("https://home.example", public("n"))
    first = world.write(found(with_node(saying("home", 1, "ab"), node), NOW), "a")
    assert Reach(world.standing, [], 0).node_keys([first.id]) == {public("n")}
    world.amend([first], 1, "a", "a")
    assert Reach(world.standing, [], 0).node_keys([first.id]) == frozenset()

    split = [
        CharterFact("0", "0", "a", 1, ("a",), (), (), ("old",)),
        CharterFact("1", "0", "a", 1, ("a",), ("0",), (), ("left",)),
        CharterFact("2", "0", "a", 1, ("a",), ("0",), (), ("right",)),
    ]
    standing = Standing.of(one.fact().row for one in split)
    assert Reach(standing, [], 0).node_keys(["0"]) == {"left", "right"}
