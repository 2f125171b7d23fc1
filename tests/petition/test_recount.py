"""Recount: the same set of records gives the same bytes, however it comes and whoever counts."""

import json
from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petition.cases import CASES
from petition_world import OPEN, World
from wayhome.codec import limits
from wayhome.petition.kinds import KINDS, signature
from wayhome.petition.papers import SMALL, Papers, standing_of
from wayhome.petition.part import kind_of
from wayhome.petition.recount import petitions_in, recount, recount_held
from wayhome.petition.tally import VIEW, Tally
from wayhome.records.draft import Draft
from wayhome.records.kind import KindBook
from wayhome.records.record import Record
from wayhome.records.refused import Refused
from wayhome.records.signing import sign


@cache
def full() -> World:
    """One of everything: two choices, withdrawals, doubles, strays, refusals, lists, lateness."""
    world = World(3, 2)
    world.open_desks()
    a, b, c = world.groups
    people = [world.sign_up(day, groups=[(a, b), (b, c), (a, c)][day % 3])[0] for day in range(9)]
    world.withdraw(people[0])
    world.withdraw(people[1], 6)
    world.withdraw(people[1], 7)
    world.sign_up(4, signer=people[2])
    world.withdraw(world.signer())
    world.count_up(5)
    world.finish(8)
    world.list_up()
    world.list_up(world.groups[:1], secret=lambda group: group.node_secret)
    world.sign_up(9)
    world.withdraw(people[3])
    world.spoilt += [b"nonsense", world.extra[0].line.replace(b'"content":""', b'"content":"x"')]
    return world


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_order_and_any_repetition_give_the_same_bytes(data: st.DataObject) -> None:
    lines = full().lines
    mixed = data.draw(st.permutations(lines + data.draw(st.lists(st.sampled_from(lines)))))
    assert full().recount(mixed).json == full().recount().json


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_nodes_that_hold_parts_hold_together_what_one_holds(data: st.DataObject) -> None:
    lines = full().lines
    nodes = [data.draw(st.lists(st.sampled_from(lines), unique=True)) for _ in range(3)]
    missing = [line for line in lines if not any(line in node for node in nodes)]
    union = [line for node in (*nodes, missing) for line in node]
    assert full().recount(union).json == full().recount().json


def test_everybody_is_in_one_box_and_every_record_is_told_of() -> None:
    count = full().recount()
    assert count.people == 10
    boxes = count.counted, count.withdrawn, count.two_choices, count.set_aside, count.late
    assert boxes == (7, 2, 0, 0, 1)
    good = len({line for line in full().lines if b'"kind":397' in line and b'"x"' not in line})
    others = len({one.id for group in full().groups for one in group.records}) - 4
    assert count.records == good + others + 2


def test_two_processes_say_what_one_says() -> None:
    given_ = full().lines * 150  # several chunks
    one = recount(full().petition.id, lambda: given_, full().files)
    two = recount(full().petition.id, lambda: given_, full().files, processes=2)
    assert one.json == two.json == full().recount().json


def test_a_node_counts_from_its_facts_what_a_stranger_counts_from_lines() -> None:
    """Records that no node takes are left out; the rest gives the same object."""
    world = full()
    book = KindBook(KINDS)
    rows = [
        fact.row
        for record in world.extra
        for fact in book.of(record).count(record)
        if fact.view == VIEW
    ]
    small = [record for record in world.records if record.kind in SMALL]
    papers = Papers.of(world.petition.id, small)
    held = recount_held(papers, standing_of(small), Tally.of(rows), world.files)
    lines = [record.line for record in world.records]
    assert held.json == world.recount(lines).json


def test_a_fast_count_of_an_open_petition_has_the_same_total() -> None:
    world = World()
    world.open_desks()
    people = world.run(4)
    world.withdraw(people[0][0])
    full_, fast = world.recount(), world.recount(fast=True)
    assert (fast.checked, fast.windows, fast.regions) == ("fast", {}, {})
    assert (fast.counted, fast.people, fast.quorums) == (3, 4, full_.quorums)


def test_a_fast_count_verifies_the_sigs_of_a_key_with_several_records() -> None:
    """Stamps are public: without a sig anybody could double a key, and so strike it out."""
    world = World(1, 1, options=())
    world.open_desks()
    _, good = world.sign_up(0)
    forged = sign(Draft(3971, good.tags, "", OPEN + 86_400), b"\x01" * 32)  # type: ignore[arg-type]
    said = json.loads(forged.line) | {"pubkey": good.pubkey}
    draft = [0, said["pubkey"], said["created_at"], 3971, said["tags"], ""]
    said["id"] = sha256(json.dumps(draft, separators=(",", ":")).encode()).hexdigest()
    world.spoilt.append(json.dumps(said, separators=(",", ":")).encode())
    count = world.recount(fast=True)
    assert (count.people, count.counted, count.refused) == (1, 1, {"bad-sig": 1})


