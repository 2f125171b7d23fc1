"""One key fills no disk, and whatever is sent with it, what k signed comes to be on every node."""

import secrets
from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations
from pathlib import Path

import pytest

from groups.copying import Copy
from groups.kind_cases import hybrid_recipient, in_parts
from groups.world import NOW, World, public
from petition_world import secret_key
from wayhome.codec import limits
from wayhome.crypto import keys
from wayhome.groups import service
from wayhome.groups.caseworker import consent, named_by
from wayhome.journal.answer import Kept
from wayhome.records.draft import Draft
from wayhome.records.filter import Filter
from wayhome.records.record import Record, read_line
from wayhome.records.signing import sign

PROPOSALS, COSIGNS, SEASONS = 8, 30, 3
ROOMS = PROPOSALS + COSIGNS


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PROPOSALS", PROPOSALS)
    monkeypatch.setattr(limits, "COSIGNS", COSIGNS)
    monkeypatch.setattr(limits, "SEASONS", SEASONS)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def charter(world: World) -> Record:
    return world.found("Волга", 2, "abc")


@pytest.fixture
def node(tmp_path: Path, charter: Record, world: World) -> Iterator[Copy]:
    copy = Copy(tmp_path, charter.id)
    copy.take(world.records)
    yield copy
    copy.intake.close()


def told(copy: Copy, *records: Record) -> list[str]:
    """Bring records one after the other; the reason of each that is refused, or `kept`."""
    return [
        "kept" if isinstance(answer, Kept) else str(answer).partition(":")[0]
        for one in records
        for answer in copy.take([one])
    ]


def some_posts(world: World, under: Record, signed: str, number: int) -> list[Record]:
    return [world.post(under, signed, secrets.token_hex(16)) for _ in range(number)]


def test_a_key_proposes_so_much_and_its_neighbours_none_the_less(
    node: Copy, world: World, charter: Record
) -> None:
    said = told(node, *some_posts(world, charter, "a", PROPOSALS + 3))
    assert said == ["kept"] * PROPOSALS + ["proposal-quota"] * 3
    assert told(node, world.link(charter, "a", charter)) == ["bad-tags"], "rules come first"
    other = world.found("Урал", 1, "u")
    assert told(node, world.link(charter, "a", other)) == ["proposal-quota"]
    amendment = world.amend([charter], 1, "a", "a")
    assert told(node, amendment) == ["proposal-quota"]
    assert told(node, *some_posts(world, charter, "b", 2)) == ["kept"] * 2


def test_a_node_that_is_started_again_gives_no_new_room(
    tmp_path: Path, node: Copy, world: World, charter: Record
) -> None:
    told(node, *some_posts(world, charter, "a", PROPOSALS))
    again = Copy(tmp_path / "again", charter.id, node.store)
    assert told(again, world.post(charter, "a")) == ["proposal-quota"]
    again.intake.close()


def test_a_key_cosigns_so_much_of_what_is_not_here(
    node: Copy, world: World, charter: Record
) -> None:
    def cosign(record_id: str, letter: str = "a") -> Record:
        tags = (("e", record_id), ("g", charter.id), ("charter", charter.id))
        return world.write(Draft(3961, tags, "", NOW), letter)

    made_up = [cosign(secrets.token_hex(32)) for _ in range(COSIGNS + 2)]
    assert told(node, *made_up) == ["kept"] * COSIGNS + ["proposal-quota"] * 2
    post = world.post(charter, "b")
    assert told(node, cosign(post.id), post, cosign(post.id)) == ["proposal-quota", "kept", "kept"]
    assert node.standing.is_official(post.id)
    assert told(node, cosign(secrets.token_hex(32), "c")) == ["kept"]


