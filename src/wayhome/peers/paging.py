"""Paging: how all records of a relay that cannot compare are asked for, from the newest on.

A page ends somewhere in a second, so the next begins with that second. What bears one date and is
more than a page can be parted by nothing: then the relay is asked for as much as it gives, and
whether that was all can only be guessed.
"""

from collections.abc import Sequence

import msgspec

from wayhome.codec import limits

LEAST = 100  # records; no relay gives fewer at once, where it has more


class Paging:
    """The pages of one kind. `given` is the most that the relay ever gave at once."""

    def __init__(self, given: int = 0) -> None:
        self.until: int | None = None
        self.limit = limits.PEER_PAGE
        self.is_over = False
        self.given = given
        self.cut: set[int] = set()  # dates of which something may be missing
        self.number = 0

    def came(self, dates: Sequence[int]) -> None:
        """Take what a page brought."""
        self.number += 1
        self.given = max(self.given, len(dates))
        oldest = min(dates, default=-1)
        if self.until is None or oldest < self.until:
            self._go_on(oldest)
        elif self.limit < limits.PEER_PAGE_MOST:
            self.limit = limits.PEER_PAGE_MOST
        else:
            if len(dates) >= max(self.given, LEAST):
                self.cut.add(self.until)
            self._go_on(self.until - 1)

    def _go_on(self, until: int) -> None:
        self.until, self.limit = until, limits.PEER_PAGE
        self.is_over = until < 0


class _Dated(msgspec.Struct):
    created_at: int


_DATED = msgspec.json.Decoder(_Dated)


def date_of(raw: bytes) -> int | None:
    """Give when a record says that it was made; None: it is none."""
    try:
        return _DATED.decode(raw).created_at
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
