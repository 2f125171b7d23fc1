"""The sample's past is told in real records: a group that splits and heals, an appeal adopted."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from wayhome.campaign import PackFault, read_campaign
from wayhome.channel.kinds import post
from wayhome.channel.kinds.post import Post
from wayhome.crypto import keys
from wayhome.demohistory import Voice, at_day, tell_history
from wayhome.groups.service import Founding
from wayhome.groups.standing import STANDING, Standing
from wayhome.node import BOOK
from wayhome.records.record import Record, read_line

PACK = Path(__file__).parents[2] / "campaigns" / "way-home"


def told() -> dict[str, Voice]:
    """The voices of the sample's groups, after they said everything."""
    campaign = read_campaign(PACK)
    voices = {
        one.word: Voice(one.word, one.k, [keys.new_secret_key() for _ in range(one.organisers)])
        for one in campaign.group
    }
    foundings = {
        one.word: Founding(one.name, one.k, (), ("ru", "en"), (one.region,))
        for one in campaign.group
    }
    tell_history(PACK, campaign, voices, foundings)
    return voices


def records_of(voices: dict[str, Voice]) -> list[Record]:
    return [read_line(line) for voice in voices.values() for line in voice.lines]


def standing_of(records: Sequence[Record]) -> Standing:
    facts = [fact for one in records for fact in BOOK.of(one).count(one)]
    return Standing.of(fact.row for fact in facts if fact.view == STANDING)


def test_a_group_of_the_sample_was_split_and_is_not_any_more() -> None:
    voices = told()
    records = records_of(voices)
    dispute = read_campaign(PACK).dispute
    assert dispute is not None
    group = voices[dispute.group].id
    before = [one for one in records if one.created_at < at_day(dispute.healed)]
    assert standing_of(before).is_split(group)
    after = standing_of(records)
    assert after.heads(group) == (voices[dispute.group].charter,)
    assert len(after.history(group)) == 4


def test_all_that_the_sample_publishes_is_official_after_the_healing() -> None:
    records = records_of(told())
    standing = standing_of(records)
    spoken = [one for one in records if one.kind in (3960, 3962, 3963)]
    assert len(spoken) > 20
    assert all(standing.is_official(one.id) for one in spoken)


def test_every_other_group_adopts_the_appeal_in_each_language() -> None:
    voices = told()
    posts = {one.id: Post.of(one) for one in records_of(voices) if one.kind == post.NUMBER}
    appeals = {name for name, one in posts.items() if one.form == "appeal" and not one.translates}
    adopting = {(one.group, one.lang) for one in posts.values() if one.adopts in appeals}
    others = {voices[word].id for word in ("ural", "siberia")}
    assert adopting == {(group, lang) for group in others for lang in ("ru", "en")}


def test_a_group_of_which_all_must_sign_cannot_be_split() -> None:
    voice = Voice("all", 2, [keys.new_secret_key() for _ in range(2)])
    voice.found(Founding("Все", 2, ()), 0)
    with pytest.raises(PackFault, match="more organisers than its k"):
        voice.part(0)
