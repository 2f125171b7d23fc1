"""Every word a recount can say, said where it is true."""

import re
from pathlib import Path

import pytest

from petition.cases import CASES
from wayhome.petition.part import REASONS

OF_GROUP = [
    "unsealed",
    "two-desks",
    "forked",
    "above-ceiling",
    "no-final",
    "unwitnessed",
    "over",
    "one-voice",
    "in-dispute",
]
WORDS = {
    *OF_GROUP,
    *["two-lists", "no-list-file", "shared-organiser", "key-reused", "small-quorum"],
    *["alone", "lists-differ", "no-petition", "not-official", "no-acceptance"],
}
REFUSED = set(REASONS)

# case: state, boxes (counted withdrawn two_choices set_aside late), findings without small-quorum
EXPECTED: dict[str, tuple[str, tuple[int, ...], set[str]]] = {
    "no-petition": ("not-countable", (0, 0, 0, 0, 0), set()),
    "not-official": ("not-countable", (0, 0, 0, 0, 0), set()),
    "no-acceptance": ("not-countable", (0, 0, 0, 0, 0), set()),
    "one-voice-and-alone": ("closed", (2, 0, 0, 0, 0), {"alone", "one-voice:volga"}),
    "three-groups-two-pairs": ("closed", (3, 0, 0, 0, 0), set()),
    "a-crowd": ("open", (50, 0, 0, 0, 0), set()),
    "unsealed-but-witnessed": ("open", (2, 0, 0, 0, 0), {"unsealed:volga"}),
    "unsealed-and-nobody-saw-it": ("not-countable", (0, 0, 0, 0, 0), set()),
    "a-lone-group-that-disowns": ("not-countable", (0, 0, 0, 0, 0), set()),
    "sealed-in-the-amendment": ("open", (2, 0, 0, 0, 0), set()),
    "in-dispute": ("open", (2, 0, 0, 0, 0), {"in-dispute:volga"}),
    "a-shared-organiser": ("open", (1, 0, 0, 0, 0), {"shared-organiser"}),
    "two-lists-of-one-author": (
        "closing",
        (2, 0, 0, 1, 0),
        {"two-lists", "over:volga", "unwitnessed:ural"},
    ),
    "two-lists-and-still-closed": ("closed", (2, 0, 0, 0, 1), {"two-lists"}),
    "a-list-without-its-file": ("open", (2, 0, 0, 0, 0), {"no-list-file"}),
    "a-list-whose-file-is-not-ascending": ("open", (2, 0, 0, 0, 0), {"no-list-file"}),
    "a-list-whose-file-is-another": ("open", (2, 0, 0, 0, 0), {"no-list-file"}),
    "a-node-that-lists-for-another-group": (
        "closing",
        (2, 0, 0, 0, 0),
        {"unwitnessed:volga"},
    ),
    "a-list-with-a-wrong-number": (
        "closing",
        (2, 0, 0, 0, 0),
        {"no-list-file", "unwitnessed:ural"},
    ),
    "lists-that-differ": ("closed", (2, 0, 0, 0, 1), {"lists-differ"}),
    "a-list-by-a-stranger": ("open", (2, 0, 0, 0, 0), set()),
    "a-list-dated-otherwise": ("open", (2, 0, 0, 0, 0), set()),
    "lists-of-nodes": ("closed", (2, 0, 0, 0, 1), set()),
    "a-node-of-a-later-charter": ("open", (2, 0, 0, 0, 0), set()),
    "closing-with-one-list": ("closing", (2, 0, 0, 0, 0), {"unwitnessed:volga"}),
    "late-people": ("closed", (2, 0, 0, 0, 2), set()),
    "in-one-list-only-is-late": ("closed", (2, 0, 0, 0, 1), {"lists-differ"}),
    "withdrawn-before-and-after-the-lists": ("closed", (2, 1, 0, 0, 0), set()),
    "withdrawn-twice-and-by-a-stranger": ("open", (1, 1, 0, 0, 0), set()),
    "a-forked-chain": ("open", (2, 0, 0, 0, 0), {"forked:ural"}),
    "a-falling-total": ("closed", (2, 0, 0, 0, 0), {"forked:volga", "forked:ural"}),
    "a-chain-with-a-gap": ("closed", (2, 0, 0, 0, 0), {"no-final:ural"}),
    "a-final-counter-that-another-follows": ("open", (2, 0, 0, 0, 0), {"forked:ural"}),
    "above-the-ceiling": (
        "closed",
        (1, 0, 0, 1, 0),
        {"above-ceiling:volga", "above-ceiling:ural", "over:volga", "over:ural"},
    ),
    "a-raised-ceiling": ("closed", (3, 0, 0, 0, 0), set()),
    "a-ceiling-raised-too-late": ("open", (0, 0, 0, 0, 0), {"above-ceiling:volga"}),
    "successors-that-compete": ("open", (1, 0, 0, 0, 0), {"forked:volga"}),
    "a-successor-with-another-desk": ("open", (2, 0, 0, 0, 0), set()),
    "two-desks": ("open", (2, 0, 0, 0, 0), {"two-desks:volga"}),
    "no-final-counter": ("closed", (2, 0, 0, 0, 0), {"no-final:volga", "no-final:ural"}),
    "a-final-counter-nobody-witnessed": ("closed", (2, 0, 0, 0, 0), {"unwitnessed:ural"}),
    "more-used-than-issued": ("closed", (2, 0, 0, 2, 0), {"over:ural"}),
    "far-more-used-than-issued": (
        "closed",
        (0, 0, 0, 3, 0),
        {"over:volga", "over:ural", "over:siberia"},
    ),
    "a-key-used-twice": ("open", (2, 0, 0, 0, 0), {"key-reused"}),
    "a-key-named-again-by-a-proposal": ("open", (2, 0, 0, 0, 0), set()),
    "a-poll": ("closed", (3, 0, 1, 0, 0), {"alone"}),
    "regions": ("open", (3, 0, 0, 0, 0), set()),
    "one-choice-made-twice": ("open", (2, 0, 0, 0, 0), set()),
    "every-refusal": ("open", (2, 0, 0, 0, 0), set()),
    "a-bad-sig": ("open", (1, 0, 0, 0, 0), set()),
    "nothing-at-all": ("open", (0, 0, 0, 0, 0), set()),
}


