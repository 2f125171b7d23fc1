"""Who speaks for a group, and what it said: claims over real records."""

from collections.abc import Callable
from itertools import combinations
from random import Random

import pytest

from groups.world import NOW, World, group_of, public, rows_of, standing_of
from wayhome.groups.facts import CharterFact
from wayhome.groups.kinds import cosign
from wayhome.groups.standing import Standing
from wayhome.records.draft import Draft
from wayhome.records.record import Record


def named(letters: str) -> set[str]:
    return {public(one) for one in letters}


def test_the_groups_pages_example_goes_as_it_is_told() -> None:
    world = World()
    charter = world.found("Волга", 2, "abc", signed="ab")
    post = world.post(charter, "ac")
    assert world.standing.groups() == (charter.id,)
    assert not world.standing.is_official(post.id)
    world.cosign(charter, charter.id, charter.id, "c")
    assert world.standing.is_official(post.id)
    second = world.amend([charter], 2, "bcd", "bcd", [post])
    bought = world.post(charter, "ab", "не мы")
    assert world.standing.heads(charter.id) == (second.id,)
    assert world.standing.is_official(post.id)
    assert not world.standing.is_official(bought.id)


def test_a_record_is_official_once_k_in_office_have_signed_it() -> None:
    world = World()
    charter = world.found("Волга", 2, "abc")
    alone, both = world.post(charter, "a", "один"), world.post(charter, "ac", "двое")
    assert not world.standing.is_official(alone.id), "a proposal"
    assert world.standing.is_official(both.id)
    world.cosign(alone, charter.id, charter.id, "b")
    assert world.standing.is_official(alone.id)


def test_one_key_that_signs_twice_is_one() -> None:
    world = World()
    charter = world.found("Волга", 2, "abc")
    post = world.post(charter, "a")
    world.cosign(post, charter.id, charter.id, "aa")
    assert not world.standing.is_official(post.id)
    assert world.standing.signers(post.id) == named("a")


def test_being_named_is_not_consent() -> None:
    world = World()
    charter = world.found("Волга", 2, "abc", signed="ab")
    post = world.post(charter, "ac")
    assert world.standing.in_office(charter.id) == named("ab")
    assert not world.standing.is_official(post.id)
    world.cosign(charter, charter.id, charter.id, "c")
    assert world.standing.is_official(post.id), "whatever came first"


def test_a_strangers_sig_counts_for_nothing() -> None:
    world = World()
    charter = world.found("Волга", 2, "ab")
    post = world.post(charter, "ax")
    assert not world.standing.is_official(post.id)
    assert world.standing.in_office(charter.id) == named("ab")


def test_a_charter_with_fewer_than_k_in_office_founds_nothing() -> None:
    world = World()
    charter = world.found("Волга", 3, "abc", signed="ab")
    post = world.post(charter, "abc")
    assert world.standing.groups() == ()
    assert world.standing.heads(charter.id) == ()
    assert world.standing.charter_in_force(charter.id) is None
    assert not world.standing.is_official(post.id)
    world.cosign(charter, charter.id, charter.id, "c")
    assert world.standing.groups() == (charter.id,)
    assert world.standing.is_official(charter.id)


@pytest.mark.parametrize("part", ["group", "charter", "record"])
def test_a_cosign_counts_for_the_record_group_and_charter_that_it_names_alone(part: str) -> None:
    world = World()
    volga, ural = world.found("Волга", 2, "ab"), world.found("Урал", 2, "ab")
    post, other = world.post(volga, "a", "это"), world.post(volga, "a", "то")
    world.cosign(
        other if part == "record" else post,
        ural.id if part == "group" else volga.id,
        ural.id if part == "charter" else volga.id,
        "b",
    )
    assert not world.standing.is_official(post.id)


def test_what_one_group_said_is_not_anothers() -> None:
    world = World()
    volga, ural = world.found("Волга", 2, "ab"), world.found("Урал", 1, "abc")
    tags = (("g", volga.id), *world.post(ural, "c").tags[1:])
    stolen = world.write(Draft(3963, tags, "не наше", NOW), "c")
    world.cosign(stolen, volga.id, ural.id, "ab")
    assert not world.standing.is_official(stolen.id)


