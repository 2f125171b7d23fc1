"""Cases of a recount: a small world for every word that a recount can say."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace

from petition_world import DAY, DAYS, OPEN, Group, World, secret_key
from wayhome.crypto import keys
from wayhome.petition.service import (
    draft_counter,
    draft_final_counter,
    draft_petition,
)
from wayhome.records.draft import Draft
from wayhome.records.record import Record
from wayhome.records.signing import sign

CASES: dict[str, Callable[[], World]] = {}


def case(make: Callable[[], World]) -> Callable[[], World]:
    CASES[make.__name__.replace("_", "-")] = make
    return make


def running(people: int = 2, **how: int) -> World:
    world = World(**how)  # type: ignore[arg-type]
    world.open_desks()
    world.run(people)
    return world


def finished(people: int = 2, **how: int) -> World:
    world = running(people, **how)
    world.finish(people)
    return world


@case
def no_petition() -> World:
    world = running()
    world.groups[0].records.remove(world.petition)
    return world


@case
def not_official() -> World:
    world = running()
    records = world.groups[0].records
    cosigns = [one for one in records if one.kind == 3961 and one.tags[0][1] == world.petition.id]
    for one in cosigns:
        records.remove(one)
    return world


@case
def no_acceptance() -> World:
    world = running()
    world.groups[1].records.remove(world.accepted[1])
    return world


@case
def one_voice_and_alone() -> World:
    world = World(1, 1, groups=[Group("volga", k=1, size=1, number=1)])
    world.open_desks()
    world.run(2)
    world.finish(2)
    world.list_up()
    return world


@case
def three_groups_two_pairs() -> World:
    world = World(3, 2)
    world.open_desks()
    a, b, c = world.groups
    world.sign_up(groups=[a, b])
    world.sign_up(1, groups=[b, c])
    world.sign_up(1, groups=[b, c])
    world.finish({"volga": 1, "ural": 3, "siberia": 2})
    world.list_up()
    return world


@case
def a_crowd() -> World:
    return finished(50)


@case
def unsealed_but_witnessed() -> World:
    world = running()
    world.groups[0].amend([])
    return world


@case
def unsealed_and_nobody_saw_it() -> World:
    world = World()
    world.run(1)
    world.groups[1].amend([])
    return world


@case
def a_lone_group_that_disowns() -> World:
    world = World(1, 1)
    world.open_desks()
    world.run(1)
    world.groups[0].amend([world.accepted[0].id])
    return world


@case
def sealed_in_the_amendment() -> World:
    world = running()
    world.groups[0].amend([world.petition.id, world.accepted[0].id])
    return world


@case
def in_dispute() -> World:
    world = running()
    sealed = [world.petition.id, world.accepted[0].id]
    world.groups[0].amend(sealed, name="one")
    world.groups[0].amend(sealed, name="other")
    return world


@case
def a_shared_organiser() -> World:
    shared = secret_key("shared")
    groups = [
        Group(word, organisers=[secret_key(word), shared], number=i + 1)
        for i, word in enumerate(("volga", "ural"))
    ]
    world = World(groups=groups)
    world.open_desks()
    world.run(1)
    return world


@case
def two_lists_of_one_author() -> World:
    world = finished()
    world.list_up()
    late = world.run(1)
    world.list_up(world.groups[:1])
    world.extra += [one for _, one in late]
    return world


@case
def two_lists_and_still_closed() -> World:
    world = finished()
    world.list_up()
    world.list_up(secret=lambda group: group.node_secret)
    world.run(1)
    world.list_up(world.groups[:1])
    return world


@case
def a_list_without_its_file() -> World:
    world = finished()
    world.list_up()
    world.files.clear()
    return world


@case
def a_list_whose_file_is_not_ascending() -> World:
    world = finished()
    world.list_up()
    world.files = {name: body[32:] + body[:32] for name, body in world.files.items()}
    return world


@case
def lists_that_differ() -> World:
    world = finished()
    world.list_up(world.groups[:1])
    world.run(1)
    world.list_up(world.groups[1:])
    return world


@case
def a_list_by_a_stranger() -> World:
    world = finished()
    world.list_up(secret=lambda _: secret_key("stranger"))
    return world


@case
def a_list_whose_file_is_another() -> World:
    world = finished()
    world.list_up()
    name = max(world.files, key=lambda one: len(world.files[one]))
    world.files[name] = bytes(32) + bytes(31) + b"1"
    return world


@case
def a_node_that_lists_for_another_group() -> World:
    world = finished()
    world.list_up(world.groups[:1])
    world.list_up(world.groups[1:], secret=lambda _: world.groups[0].node_secret)
    return world


@case
def a_list_with_a_wrong_number() -> World:
    world = finished()
    made = world.list_up(world.groups[:1])[0]
    world.list_up(world.groups[1:])
    world.extra.remove(made)
    tags = tuple(("count", "3", tag[2]) if tag[0] == "count" else tag for tag in made.tags)
    draft = Draft(made.kind, tags, "", made.created_at)
    world.extra.append(sign(draft, world.groups[0].desk_secret))
    return world


@case
def a_list_dated_otherwise() -> World:
    world = finished()
    for made, group in zip(world.list_up(), world.groups, strict=True):
        world.extra.remove(made)
        draft = Draft(made.kind, made.tags, "", made.created_at + 1)
        world.extra.append(sign(draft, group.desk_secret))
    return world


@case
def lists_of_nodes() -> World:
    world = finished()
    world.list_up(secret=lambda group: group.node_secret)
    world.run(1)
    return world


@case
def a_node_of_a_later_charter() -> World:
    world = finished()
    new = [secret_key(f"new node {i}") for i in range(2)]
    for at, group in enumerate(world.groups):
        sealed = [world.petition.id, *(one.id for one in world.accepted)]
        group.amend(sealed, node=keys.public_key(new[at]))
    world.list_up(world.groups[:1], secret=lambda _: new[0])
    world.list_up(world.groups[1:], secret=lambda _: new[1])
    return world


@case
def closing_with_one_list() -> World:
    world = finished()
    world.list_up(world.groups[:1])
    return world


@case
def late_people() -> World:
    world = finished()
    world.list_up()
    world.run(2)
    return world


@case
def in_one_list_only_is_late() -> World:
    world = finished()
    _, only_there = world.sign_up()
    world.list_up(world.groups[:1])
    world.list_up(world.groups[1:], without=[only_there])
    return world


@case
def withdrawn_before_and_after_the_lists() -> World:
    world = running(1)
    early, _ = world.sign_up()
    later, _ = world.sign_up()
    world.withdraw(early)
    world.finish(3)
    world.list_up()
    world.withdraw(later)
    return world


@case
def withdrawn_twice_and_by_a_stranger() -> World:
    world = running(1)
    who, _ = world.sign_up()
    world.withdraw(who, 4)
    world.withdraw(who, 5)
    world.withdraw(world.signer())
    return world


@case
def a_forked_chain() -> World:
    world = running()
    first = world.counters["ural"][0]
    desk = world.groups[1].desk_secret
    for issued in (2, 7):
        draft = draft_counter(first, issued, OPEN + DAY)
        world.counters["ural"].append(sign(draft, desk))
    return world


@case
def a_falling_total() -> World:
    world = running()
    world.count_up(5)
    world.finish(2)
    world.list_up()
    return world


@case
def a_chain_with_a_gap() -> World:
    world = running()
    world.count_up(1)
    world.finish(2)
    world.list_up()
    world.counters["ural"].pop(1)
    return world


@case
def a_final_counter_that_another_follows() -> World:
    world = running()
    chain = world.counters["ural"]
    desk = world.groups[1].desk_secret
    chain.append(sign(draft_final_counter(chain[0], 2, OPEN + DAY), desk))
    chain.append(sign(draft_counter(chain[1], 2, OPEN + 2 * DAY), desk))
    return world


@case
def above_the_ceiling() -> World:
    world = World(ceiling=1)
    world.open_desks()
    world.run(2)
    world.finish(2)
    world.list_up()
    return world


@case
def a_raised_ceiling() -> World:
    world = World(ceiling=2)
    world.open_desks()
    for at, group in enumerate(world.groups):
        raised = world.accept(group, 9, prev=world.accepted[at].id)
        draft = draft_counter(world.counters[group.word][-1], 2, OPEN + DAY, raised=raised.id)
        world.counters[group.word].append(sign(draft, group.desk_secret))
    world.run(3)
    world.finish(3)
    world.list_up()
    return world


@case
def a_ceiling_raised_too_late() -> World:
    world = World(ceiling=2)
    world.open_desks()
    group = world.groups[0]
    raised = world.accept(group, 9, prev=world.accepted[0].id)
    draft = draft_counter(world.counters["volga"][-1], 3, OPEN + DAY, raised=raised.id)
    world.counters["volga"].append(sign(draft, group.desk_secret))
    return world


@case
def successors_that_compete() -> World:
    world = World(ceiling=2)
    world.open_desks()
    raised = [
        world.accept(world.groups[0], ceiling, prev=world.accepted[0].id) for ceiling in (8, 9)
    ]
    draft = draft_counter(world.counters["volga"][-1], 1, OPEN + DAY, raised=raised[0].id)
    world.counters["volga"].append(sign(draft, world.groups[0].desk_secret))
    world.run(1)
    return world


@case
def a_successor_with_another_desk() -> World:
    world = running()
    other = keys.public_key(secret_key("another desk"))
    world.accept(world.groups[0], 600, prev=world.accepted[0].id, stamping=other)
    return world


@case
def two_desks() -> World:
    world = running()
    other = keys.public_key(secret_key("another desk"))
    world.accept(world.groups[0], 400, stamping=other)
    return world


@case
def no_final_counter() -> World:
    world = running()
    world.list_up()
    return world


@case
def a_final_counter_nobody_witnessed() -> World:
    world = finished()
    hidden = world.finals.pop()
    world.list_up()
    world.finals.append(hidden)
    return world


@case
def more_used_than_issued() -> World:
    world = running(4)
    world.finish({"volga": 4, "ural": 2})
    world.list_up()
    return world


@case
def far_more_used_than_issued() -> World:
    world = running(2, n=3, q=2)
    world.sign_up(groups=world.groups[1:])
    world.finish({"volga": 0, "ural": 0, "siberia": 0})
    world.list_up()
    return world


@case
def a_key_used_twice() -> World:
    world = running()
    other = replace(world.asked, title="another")
    twin = world.groups[0].say(draft_petition(other, "text", OPEN - 10 * DAY))
    world.accept(world.groups[1], petition=twin.id)
    return world


@case
def a_key_named_again_by_a_proposal() -> World:
    world = running()
    other = replace(world.asked, title="another")
    twin = world.groups[0].say(draft_petition(other, "text", OPEN - 10 * DAY))
    named = world.accept(world.groups[1], petition=twin.id)
    records = world.groups[1].records
    world.groups[1].records = [one for one in records if named.id not in one.tags[0]]
    return world


@case
def a_poll() -> World:
    world = World(1, 1, options=("да", "нет", "не знаю"))
    world.open_desks()
    world.sign_up(option="1")
    world.sign_up(option="1")
    world.sign_up(option="2")
    both, _ = world.sign_up(option="2")
    world.sign_up(signer=both, option="3")
    world.finish(4)
    world.list_up()
    return world


@case
def regions() -> World:
    world = World(regions=("east", "west"))
    world.open_desks()
    world.sign_up(region="east")
    world.sign_up(region="west")
    world.sign_up()
    return world


@case
def one_choice_made_twice() -> World:
    world = running(1)
    who, _ = world.sign_up(0)
    world.sign_up(1, signer=who)
    return world


@case
def every_refusal() -> World:
    world = running(1)
    who, good = world.sign_up()
    for tags, content, at in _spoilt(world, good):
        world.extra.append(sign(Draft(3971, tags, content, at), who.secret_key))
    extra = Draft(3972, (("e", world.petition.id),), "", OPEN + 1)
    world.extra.append(sign(extra, who.secret_key))
    world.withdraw(world.signer())
    world.spoilt += [b"{}", b"[" * 70_000, *_broken(good)]
    return world


def _spoilt(world: World, good: Record) -> list[tuple[tuple[tuple[str, ...], ...], str, int]]:
    e, one, two = good.tags
    stamp = b64decode(one[2])
    wrong = b64encode(stamp[:-1] + bytes([stamp[-1] ^ 1])).decode()
    start = world.asked.open
    return [
        ((e, ("x",), one, two), "", start),
        ((e, two, one), "", start),
        ((e, one, (*two[:2], two[2][:-3] + "B==")), "", start),
        ((e, one, two), "words", start),
        ((e, one, two), "", start + 1),
        ((e, one, two), "", start + DAYS * DAY),
        ((e, ("option", "1"), one, two), "", start),
        ((e, ("region", "east"), one, two), "", start),
        ((e, one), "", start),
        ((e, ("stamp", "0" * 16, one[2]), two), "", start),
        ((e, (*one[:2], wrong), two), "", start),
        ((("e", "0" * 64), one, two), "", start),  # another petition's: neither counted nor refused
    ]


def _broken(good: Record) -> list[bytes]:
    said = json.loads(good.line)
    sig = said["sig"][:-1] + ("0" if said["sig"][-1] != "0" else "1")
    return [
        good.line.replace(said["sig"].encode(), sig.encode()),  # the same id is good elsewhere
        good.line.replace(b'"content":""', b'"content":"x"'),
        good.line.replace(b":", b": ", 1),
    ]


@case
def a_bad_sig() -> World:
    world = running(1)
    _, good = world.sign_up()
    world.extra.remove(good)
    world.spoilt += _broken(good)[:1] * 2
    return world


@case
def nothing_at_all() -> World:
    return World()