def test_whom_a_proposal_names_has_no_room_of_her_own(
    node: Copy, world: World, charter: Record
) -> None:
    """Else one key would name sixteen others, and each of those sixteen more."""
    before = len(node.store.ids(Filter()))
    line = [charter]
    for key, made_up in pairwise("astuvw"):
        line.append(world.amend(line[-1:], 1, key + made_up, key + made_up))
    for own, made_up in zip(line[1:], "stuvw", strict=True):
        some_posts(world, own, made_up, 2 * PROPOSALS)
        for _ in range(COSIGNS):
            tags = (("e", secrets.token_hex(32)), ("g", charter.id), ("charter", own.id))
            world.write(Draft(3961, tags, "", NOW), made_up)
    told(node, *world.records)
    assert node.standing.heads(charter.id) == (charter.id,)
    kept = len(node.store.ids(Filter())) - before
    assert kept <= 2 * ROOMS + len("stuvw"), "hers and theirs, and cosigns of what is here"
    assert told(node, world.post(charter, "b")) == ["kept"]


def test_what_k_signed_is_taken_however_much_its_author_wrote(
    node: Copy, world: World, charter: Record
) -> None:
    told(node, *some_posts(world, charter, "a", PROPOSALS))
    post = world.post(charter, "ab")
    cosign = world.records[-1]
    assert told(node, post, cosign, post) == ["proposal-quota", "kept", "kept"]
    assert node.standing.is_official(post.id)


def test_an_amendment_that_k_signed_under_its_own_id_is_taken(
    node: Copy, world: World, charter: Record
) -> None:
    """Who stays in office signs it so: before it is here nobody knows whom it names."""
    told(node, *some_posts(world, charter, "a", PROPOSALS))
    amendment = world.amend([charter], 2, "abf", "abf")
    by_b, by_f = world.records[-2:]
    assert told(node, amendment, by_f) == ["proposal-quota", "unknown-charter"]
    assert told(node, by_b, amendment, by_f) == ["kept"] * 3
    assert node.standing.heads(charter.id) == (amendment.id,)


def test_k_end_it_by_an_amendment_and_what_they_signed_makes_room(
    node: Copy, world: World, charter: Record
) -> None:
    posts = some_posts(world, charter, "a", PROPOSALS)
    assert told(node, *posts, world.post(charter, "a"))[-1] == "proposal-quota"
    for post in posts[:4]:
        world.cosign(post, charter.id, charter.id, "b")
    assert told(node, *world.records[-4:], world.post(charter, "a")) == ["kept"] * 5
    amended = world.amend([charter], 2, "bc", "bc")
    told(node, amended, world.records[-1])
    assert node.standing.heads(charter.id) == (amended.id,)
    said = told(node, *some_posts(world, charter, "a", 2 * PROPOSALS))
    assert said.count("kept") <= PROPOSALS, "her old charter gives her no second room"


@pytest.mark.parametrize(("k", "signed"), [(1, "a"), (2, "ab"), (3, "abc")])
def test_an_archive_of_what_k_signed_is_taken_whole_at_once(
    tmp_path: Path, k: int, signed: str
) -> None:
    world = World()
    charter = world.found("Волга", k, "abc")
    posts = some_posts(world, charter, signed, COSIGNS - 1)
    for seed in range(3):
        copy = Copy(tmp_path / f"{seed}", charter.id)
        answers = copy.take(world.records, seed)
        assert all(isinstance(one, Kept) for one in answers)
        assert all(copy.standing.is_official(one.id) for one in posts)
        copy.intake.close()


@pytest.mark.parametrize("seed", range(2))
def test_nodes_that_were_flooded_apart_come_to_hold_all_that_k_signed(
    tmp_path: Path, seed: int
) -> None:
    """The thief of one key sends each node other things; one node more begins with all of it."""
    world = World()
    charter, first, last = history(world)
    honest = list(world.records)
    early, late, parted, new = nodes = [Copy(tmp_path / f"{n}", charter.id) for n in range(4)]
    load(late, honest, seed)
    for copy in (early, parted):
        copy.take(honest[: honest.index(first) + 3], seed)
    for copy in (early, late, parted):
        copy.take(flood(world, first, charter), seed)
    load(early, honest, seed)
    exchange(nodes, seed)
    wanted = {one.id for one in honest}
    here = [set(copy.store.ids(Filter())) for copy in nodes]
    assert [wanted - one for one in here] == [set()] * 4
    official = {frozenset(filter(copy.standing.is_official, wanted)) for copy in nodes}
    assert len(official) == 1
    assert new.standing.heads(charter.id) == (last.id,)
    assert ROOMS < max(len(one - wanted) for one in here) <= 2 * ROOMS + len(flood(world, charter))
    for copy in nodes:
        copy.intake.close()