def test_an_amendment_replaces_organisers_and_k() -> None:
    world = World()
    first = world.found("Волга", 2, "abc")
    second = world.amend([first], 3, "bcd", "abcd")
    standing = world.standing
    assert standing.heads(first.id) == (second.id,)
    assert standing.history(first.id) == (first.id, second.id)
    in_force = standing.charter_in_force(first.id)
    assert in_force is not None
    assert (in_force.id, in_force.k) == (second.id, 3)
    assert standing.in_office(second.id) == named("bcd")
    two, three = world.post(second, "bc", "двое"), world.post(second, "bcd", "трое")
    assert not world.standing.is_official(two.id)
    assert world.standing.is_official(three.id)


@pytest.mark.parametrize(
    ("organisers", "k", "signed", "why"),
    [
        ("ade", 2, "ade", "one of the old k"),
        ("bde", 2, "ab", "one of the new k"),
        ("de", 2, "de", "none of the old"),
        ("abc", 1, "a", "k is the old charter's until the new one is in force"),
    ],
)
def test_an_amendment_needs_k_of_the_old_and_k_of_the_new(
    organisers: str, k: int, signed: str, why: str
) -> None:
    world = World()
    first = world.found("Волга", 2, "abc")
    amended = world.amend([first], k, organisers, signed)
    assert world.standing.heads(first.id) == (first.id,), why
    assert not world.standing.is_official(amended.id)


def test_a_group_that_can_no_longer_find_k_is_changed_by_nobody() -> None:
    world = World()
    first = world.found("Волга", 3, "abc")
    post = world.post(first, "abc")
    for organisers in ("a", "ab", "abc", "abxyz"):
        world.amend([first], 1, organisers, "ab")
        world.amend([first], len(organisers), organisers, "abxyz")
    later = world.post(first, "ab", "потом")
    assert world.standing.heads(first.id) == (first.id,)
    assert world.standing.is_official(post.id), "what it said stays official"
    assert not world.standing.is_official(later.id)


def test_the_past_is_what_the_amendment_sealed() -> None:
    world = World()
    first = world.found("Волга", 2, "abc")
    kept, left = world.post(first, "ab", "то"), world.post(first, "ab", "это")
    world.amend([first], 2, "cde", "abcde", [kept])
    world.at = lambda: NOW - 5_000_000
    late = world.post(first, "ab", "старыми ключами и старым числом")
    assert world.standing.is_official(kept.id)
    assert not world.standing.is_official(left.id)
    assert not world.standing.is_official(late.id), "keys bought later cannot write into the past"


def test_what_was_sealed_stays_sealed() -> None:
    world = World()
    first = world.found("Волга", 2, "abc")
    kept, forgotten = world.post(first, "ab", "то"), world.post(first, "ab", "это")
    second = world.amend([first], 2, "abc", "ab", [kept])
    world.amend([second], 2, "abc", "ab", [forgotten])
    assert world.standing.is_official(kept.id)
    assert world.standing.is_official(forgotten.id), "a later one may seal what did not fit"


def test_a_seal_makes_nothing_official_that_k_did_not_sign() -> None:
    world = World()
    first = world.found("Волга", 2, "abc")
    alone, strange = world.post(first, "a", "один"), world.post(first, "xy", "чужие")
    world.amend([first], 2, "abc", "ab", [alone, strange])
    assert not world.standing.is_official(alone.id)
    assert not world.standing.is_official(strange.id)


def forked() -> tuple[World, Record, Record, Record]:
    world = World()
    first = world.found("Волга", 2, "abcd")
    one = world.amend([first], 2, "abx", "abx")
    other = world.amend([first], 2, "cdy", "cdy")
    return world, first, one, other


def test_two_official_amendments_are_a_split_and_both_branches_speak() -> None:
    world, first, one, other = forked()
    left, right = world.post(one, "ab"), world.post(other, "cd")
    assert world.standing.is_split(first.id)
    assert world.standing.heads(first.id) == tuple(sorted((one.id, other.id)))
    assert world.standing.charter_in_force(first.id) is None
    assert world.standing.is_official(left.id)
    assert world.standing.is_official(right.id)


