"""One text in its languages, with its corrections: claims over real records."""

from collections.abc import Sequence
from random import Random

import pytest

from channel.oracle_texts import Oracle, Told
from groups.world import NOW, World, rows_of
from wayhome.channel.texts import Texts
from wayhome.channel.ties import Text
from wayhome.groups.standing import Standing
from wayhome.records.record import Record


class Channel(World):
    """A world with a group that speaks alone, and one that may translate it."""

    def __init__(self) -> None:
        super().__init__()
        self.volga = self.found("Волга", 1, "a")
        self.ural = self.found("Урал", 1, "u")

    def say(self, text: str, **how: str) -> Record:
        return self.post(self.volga, "a", text, **how)

    def ural_says(self, text: str, **how: str) -> Record:
        return self.post(self.ural, "u", text, **how)

    @property
    def posts(self) -> list[Record]:
        return [one for one in self.records if one.kind == 3963]

    @property
    def view(self) -> Texts:
        return read(self.posts, self.standing)

    @property
    def texts(self) -> tuple[Text, ...]:
        return self.view.all

    @property
    def text(self) -> Text:
        (one,) = self.texts
        return one


def read(posts: Sequence[Record], standing: Standing) -> Texts:
    """Read them all at once, of whatever group."""
    return Texts(standing, lambda _: True).noting(posts, standing)


def reads(text: Text) -> dict[str, str]:
    return {one.post.lang: one.post.title for one in text.current}


def test_a_text_is_its_original_with_its_translations() -> None:
    channel = Channel()
    first = channel.say("Слово", form="appeal")
    english = channel.say("Word", lang="en", translates=first.id)
    text = channel.text
    assert reads(text) == {"ru": "Слово", "en": "Word"}
    assert text.original.id == first.id
    assert text.form == "appeal"
    assert text.in_language("en").id == english.id
    assert text.in_language("tt").id == first.id, "where there is none, the original"
    assert text.stale == frozenset()
    assert english.id in text.ids
    assert channel.volga.id not in text.ids


def test_a_correction_takes_the_place_and_leaves_the_first_visible() -> None:
    channel = Channel()
    first = channel.say("Слово")
    second = channel.say("Слова", corrects=first.id)
    third = channel.say("Слово!", corrects=second.id)
    text = channel.text
    assert text.original.id == first.id
    assert reads(text) == {"ru": "Слово!"}
    assert text.replaced == {first.id: (second.id,), second.id: (third.id,)}
    assert all(one.id in text.ids for one in (first, second, third))


def test_of_two_corrections_both_are_shown_and_all_nodes_read_the_lower_id() -> None:
    channel = Channel()
    first = channel.say("Слово")
    two = [channel.say(text, corrects=first.id) for text in ("так", "иначе")]
    low, high = sorted(two, key=lambda one: one.id)
    text = channel.text
    assert text.current[0].id == low.id
    assert text.replaced == {first.id: (low.id, high.id)}
    assert high.id in text.ids
    english = channel.say("Word", lang="en", translates=high.id)
    assert channel.text.stale == {"en"}, "it translates what is not read"
    assert channel.text.in_language("en").id == english.id


def test_a_translation_is_stale_once_its_source_was_corrected() -> None:
    channel = Channel()
    first = channel.say("Слово")
    english = channel.say("Word", lang="en", translates=first.id)
    second = channel.say("Слова", corrects=first.id)
    assert channel.text.stale == {"en"}
    for i in range(40):  # one of them has a higher id than the stale one
        channel.say(f"Words {i}", lang="en", translates=second.id)
    fresh = [one for one in channel.posts if ("translates", second.id) in one.tags]
    assert max(one.id for one in fresh) > english.id
    channel.records = [one for one in channel.records if one not in fresh]
    channel.records.append(max(fresh, key=lambda one: one.id))
    assert channel.text.stale == frozenset()
    assert reads(channel.text)["en"].startswith("Words"), "the newest text's goes first"


def test_a_correction_of_a_translation_translates_what_the_first_did() -> None:
    channel = Channel()
    first = channel.say("Слово")
    english = channel.say("A word", lang="en", translates=first.id)
    channel.say("Word", lang="en", corrects=english.id)
    assert reads(channel.text)["en"] == "Word"
    assert channel.text.stale == frozenset()
    channel.say("Слова", corrects=first.id)
    assert channel.text.stale == {"en"}


def test_a_correction_of_a_translation_may_catch_up_with_the_original() -> None:
    channel = Channel()
    first = channel.say("Слово")
    english = channel.say("Word", lang="en", translates=first.id)
    second = channel.say("Слова", corrects=first.id)
    channel.say("Words", lang="en", corrects=english.id, translates=second.id)
    assert reads(channel.text) == {"ru": "Слова", "en": "Words"}
    assert channel.text.stale == frozenset()
    assert channel.text.replaced.keys() == {first.id, english.id}


