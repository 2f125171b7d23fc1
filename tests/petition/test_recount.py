"""Recount: the same set of records gives the same bytes, and nothing but good ones count."""

from petition_world import World


def test_an_open_petition_counts_each_person_once() -> None:
    world = World()
    world.open_desks()
    people = world.run(3)
    world.sign_up(1)
    world.withdraw(people[0][0])
    count = world.recount()
    assert (count.state, count.people, count.counted, count.withdrawn) == ("open", 4, 3, 1)
    assert count.windows == {"1801440000": 2, "1801526400": 1}


def test_a_closed_petition_counts_what_its_lists_hold() -> None:
    world = World()
    world.open_desks()
    people = world.run(3)
    world.finish(3)
    world.list_up()
    world.withdraw(people[0][0])
    world.sign_up(1)
    count = world.recount()
    assert (count.state, count.people, count.counted, count.late) == ("closed", 4, 3, 1)
    assert count.withdrawn == 0  # no list holds it
