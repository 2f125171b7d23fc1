"""Every no has a prefix that any Nostr program knows, and a word that the page explains."""

import re
from typing import get_args

import tree
from wayhome.codec import limits
from wayhome.records.refused import REASONS
from wayhome.relay import words
from wayhome.relay.words import REFUSALS, WORDS, Prefix, Word

PAGE = (tree.ROOT / "docs" / "protocol" / "relay.md").read_text("utf-8")


def test_every_reason_has_a_prefix() -> None:
    assert set(REFUSALS) == set(REASONS)
    assert set(REFUSALS.values()) <= set(get_args(Prefix))


def test_every_word_has_its_line_with_its_prefix() -> None:
    said = dict(re.findall(r"^\| `([a-z-]+)` \| `([a-z-]+)` \|", PAGE, re.MULTILINE))
    assert said == dict(WORDS)
    assert set(WORDS) == set(get_args(Word))


def test_what_may_be_taken_another_day_is_not_called_invalid() -> None:
    lasting = {"bad-form", "bad-id", "bad-sig", "bad-tags", "bad-stamp", "bad-text"}
    passing = {"unknown-group", "unknown-petition", "not-open", "not-yet", "over-quota", "storage"}
    assert {REFUSALS[reason] for reason in lasting if reason in REFUSALS} == {"invalid"}
    assert "invalid" not in {REFUSALS[reason] for reason in REASONS if reason in passing}
    assert words.refused("over-quota") == "rate-limited: over-quota"


def test_the_pages_numbers_are_the_programs() -> None:
    for number in (
        limits.RELAY_MESSAGE,
        limits.RELAY_SUBSCRIPTIONS,
        limits.RELAY_FILTERS,
        limits.RELAY_VALUES,
        limits.RELAY_ANSWER,
        limits.RELAY_LOOKS,
        limits.RELAY_SET,
        limits.RELAY_FRAME,
        limits.RELAY_RECONCILIATIONS,
    ):
        assert re.search(rf"\b{number:,}\b", PAGE), number
    assert f"{limits.RELAY_UNREAD >> 20} MiB" in PAGE
    assert f"1 to {limits.RELAY_ID} characters" in PAGE
