"""What organisers can do: the drafts, and what an amendment has to seal."""

from groups.world import BOOK, DAY, NOW, World, group_of, public, saying
from wayhome.groups import service
from wayhome.groups.kinds.charter import Charter, Node
from wayhome.groups.service import Founding


def test_drafts_are_dated_to_the_day() -> None:
    """No hour tells who was awake."""
    noon = NOW + DAY // 2 + 17
    charter = World().found("Волга", 1, "a")
    drafts = [
        service.found(saying("Волга", 1, "a"), noon),
        service.amend(charter.id, [charter.id], saying("Волга", 1, "a"), (), noon),
        service.cosign_of(charter, charter.id, charter.id, noon),
        service.link_to(charter.id, charter.id, "0" * 64, "0" * 64, noon),
        service.unlink(charter.id, charter.id, "0" * 64, noon),
    ]
    assert {one.created_at for one in drafts} == {NOW}


def test_an_amendment_that_changes_nothing_says_the_same() -> None:
    node = Node("https://volga.example", public("n"))
    said = Founding("Волга", 2, (public("a"), public("b")), ("ru", "tt"), ("RU-SAM",), (node,))
    world = World()
    first = world.write(service.found(said, NOW), "a")
    assert Founding.of(Charter.of(first)) == said
    same = service.amend(first.id, [first.id], Founding.of(Charter.of(first)), (), NOW)
    amended = world.write(same, "a")
    BOOK.of(amended).rule(amended)
    assert amended.tags[2:] == first.tags
    assert group_of(amended) == first.id


def test_an_amendment_seals_what_is_official_under_what_it_replaces() -> None:
    world = World()
    first = world.found("Волга", 2, "abc")
    ural = world.found("Урал", 1, "u")
    old, proposal = world.post(first, "ab", "старое"), world.post(first, "a", "один")
    link = world.link(first, "ab", ural)
    ended = world.unlink(first, "ab", link)
    world.post(ural, "u", "чужое")
    official = {old.id, link.id, ended.id}
    assert set(service.to_seal(world.standing, first.id, world.records)) == official
    world.amend([first], 2, "abe", "abe", [old, link, ended])
    second = world.records[-3]
    new = world.post(second, "be", "новое")
    assert service.to_seal(world.standing, first.id, world.records) == (new.id,), "the rest is"
    third = world.amend([second], 2, "abe", "abe", [new])
    assert all(world.standing.is_official(one.id) for one in (old, link, ended, new))
    assert not world.standing.is_official(proposal.id)
    assert world.standing.links(first.id) == set(), "an unlink is sealed with its link"
    assert world.standing.heads(first.id) == (third.id,)


def test_a_healing_charter_seals_both_branches() -> None:
    world = World()
    first = world.found("Волга", 2, "abcd")
    one = world.amend([first], 2, "ab", "ab")
    other = world.amend([first], 2, "cd", "cd")
    said = [world.post(one, "ab", "те"), world.post(other, "cd", "эти")]
    sealed = service.to_seal(world.standing, first.id, world.records)
    assert sealed == tuple(sorted(post.id for post in said))
    draft, same = (
        service.amend(first.id, prev, saying("Волга", 2, "abcd"), sealed, NOW)
        for prev in ([other.id, one.id], [one.id, other.id])
    )
    assert draft == same, "in the one order that the rule takes"
    healed = world.write(draft, "a")
    world.cosign(healed, first.id, healed.id, "bcd")
    BOOK.of(healed).rule(healed)
    assert all(world.standing.is_official(post.id) for post in said)
    assert not world.standing.is_split(first.id)
