"""Mailbox: the envelopes of one receipt, found in the list of all without asking for any."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Self

from wayhome.crypto.slots import Way, family_slot

AHEAD = 8  # numbers looked for beyond the newest one that is there: some may have lapsed


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What is in a mailbox: how many messages and replies there were, and the newest reply's slot.

    The newest reply repeats the conversation, so it is all that a family has to open.
    """

    sent: int
    replies: int
    newest: str | None = field(repr=False)

    @classmethod
    def of(cls, there: Collection[str], box: bytes) -> Self:
        """Look for a family's slots among all slots of a group."""
        sent, replies = (_count(there, box, way) for way in ("f", "r"))
        newest = family_slot(box, "r", replies - 1) if replies else None
        return cls(sent, replies, newest)


def _count(there: Collection[str], box: bytes, way: Way) -> int:
    found, number = 0, 0
    while number < found + AHEAD:
        if family_slot(box, way, number) in there:
            found = number + 1
        number += 1
    return found