def test_a_charter_that_names_both_heals_a_split_once_each_has_let_it() -> None:
    world, first, one, other = forked()
    left = world.post(one, "ab")
    right = world.post(other, "cd")
    healed = world.amend([one, other], 3, "abcd", "abc", [left])
    assert world.standing.is_split(first.id), "only one of the second branch signed"
    world.cosign(healed, first.id, healed.id, "d")
    standing = world.standing
    assert standing.heads(first.id) == (healed.id,)
    assert standing.history(first.id)[-1] == healed.id
    assert standing.is_official(left.id)
    assert not standing.is_official(right.id), "what it did not seal"


def test_a_branch_never_seals_what_another_branch_said() -> None:
    world, first, one, _ = forked()
    post = world.post(one, "ab")
    third = world.amend([first], 2, "acy", "acy", [post])
    world.amend([one, third], 2, "abc", "abc")
    assert world.standing.charter_in_force(first.id) is None, "the fourth branch is not healed"
    assert not world.standing.is_official(post.id)


def test_a_branch_that_others_saw_in_force_stands_against_one_that_nobody_saw() -> None:
    world, first, one, other = forked()
    ural = world.found("Урал", 1, "u")
    link = world.link(ural, "u", first, witness=one)
    assert world.standing.heads(first.id) == (one.id,)
    assert not world.standing.is_split(first.id)
    assert not world.standing.is_official(world.post(other, "cd").id)
    assert world.standing.followed(first.id) == {first.id, one.id}
    siberia = world.found("Сибирь", 1, "s")
    world.link(siberia, "s", first, witness=other)
    assert world.standing.is_split(first.id), "both were seen"
    world.unlink(ural, "u", link)
    assert world.standing.heads(first.id) == (other.id,), "an ended link saw nothing"


def test_former_keys_are_not_followed_against_a_witnessed_line() -> None:
    world = World()
    first = world.found("Волга", 2, "abc")
    post = world.post(first, "ab")
    second = world.amend([first], 2, "cde", "abcde", [post])
    third = world.amend([second], 2, "def", "cdef", [])
    ural = world.found("Урал", 1, "u")
    world.link(ural, "u", first, witness=second)
    bought = world.amend([first], 1, "x", "abx", [])
    assert world.standing.heads(first.id) == (third.id,)
    assert not world.standing.is_official(world.post(bought, "x").id)
    assert world.standing.is_official(post.id)


@pytest.mark.parametrize(
    "who", ["the branch itself", "too few", "the common past", "a fork", "of a third group"]
)
def test_a_witness_is_another_groups_official_word_of_that_branch_alone(who: str) -> None:
    world, first, one, _ = forked()
    ural = world.found("Урал", 2, "uvw")
    if who == "the branch itself":
        world.link(one, "ab", ural, witness=one)
    elif who == "too few":
        world.link(ural, "u", first, witness=one)
    elif who == "the common past":
        world.link(ural, "uv", first, witness=first)
    elif who == "of a third group":
        world.link(ural, "uv", world.found("Сибирь", 1, "s"), witness=one)
    else:
        left = world.amend([ural], 2, "uv", "uv")
        world.amend([ural], 2, "vw", "vw")
        world.link(left, "uv", first, witness=one)
    assert world.standing.is_split(first.id)


def test_an_unlink_ends_the_link_it_names_and_a_new_link_starts_anew() -> None:
    world = World()
    volga, ural = world.found("Волга", 2, "ab"), world.found("Урал", 1, "u")
    link = world.link(volga, "ab", ural)
    assert world.standing.links(volga.id) == {ural.id}
    assert world.standing.linked_by(ural.id) == {volga.id}
    world.unlink(volga, "a", link)
    assert world.standing.links(volga.id) == {ural.id}, "a proposal ends nothing"
    world.unlink(ural, "u", link)
    assert world.standing.links(volga.id) == {ural.id}, "nor does another group"
    world.unlink(volga, "ab", link)
    assert world.standing.links(volga.id) == set()
    assert world.standing.linked_by(ural.id) == set()
    world.at = lambda: NOW - 1
    world.link(volga, "ab", ural)
    assert world.standing.links(volga.id) == {ural.id}