@pytest.mark.parametrize("name", ["a-poll", "closing-with-one-list"])
def test_polls_and_listed_petitions_are_never_counted_fast(name: str) -> None:
    world = CASES[name]()
    assert world.recount(fast=True).json == world.recount().json


def test_one_group_alone_forges_nobody() -> None:
    """It stamps as often as it likes; a second stamp it cannot make."""
    world = World()
    world.open_desks()
    world.run(2)
    volga = world.groups[0]
    for _ in range(3):
        who = world.signer(groups=[volga])
        draft = who.draft(world.stamps(who), OPEN)
        twice = (*draft.tags, ("stamp", "f" * 16, draft.tags[1][2]))
        for tags in (draft.tags, twice):
            world.extra.append(sign(Draft(3971, tags, "", OPEN), who.secret_key))
    count = world.recount()
    assert (count.people, count.counted) == (2, 2)
    assert count.refused == {"no-quorum": 3, "unknown-stamp-key": 3}


def test_all_stamp_keys_stolen_is_seen_and_lowers_the_headline_by_the_excess() -> None:
    world = World()
    world.open_desks()
    world.run(5)
    world.finish(5)
    world.run(3)  # by who stole the keys; no counter rises
    world.list_up()
    count = world.recount()
    assert (count.counted, count.set_aside, count.people) == (5, 3, 8)
    assert {one.partition(":")[0] for one in count.findings} == {"over", "small-quorum"}


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(4)))
def test_withdrawals_before_after_twice_and_by_another_key(order: list[int]) -> None:
    world, records = withdrawn()
    lines = [record.line for record in world.records if record.id not in {r.id for r in records}]
    count = world.recount([*(records[i].line for i in order), *lines])
    assert (count.people, count.withdrawn, count.counted) == (2, 1, 1)
    assert count.refused == {"unknown-signature": 1}


@cache
def withdrawn() -> tuple[World, list[Record]]:
    world = World()
    world.open_desks()
    world.sign_up()
    who, signed = world.sign_up(3)
    records = [
        signed,
        world.withdraw(who, 0),
        world.withdraw(who, 8),
        world.withdraw(world.signer()),
    ]
    return world, records


def test_the_petitions_of_a_file_are_named() -> None:
    world = World()
    assert petitions_in(world.lines) == {world.petition.id: "Верните мобилизованных домой"}


@pytest.mark.parametrize("bound", ["RECOUNT_REFUSED", "RECOUNT_PAPERS"])
def test_lines_that_would_fill_the_memory_of_who_counts_are_not_counted(
    monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    world = full()
    reasons = world.recount().refused
    refused = sum(reasons.values()) - reasons["unknown-signature"]  # a stray is refused by nobody
    papers = sum(map(len, {line for line in world.lines if kind_of(line) in SMALL}))
    most = {"RECOUNT_REFUSED": refused, "RECOUNT_PAPERS": papers}[bound]
    monkeypatch.setattr(limits, bound, most)
    world.recount()
    monkeypatch.setattr(limits, bound, most - 1)
    with pytest.raises(Refused, match=f"more than {most - 1} "):
        world.recount()


def test_a_successor_whose_line_does_not_lead_back_to_a_first_acceptance_does_not_stand() -> None:
    world = World()
    world.open_desks()
    group = world.groups[0]
    raised = world.accept(group, 600, prev=world.accepted[0].id)
    world.accept(group, 700, prev=raised.id)
    lines = [one for one in world.lines if one != world.accepted[0].line]
    assert world.recount(lines).why == (f"no-acceptance:{group.id}",)


@pytest.mark.parametrize("field", ["created_at", "kind"])
def test_a_number_of_thousands_of_digits_is_no_record_and_stops_no_count(field: str) -> None:
    world = World()
    world.open_desks()
    world.sign_up()
    signed = next(one for one in world.records if one.kind == signature.NUMBER)
    value = str(getattr(signed, field)).encode()
    told = f'"{field}":'.encode()
    world.spoilt.append(signed.line.replace(told + value, told + b"9" * 5_000, 1))
    count = world.recount()
    assert (count.counted, count.refused) == (1, {"bad-form": 1})
