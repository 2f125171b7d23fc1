"""A family finds its newest reply in the list of all slots, and asks for nothing of its own."""

import random

from wayhome.cases.mailbox import AHEAD, BACK, Mailbox
from wayhome.crypto import receipts
from wayhome.crypto.slots import family_slot

BOX = receipts.family_keys(receipts.checked(bytes(12))).box
RNG = random.Random(14)  # noqa: S311 - other people's slots
OTHERS = {RNG.randbytes(16).hex() for _ in range(1_000)}


def test_the_newest_reply_is_found_among_a_thousand() -> None:
    mine = {family_slot(BOX, "f", n) for n in range(3)} | {family_slot(BOX, "r", n) for n in (0, 1)}
    box = Mailbox.of(OTHERS | mine, BOX)
    assert (box.sent, box.replies) == (3, 2)
    assert box.newest == family_slot(BOX, "r", 1)
    assert box.answers == (family_slot(BOX, "r", 1), family_slot(BOX, "r", 0))
    long = Mailbox.of({family_slot(BOX, "r", n) for n in range(40)}, BOX)
    assert long.answers == tuple(family_slot(BOX, "r", 39 - n) for n in range(BACK))


def test_replies_that_lapsed_do_not_hide_the_newest() -> None:
    box = Mailbox.of({family_slot(BOX, "r", AHEAD - 1), family_slot(BOX, "r", AHEAD + 3)}, BOX)
    assert box.replies == AHEAD + 4
    assert len(box.answers) == 2


def test_wrong_words_and_no_answer_look_alike() -> None:
    other = receipts.family_keys(receipts.checked(bytes([1] * 12))).box
    assert Mailbox.of(OTHERS, BOX) == Mailbox.of(OTHERS, other) == Mailbox(0, 0, ())


def test_a_mailbox_prints_no_slot() -> None:
    box = Mailbox.of({family_slot(BOX, "r", 0)}, BOX)
    assert str(box.newest) not in repr(box)