def test_a_line_of_three_thousand_amendments_is_read() -> None:
    """Whoever is named by a charter may write on for ever: it must not end anybody's node."""
    line = [CharterFact("0", "0", "a", 1, ("a",), (), (), ())]
    line += [
        CharterFact(f"{i}", "0", "a", 1, ("a",), (f"{i - 1}",), (), ()) for i in range(1, 3_000)
    ]
    for rows in (line, line[::-1]):
        standing = Standing.of(one.fact().row for one in rows)
        assert standing.heads("0") == ("2999",)
        assert standing.is_in_force("1500")


@pytest.mark.parametrize("shape", ["fork", "short cut"])
def test_a_group_that_forks_and_heals_sixty_times_is_read(shape: str) -> None:
    """Each fork doubles the ways through a group's history; they are not walked one by one."""
    rows = [CharterFact("0", "0", "a", 1, ("a",), (), (), ())]
    last = "0"
    for i in range(60):
        left, right, healed = f"{i}l", f"{i}r", f"{i}healed"
        rows.append(CharterFact(left, "0", "a", 1, ("a",), (last,), (), ()))
        rows.append(CharterFact(right, "0", "a", 1, ("a",), (last,), (), ()))
        both = (left, right) if shape == "fork" else (last, left)
        rows.append(CharterFact(healed, "0", "a", 1, ("a",), both, (), ()))
        last = healed
    for given in (rows, rows[::-1]):
        standing = Standing.of(one.fact().row for one in given)
        assert last in standing.heads("0")
        assert len(standing.history("0")) == len(rows)


def test_a_key_has_room_for_a_cosign_under_each_charter() -> None:
    """Else one under a wrong charter, with a lower id, would keep the right one out for ever."""
    world = World()
    first = world.found("Волга", 2, "abc")
    post = world.post(first, "ab")
    again = world.records[-1]
    world.cosign(post, first.id, first.id, "c")
    world.cosign(post, first.id, post.id, "b")
    other_key, other_charter = (cosign.slot(one) for one in world.records[-2:])
    assert cosign.slot(again) not in (other_key, other_charter)
    assert cosign.slot(again).keeps == 1


def story(world: World) -> dict[str, Record]:
    """Everything at once: a fork, a healing, seals, links, proposals."""
    first = world.found("Волга", 2, "abcd")
    ural = world.found("Урал", 2, "uv")
    told = {"post": world.post(first, "ab"), "proposal": world.post(first, "c")}
    one = world.amend([first], 2, "abx", "abx", [told["post"]])
    other = world.amend([first], 2, "cdy", "cdy")
    told |= {"left": world.post(one, "ab"), "right": world.post(other, "cd")}
    told["late"] = world.post(first, "ab", "поздно")
    healed = world.amend([one, other], 2, "abcd", "abcd", [told["left"]])
    told["link"] = world.link(ural, "uv", first, witness=healed)
    told["back"] = world.link(healed, "ac", ural)
    told["unlink"] = world.unlink(healed, "bd", told["back"])
    world.amend([first], 1, "z", "cdz")
    return told | {"first": first, "one": one, "other": other, "healed": healed, "ural": ural}


def picture(standing: Standing, told: dict[str, Record]) -> dict[str, object]:
    """Give what a view says, by the names of the story rather than by ids."""
    names = {record.id: name for name, record in told.items()}
    found: dict[str, object] = {
        name: (standing.is_official(record.id), sorted(standing.signers(record.id)))
        for name, record in told.items()
    }
    for name in ("first", "ural"):
        group = told[name].id
        found[f"of {name}"] = (
            sorted(names[one] for one in standing.heads(group)),
            sorted(names[one] for one in standing.links(group)),
            sorted(names[one] for one in standing.linked_by(group)),
            sorted(names.get(one, "?") for one in standing.history(group)),
        )
    return found


EXPECTED = {
    "post": True,
    "proposal": False,
    "left": True,
    "right": False,
    "late": False,
    "link": True,
    "back": True,
    "unlink": True,
    "first": True,
    "healed": True,
}