def test_a_translation_of_a_translation_is_as_fresh_as_that_is() -> None:
    channel = Channel()
    first = channel.say("Слово")
    english = channel.say("Word", lang="en", translates=first.id)
    channel.say("Wort", lang="de", translates=english.id)
    assert channel.text.stale == frozenset()
    corrected = channel.say("Words", lang="en", corrects=english.id)
    assert channel.text.stale == {"de"}
    channel.say("Слова", corrects=first.id)
    assert channel.text.stale == {"de", "en"}
    channel.say("Wörter", lang="de", translates=corrected.id)
    assert channel.text.stale == {"de", "en"}, "of what is stale itself"
    assert reads(channel.text).keys() == {"ru", "en", "de"}


def test_a_groups_own_translation_goes_before_a_strangers() -> None:
    """Else whoever is within reach could grind an id and speak in another's name."""
    channel = Channel()
    first = channel.say("Слово")
    for i in range(4):
        channel.ural_says(f"False {i}", lang="en", translates=first.id)
    assert channel.text.in_language("en").post.group == channel.ural.id, "better than none"
    channel.say("Word", lang="en", translates=first.id)
    assert reads(channel.text)["en"] == "Word"
    second = channel.say("Слова", corrects=first.id)
    channel.ural_says("False again", lang="en", translates=second.id)
    assert reads(channel.text)["en"] == "Word", "stale, and its own"
    assert channel.text.stale == {"en"}


def test_of_a_groups_own_translations_all_nodes_read_the_lower_id() -> None:
    channel = Channel()
    first = channel.say("Слово")
    both = [channel.say(text, lang="en", translates=first.id) for text in ("Word", "Speech")]
    for posts in (channel.posts, channel.posts[::-1]):
        (text,) = read(posts, channel.standing).all
        assert text.in_language("en").id == min(one.id for one in both)


def test_a_proposal_neither_corrects_nor_translates() -> None:
    channel = Channel()
    first = channel.say("Слово")
    proposal = channel.post(channel.volga, "x", "Не слово", corrects=first.id)
    channel.post(channel.volga, "x", "No word", lang="en", translates=first.id)
    text = channel.text
    assert reads(text) == {"ru": "Слово"}
    assert text.replaced == {}
    assert proposal.id not in text.ids


def test_what_is_tied_to_a_proposal_stands_by_itself_or_not_at_all() -> None:
    channel = Channel()
    proposal = channel.post(channel.volga, "x", "Не слово")
    corrected = channel.say("Слово", corrects=proposal.id)
    channel.say("Word", lang="en", translates=proposal.id)
    assert channel.text.original.id == corrected.id, "a translation of nothing is not shown"


@pytest.mark.parametrize("how", ["another group", "another language"])
def test_a_correction_counts_in_its_group_and_language_alone(how: str) -> None:
    channel = Channel()
    first = channel.say("Слово")
    if how == "another group":
        channel.ural_says("Не слово", corrects=first.id)
    else:
        channel.say("Word", lang="en", corrects=first.id)
    mine = next(one for one in channel.texts if one.original.id == first.id)
    assert reads(mine) == {"ru": "Слово"}
    assert mine.replaced == {}
    assert len(channel.texts) == 2, "nothing of what was said is hidden"


def test_translations_of_a_petition_are_found_with_it_and_not_among_the_texts() -> None:
    channel = Channel()
    petition = "8" * 64
    english = channel.say("A word", lang="en", translates=petition)
    german = channel.ural_says("Wort", lang="de", translates=petition)
    channel.say("Word of another", lang="en", translates="9" * 64)
    channel.post(channel.volga, "x", "No word", lang="en", translates=petition)
    channel.say("Слово")
    found = channel.view.translations_of(petition)
    assert [one.id for one in found] == [german.id, english.id], "by language"
    corrected = channel.say("Word", lang="en", corrects=english.id)
    again = channel.say("Word.", lang="en", corrects=corrected.id, translates=petition)
    found = channel.view.translations_of(petition)
    assert [one.id for one in found] == [german.id, again.id]
    assert reads(channel.text) == {"ru": "Слово"}, "and its corrections neither"


def test_several_translations_of_a_petition_go_by_id() -> None:
    channel = Channel()
    petition = "8" * 64
    both = [channel.say(text, lang="en", translates=petition) for text in ("one", "two")]
    for posts in (channel.posts, channel.posts[::-1]):
        found = read(posts, channel.standing).translations_of(petition)
        assert [one.id for one in found] == sorted(one.id for one in both)


