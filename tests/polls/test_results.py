"""Results of a poll: by option, and only when nobody can answer any more."""

from petition_world import DAY, DAYS, OPEN, World
from wayhome.polls.results import Result, results


def test_a_poll_is_read_by_option_after_it_closed() -> None:
    world = World(1, 1, options=("да", "нет", "не знаю"))
    world.open_desks()
    world.sign_up(option="2")
    world.sign_up(option="2")
    world.sign_up(option="3")
    count = world.recount()
    assert results(world.asked, count, OPEN + DAYS * DAY) == (
        Result("1", "да", 0),
        Result("2", "нет", 2),
        Result("3", "не знаю", 1),
    )
    assert results(world.asked, count, OPEN + DAYS * DAY - 1) is None