def history(world: World) -> tuple[Record, Record, Record]:
    """Write what a group said under three charters, a's key in all of it; give the charters."""
    charter = world.found("Волга", 2, "abc")
    first = world.amend([charter], 2, "bad", "ab", some_posts(world, charter, "ab", 6))
    world.cosign(first, charter.id, first.id, "d")
    some_posts(world, first, "ba", 12)
    some_posts(world, first, "ad", 6)
    other = world.found("Урал", 1, "u")
    link = world.link(first, "ab", other)
    some_posts(world, other, "u", 2 * PROPOSALS)
    last = world.amend([first], 2, "bd", "bd", [link, *some_posts(world, first, "da", 3)])
    some_posts(world, last, "bd", 2 * PROPOSALS)
    return charter, first, last


def load(copy: Copy, records: list[Record], seed: int) -> None:
    """Bring records again while that brings something, as a file is loaded."""
    while any(isinstance(one, Kept) and one.new for one in copy.take(records, seed)):
        pass


def flood(world: World, *under: Record) -> list[Record]:
    """Give what a thief of a's key sends one node; none of it reaches another one first."""
    begun = len(world.records)
    for one in under:
        some_posts(world, one, "a", 2 * PROPOSALS)
        group = service.charter_of(one)[0]
        for _ in range(2 * COSIGNS):
            tags = (("e", secrets.token_hex(32)), ("g", group), ("charter", one.id))
            world.write(Draft(3961, tags, "", NOW), "a")
        own = world.amend([one], 1, "ax", "ax")
        some_posts(world, own, "x", PROPOSALS)
    sent = world.records[begun:]
    del world.records[begun:]
    return sent


def exchange(nodes: Sequence[Copy], seed: int) -> None:
    """Let each take what the others have until nobody finds anything."""
    before: list[list[str]] = []
    while before != (before := [copy.store.ids(Filter()) for copy in nodes]):
        for copy, other in permutations(nodes, 2):
            lacked = set(other.store.ids(Filter())).difference(copy.store.ids(Filter()))
            copy.take(
                [read_line(one) for one in other.store.lines(Filter(ids=tuple(lacked)))], seed
            )


def test_a_key_brings_so_many_recipients_and_then_those_that_are_named(
    node: Copy, world: World, charter: Record
) -> None:
    def season(*letters: str) -> Record:
        parts = (in_parts(hybrid_recipient(one)) for one in letters)
        draft = Draft(3964, (("g", charter.id), ("charter", charter.id), *parts), "", NOW)
        return world.write(draft, "a")

    def amended(to: str) -> Record:
        said = (named_by(hybrid_recipient(to)), "intake", "")
        proof = keys.sign(secret_key("w"), consent(*said)).hex()
        tags = list(world.amend([charter], 2, "bc", "bc").tags)
        tags.append(("caseworker", public("w"), *said, proof))
        return sign(Draft(3960, tuple(tags), "", NOW), secret_key("b"))

    assert told(node, *map(season, "12345")) == ["kept"] * 3 + ["proposal-quota"] * 2
    change = amended("named")
    world.cosign(change, charter.id, change.id, "c")
    assert told(node, change, world.records[-1]) == ["kept"] * 2
    assert node.standing.heads(charter.id) == (change.id,)
    named = season("named")
    assert told(node, named, season("named", "6"), season("6")) == [
        "kept",
        "proposal-quota",
        "proposal-quota",
    ]
    proposed = world.amend([change], 1, "sa", "b")
    assert told(node, proposed) == ["kept"]
    draft = Draft(3964, (named.tags[0], ("charter", proposed.id), named.tags[2]), "", NOW)
    assert told(node, world.write(draft, "s")) == ["unknown-charter"]
