"""Who reads a group's reports, and for how long each has had the same key."""

from cases.envelopes import DAY, NOW, amend, found
from cases.nodes import OfGroup
from groups.world import World, public
from wayhome.cases.caseworkers import in_season, intake_of
from wayhome.groups.kinds.charter import Charter


def line_of(world: World) -> list[tuple[Charter, int]]:
    return [(Charter.of(one), one.created_at) for one in world.records if one.kind == 3960]


def test_a_season_begins_with_the_charter_that_first_names_the_recipient() -> None:
    world = World()
    first = found(world, "uv")
    world.at = lambda: NOW + 40 * DAY
    second = amend(world, first, "vw")
    world.at = lambda: NOW + 100 * DAY
    amend(world, second, "wv")
    since = {one.caseworker.key: one.since for one in in_season(line_of(world))}
    assert since == {public("w"): NOW + 40 * DAY, public("v"): NOW}
    assert {one.key for one in intake_of(line_of(world)[0][0])} == {public("u"), public("v")}
    assert in_season([]) == ()


def test_who_left_and_came_back_has_a_new_season() -> None:
    world = World()
    first = found(world, "uv")
    world.at = lambda: NOW + 10 * DAY
    second = amend(world, first, "v")
    world.at = lambda: NOW + 20 * DAY
    amend(world, second, "uv")
    since = {one.caseworker.key: one.since for one in in_season(line_of(world))}
    assert since == {public("u"): NOW + 20 * DAY, public("v"): NOW}


def test_a_season_is_due_after_90_days_and_overdue_after_120() -> None:
    world = World()
    found(world, "u")
    (one,) = in_season(line_of(world))
    answers = [(one.is_due(NOW + n * DAY), one.is_overdue(NOW + n * DAY)) for n in (89, 90, 119)]
    assert answers == [(False, False), (True, False), (True, False)]
    assert one.is_overdue(NOW + 120 * DAY)


def test_a_groups_page_says_who_reads_reports_and_since_when(of_group: OfGroup) -> None:
    page = of_group.get(f"/en/group/{of_group.charter.id}.html").text
    assert "3 people read what families send to this group" in page
    assert public("u") in page
    assert "the same key since 4 October 2024" in page
