"""Mailbox: the envelopes of one receipt, found in the list of all without asking for any."""

from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import islice
from typing import Self

from wayhome.crypto.slots import Way, family_slot

AHEAD = 8  # numbers looked for beyond the newest one that is there: some may have lapsed
BACK = 32  # answers looked through: whoever knows the box can lay something else into the newest


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What is in a mailbox: how many messages and replies there were, and the replies' slots.

    The newest reply repeats the conversation, so it is all that a family has to open; those before
    it, the newest first, are for when somebody else's envelope lies there.
    """

    sent: int
    replies: int
    answers: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, there: Collection[str], box: bytes) -> Self:
        """Look for a family's slots among all slots of a group."""
        sent, replies = (_count(there, box, way) for way in ("f", "r"))
        all_ = (family_slot(box, "r", number) for number in reversed(range(replies)))
        return cls(sent, replies, tuple(islice((one for one in all_ if one in there), BACK)))

    @property
    def newest(self) -> str | None:
        """The slot whose shard is taken."""
        return self.answers[0] if self.answers else None


def _count(there: Collection[str], box: bytes, way: Way) -> int:
    found, number = 0, 0
    while number < found + AHEAD:
        if family_slot(box, way, number) in there:
            found = number + 1
        number += 1
    return found
