"""Which groups carry an appeal: recounted from their own records."""

from groups.world import World, group_of
from wayhome.channel.texts import Texts


def carrying(world: World, root: str) -> set[str]:
    posts = [one for one in world.records if one.kind == 3963]
    texts = Texts(world.standing, lambda _: True).noting(posts, world.standing)
    text = texts.find(root)
    found = texts.adopters_of(text) if text else ()
    assert len(found) == len({one.post.group for one in found})
    return {one.post.group for one in found}


def test_groups_that_adopt_any_version_of_an_appeal_carry_it() -> None:
    world = World()
    volga, ural, siberia = (world.found(name, 1, name[0]) for name in ("volga", "ural", "siberia"))
    appeal = world.post(volga, "v", "Обращение", form="appeal")
    english = world.post(volga, "v", "Appeal", lang="en", translates=appeal.id)
    again = world.post(volga, "v", "Обращение, вторая редакция", corrects=appeal.id)
    assert carrying(world, appeal.id) == set()
    world.post(ural, "u", "И мы", adopts=english.id)
    assert carrying(world, appeal.id) == {group_of(ural)}
    world.post(siberia, "s", "Мы тоже", adopts=again.id)
    world.post(siberia, "s", "Мы тоже, ещё раз", adopts=appeal.id)
    assert carrying(world, appeal.id) == {group_of(ural), group_of(siberia)}


def test_a_proposal_adopts_nothing_and_nobody_adopts_their_own() -> None:
    world = World()
    volga, ural = world.found("volga", 1, "v"), world.found("ural", 2, "uw")
    appeal = world.post(volga, "v", "Обращение", form="appeal")
    world.post(volga, "v", "Ещё раз о том же", adopts=appeal.id)
    proposal = world.post(ural, "u", "И мы", adopts=appeal.id)
    assert carrying(world, appeal.id) == set()
    world.cosign(proposal, ural.id, ural.id, "w")
    assert carrying(world, appeal.id) == {ural.id}


def test_a_correction_without_the_tie_takes_the_adoption_back() -> None:
    world = World()
    volga, ural = world.found("volga", 1, "v"), world.found("ural", 1, "u")
    appeal = world.post(volga, "v", "Обращение", form="appeal")
    joined = world.post(ural, "u", "И мы", adopts=appeal.id)
    still = world.post(ural, "u", "И мы тоже", adopts=appeal.id, corrects=joined.id)
    assert carrying(world, appeal.id) == {ural.id}
    world.post(ural, "u", "Уже нет", corrects=still.id)
    assert carrying(world, appeal.id) == set()


def test_who_adopts_an_adoption_does_not_carry_the_text_behind_it() -> None:
    world = World()
    volga, ural, siberia = (world.found(name, 1, name[0]) for name in ("volga", "ural", "siberia"))
    appeal = world.post(volga, "v", "Обращение", form="appeal")
    joined = world.post(ural, "u", "И мы", adopts=appeal.id)
    world.post(siberia, "s", "Мы за Урал", adopts=joined.id)
    assert carrying(world, appeal.id) == {ural.id}
    assert carrying(world, joined.id) == {siberia.id}