def test_every_case_is_expected_to_say_something() -> None:
    assert CASES.keys() == EXPECTED.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_case_is_counted_as_it_must_be(name: str) -> None:
    world = CASES[name]()
    count = world.recount()
    state, boxes, findings = EXPECTED[name]
    words = {group.id: group.word for group in world.groups}
    said = {
        f"{word}:{words[of]}" if word in OF_GROUP else word
        for word, _, of in (one.partition(":") for one in count.findings)
    }
    assert count.state == state
    found = count.counted, count.withdrawn, count.two_choices, count.set_aside, count.late
    assert found == boxes
    assert said - {"small-quorum"} == findings
    assert count.people == sum(boxes)


def test_few_people_with_one_pair_are_named_and_fifty_are_not() -> None:
    few, many = CASES["three-groups-two-pairs"]().recount(), CASES["a-crowd"]().recount()
    assert len([one for one in few.findings if one.startswith("small-quorum:")]) == 2
    assert many.findings == ()


def test_every_word_occurs_in_some_case() -> None:
    counts = [make().recount() for make in CASES.values()]
    said = {one.partition(":")[0] for count in counts for one in (*count.findings, *count.why)}
    assert said == WORDS
    assert {reason for count in counts for reason in count.refused} == REFUSED


def test_every_word_stands_on_the_page() -> None:
    root = Path(__file__).parents[2]
    page = (root / "docs/protocol/recount.md").read_text()
    assert not {word for word in WORDS | REFUSED if not re.search(rf"`{word}[`:]", page)}