def test_texts_are_listed_newest_first_and_then_by_id() -> None:
    channel = Channel()
    same = [channel.say(text) for text in ("один", "два", "три")]
    channel.at = lambda: NOW + 86_400
    newer = channel.say("новое")
    channel.at = lambda: NOW + 2 * 86_400
    channel.say("исправлено", corrects=same[0].id)
    for posts in (channel.posts, channel.posts[::-1]):
        listed = [one.original.id for one in read(posts, channel.standing).all]
        assert listed == [newer.id, *sorted(one.id for one in same)], "a correction renews no text"


def as_told(text: Text) -> Told:
    shown = {one.post.lang: one.id for one in text.current}
    return Told(text.original.id, shown, text.stale, text.replaced)


@pytest.mark.parametrize("seed", range(60))
def test_ties_by_chance_end_and_lose_nothing_whoever_is_told_what_and_when(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - invented texts
    channel, petition = by_chance(chance), "8" * 64
    posts, standing = channel.posts, channel.standing
    oracle = Oracle(posts, standing)
    texts = oracle.texts()
    translations = oracle.translations_of(petition)
    adopted = [oracle.adopters_of(one) for one in texts]
    told = told_in_parts(channel, chance)
    for view in (channel.view, read(posts[::-1], standing), told):
        assert [as_told(one) for one in view.all] == texts
        assert [one.id for one in view.translations_of(petition)] == translations
        assert [[by.id for by in view.adopters_of(one)] for one in view.all] == adopted
        for one in posts:
            found = view.find(one.id)
            expected = next((text for text in texts if one.id in text.ids), None)
            assert (as_told(found) if found else None) == expected
        assert [one for group in view.speakers() for one in view.of_group(group)] == sorted(
            view.all, key=lambda one: one.original.post.group
        )
    for text in channel.view.all:
        assert text.current[0].post.lang == text.original.post.lang
        assert len({one.post.lang for one in text.current}) == len(text.current)
        assert not {one.id for one in text.current} & text.replaced.keys(), "what reads is last"
        assert text.stale <= {one.post.lang for one in text.current[1:]}


def test_what_a_view_said_it_still_says_once_the_next_one_knows_more() -> None:
    channel = Channel()
    first = channel.say("Слово")
    before = channel.view
    said = before.all
    channel.say("Слова", corrects=first.id)
    after = before.noting(channel.posts, channel.standing)
    assert (before.all, reads(before.all[0])) == (said, {"ru": "Слово"})
    assert reads(after.all[0]) == {"ru": "Слова"}


def by_chance(chance: Random) -> Channel:
    """Let three groups tie posts to one another; what two must sign comes in at the second sig.

    Most corrections are a group's of its own post, and many translate what is corrected later.
    """
    channel = Channel()
    speakers = (channel.volga, "a"), (channel.ural, "u"), (channel.found("Дон", 2, "dp"), "dp")
    spoken = [(one, chance.choice(speakers), "ru") for one in ("8" * 64, "7" * 64)]
    for i in range(chance.randint(1, 24)):
        speaker, lang = chance.choice(speakers), chance.choice(("ru", "en", "de"))
        ties: dict[str, str] = {}
        if chance.random() < 0.4:
            ties["corrects"], whose, their = chance.choice(spoken)
            speaker, lang = (whose, their) if chance.random() < 0.8 else (speaker, lang)
        for name, likely in (("translates", 0.5), ("adopts", 0.3)):
            if chance.random() < likely:
                ties[name] = chance.choice(spoken)[0]
        channel.at = lambda i=i: NOW + i % 3 * 86_400
        said = channel.post(*speaker, f"{i}", lang=lang, **ties)
        spoken.append((said.id, speaker, lang))
    return channel


def told_in_parts(channel: Channel, chance: Random) -> Texts:
    """Give the view of one who heard of it piece by piece, in any order, some of it twice."""
    charters = [one for one in channel.records if one.kind == 3960]
    speech = [one for one in channel.records if one.kind != 3960]
    offices = [one for one in speech if one.kind == 3961 and ("e", charters[2].id) in one.tags]
    news = [one for one in speech if one not in offices]
    chance.shuffle(news)
    standing = Standing.of(rows_of([*charters, *offices]))
    view, told = read((), standing), list[Record]()
    while news:
        told += (some := news[: chance.randint(1, 4)])
        news = news[len(some) :]
        standing = standing.noting(rows_of([*some, *told[:1]]))
        assert standing.has_offices_of(view.standing)
        view = view.noting([one for one in told if one.kind == 3963], standing)
    return view
