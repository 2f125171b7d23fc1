"""How a group came to be what it is, and what of its words counts no more."""

from groups.world import World, group_of, public
from wayhome.groups.history import Difference, Step, read_history
from wayhome.groups.kinds import charter
from wayhome.groups.kinds.charter import Charter
from wayhome.records.record import Record


def steps(world: World, group: Record) -> tuple[Step, ...]:
    said = {one.id: Charter.of(one) for one in world.records if one.kind == charter.NUMBER}
    return read_history(group.id, world.standing, said)


def test_each_amendment_says_what_it_changed_and_who_signed_it() -> None:
    world = World()
    first = world.found("Волга", 2, "abc")
    second = world.amend([first], 3, "bcd", "abcd")
    told, later = steps(world, first)
    assert (told.state, later.state) == ("replaced", "in force")
    assert told.signers == tuple(public(one) for one in "abc")
    assert later.signers == tuple(public(one) for one in "abcd")
    assert later.id == second.id
    assert later.changes == (
        (
            first.id,
            (
                Difference("name", ("Волга",), ("bcd 3",)),
                Difference("k", ("2",), ("3",)),
                Difference("organiser", (public("a"),), (public("d"),)),
            ),
        ),
    )
    assert not later.heals


def test_a_split_has_two_branches_and_what_heals_it_is_compared_with_both() -> None:
    world = World()
    first = world.found("Волга", 2, "abcd")
    one, other = world.amend([first], 2, "ab", "ab"), world.amend([first], 2, "cd", "cd")
    assert [step.state for step in steps(world, first)] == ["replaced", "branch", "branch"]
    healed = world.amend([one, other], 2, "abcd", "abcd")
    last = steps(world, first)[-1]
    assert (last.id, last.state, last.heals) == (healed.id, "in force", True)
    assert {before for before, _ in last.changes} == {one.id, other.id}
    assert [step.state for step in steps(world, first)[:3]] == ["replaced"] * 3


def test_an_amendment_by_former_keys_is_shown_as_such() -> None:
    world = World()
    first = world.found("Волга", 2, "abc")
    second = world.amend([first], 2, "bcd", "bcd")
    ural = world.found("Урал", 1, "u")
    world.link(ural, "u", second, witness=second)
    bought = world.amend([first], 2, "abx", "abx")
    world.post(bought, "ab", "не мы")
    states = {step.id: step.state for step in steps(world, first)}
    assert states == {first.id: "replaced", second.id: "in force", bought.id: "not followed"}
    assert world.standing.not_followed(first.id) == {bought.id}
    assert {step.id: step.not_counted for step in steps(world, first)}[bought.id] == 1


def test_what_k_signed_and_nothing_sealed_is_counted_as_not_counted() -> None:
    world = World()
    first = world.found("Волга", 2, "abc")
    kept = world.post(first, "ab", "было")
    world.amend([first], 2, "bcd", "bcd", [kept])
    assert world.standing.not_counted(group_of(first)) == {}
    late = world.post(first, "ab", "задним числом")
    world.post(first, "a", "один, и не в счёт и без того")
    world.post(first, "ax", "с чужим")
    assert world.standing.not_counted(first.id) == {first.id: {late.id}}
    assert [step.not_counted for step in steps(world, first)] == [1, 0]


def test_a_step_changes_nothing_where_only_seals_were_added() -> None:
    world = World()
    first = world.found("ab 2", 2, "ab")
    world.amend([first], 2, "ab", "ab", [world.post(first, "ab")])
    assert steps(world, first)[-1].changes == ((first.id, ()),)