@pytest.mark.parametrize("seed", range(6))
def test_a_date_gives_nobody_authority(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - an order, not a secret
    dated = World(at=lambda: chance.choice((0, 1, NOW, 2**53 - 1, chance.randrange(2**40))))
    plain = World()
    told, same = story(dated), story(plain)
    assert picture(dated.standing, told) == picture(plain.standing, same)


def test_order_repetition_and_parts_leave_no_trace() -> None:
    world = World()
    told = story(world)
    expected = picture(world.standing, told)
    assert {name: expected[name][0] for name in EXPECTED} == EXPECTED  # type: ignore[index]
    chance = Random(7)  # noqa: S311 - an order, not a secret
    for _ in range(30):
        one = chance.choices(world.records, k=len(world.records))
        other = [record for record in world.records if record not in one]
        together = one + other + one[::3]
        chance.shuffle(together)
        assert picture(standing_of(together), told) == expected


def every_small_crowd() -> list[tuple[int, str, str]]:
    return [
        (k, "abcd"[:n], "".join(few))
        for n in range(1, 5)
        for k in range(1, n + 1)
        for size in range(1, k)
        for few in combinations("abcd"[:n], size)
    ]


@pytest.mark.parametrize(("k", "all_of_them", "few"), every_small_crowd())
def test_fewer_than_k_never_change_a_group(k: int, all_of_them: str, few: str) -> None:
    """Whatever few of them write, with strangers' help, and whichever three things of it come."""
    world = World()
    first = world.found("Волга", k, all_of_them)
    post = world.post(first, all_of_them[:k])
    ural, strangers = world.found("Урал", 1, "u"), world.found("Чужие", 1, "x")
    link = world.link(first, all_of_them[:k], ural)
    before = list(world.records)
    with_help = few + "xyz"
    own = world.amend([first], 1, few, with_help)
    acts: list[Callable[[], object]] = [
        lambda: world.amend([first], k, all_of_them, with_help, [post]),
        lambda: world.amend([own], 1, few, with_help),
        lambda: world.amend([first], 1, with_help, with_help),
        lambda: world.post(first, with_help, "не мы"),
        lambda: world.post(own, with_help, "и не мы"),
        lambda: world.link(first, with_help, strangers),
        lambda: world.unlink(first, with_help, link),
        lambda: world.cosign(own, first.id, first.id, with_help),
    ]
    for act in acts:
        act()
    made = [one for one in world.records if one not in before]
    expected = (first.id,), True, {ural.id}
    for three in [made, *combinations(made[:: max(1, len(made) // 9)], 3)]:
        standing = standing_of([*before, *three])
        seen = (
            standing.heads(first.id),
            standing.is_official(post.id),
            standing.links(first.id),
        )
        assert seen == expected
        assert not any(standing.is_official(one.id) for one in made)
    assert group_of(own) == first.id
    assert rows_of(made)


class Walking(Standing):
    """Counts how often the charters before one are walked over."""

    walks = 0

    def _ancestry(self, charter: str) -> set[str]:
        Walking.walks += 1
        return super()._ancestry(charter)


def test_what_a_group_in_many_pieces_costs_grows_with_the_pieces_and_no_faster() -> None:
    """One person's group can be forked without end, and every node that carries it reads that."""
    world = World()
    first = world.found("Волга", 1, "a")
    text = world.post(first, "a")
    forks = [world.amend([first], 1, f"a{other}", "a", [text]) for other in "bcdefghijklmnopqrst"]
    ural = world.found("Урал", 1, "u")
    world.link(ural, "u", first, witness=forks[3])
    Walking.walks = 0
    standing = Walking.of(rows_of(world.records))
    assert standing.heads(first.id) == (forks[3].id,)
    assert Walking.walks <= len(forks)
    assert standing.is_official(text.id)
    assert standing.not_followed(first.id) == {one.id for one in forks if one is not forks[3]}


def test_the_order_of_a_long_line_is_found_in_one_walk() -> None:
    world = World()
    line = [world.found("Волга", 1, "a")]
    for other in "bcdefghijklmnopqrst":
        line.append(world.amend([line[-1]], 1, f"a{other}", "a"))
    one, other = (world.amend([line[-1]], 1, f"a{who}", "a") for who in "xy")
    healed = world.amend(sorted([one, other], key=lambda each: each.id), 1, "a", "a")
    Walking.walks = 0
    standing = Walking.of(rows_of(world.records))
    said = standing.history(line[0].id)
    assert said[: len(line)] == tuple(one.id for one in line)
    assert (set(said[len(line) : -1]), said[-1]) == ({one.id, other.id}, healed.id)
    assert Walking.walks <= 2
