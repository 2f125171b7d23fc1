"""Paging: how all records of a relay that cannot compare are asked for, from the newest on.

A page ends somewhere in a second, so the next begins with that second. What bears one date and is
more than a page can be parted by nothing: then the relay is asked for as much as it gives, and
whether that was all can only be guessed.

Which dates were asked for is remembered, so that a line that breaks costs a page. But a date says
when a record was made, and not when it came there: what a relay was brought late while nobody
listened is found only by asking for everything.
"""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from wayhome.codec import limits

LEAST = 100  # records; no relay gives fewer at once, where it has more
DAY = 86_400
WHOLE = DAY  # seconds after which a relay is asked for everything, where the line broke since
WHOLE_HEARD = 7 * DAY  # the same where it was listened to all the time
BACK = 3 * DAY  # seconds: a signature bears its day, and becomes public up to two days later
SETTLED = 60  # seconds after which a relay has forgotten what it had found before
STRETCHES = 16  # of dates that breaks left open; of more the two newest become one


class Paging:
    """The pages of one kind, from the newest on, down to a date."""

    def __init__(self, since: int = 0) -> None:
        self.since = since
        self.until: int | None = None
        self.limit = limits.PEER_PAGE
        self.is_over = False
        self.given = 0  # the most that the relay ever gave at once
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
        self.is_over = until < self.since


class Place:
    """How far one relay was asked for one kind; `has` is what it showed, where that is wanted.

    A line is told by a number: of another number is one on which something may have been missed.
    """

    def __init__(self) -> None:
        self.has: set[bytes] = set()
        self._open: list[Paging] = []  # stretches of dates, the newest last
        self._whole: tuple[int, int] | None = None  # when all was asked for anew, on which line
        self._line = 0  # on which the newest were last asked for
        self._began = 0  # when that was
        self._looks = 0  # how often on that line
        self._newest = 0  # the date down to which the next stretch must go, but for BACK

    def begin(self, now: int, line: int) -> None:
        """Note what is to be asked for on a line on which all that comes is heard by now."""
        is_new = line != self._line
        if not self._open and self._is_whole_due(now, line):
            self._open = [Paging()]
            self._whole = now, line
            self.has.clear()
        elif is_new or self._is_to_be_looked_over(now):
            self._open.append(Paging(max(0, self._newest - BACK)))
            if len(self._open) > STRETCHES:
                newest = self._open.pop()
                self._open[-1] = Paging(min(newest.since, self._open[-1].since))
        else:
            return
        self._looks = 1 if is_new else 2
        self._line, self._began, self._newest = line, now, now

    @property
    def next(self) -> Paging | None:
        """The pages to go on with; None: all were asked for."""
        return self._open[-1] if self._open else None

    def came(self, paging: Paging, dates: Sequence[int]) -> None:
        """Take what a page of these brought."""
        if paging.until is None:  # a clock that is fast would have the newest passed over
            self._newest = min(self._newest, max(dates, default=paging.since))
        paging.came(dates)
        if paging.is_over:
            self._open.remove(paging)

    def _is_to_be_looked_over(self, now: int) -> bool:
        """Some relays answer for a while with what they found before somebody brought more."""
        return self._looks == 1 and not 0 <= now - self._began < SETTLED

    def _is_whole_due(self, now: int, line: int) -> bool:
        if self._whole is None:
            return True
        begun, whole_line = self._whole
        return not 0 <= now - begun < (WHOLE_HEARD if line == whole_line else WHOLE)


class _Dated(msgspec.Struct):
    created_at: Annotated[
        int, msgspec.Meta(ge=0, le=limits.NUMBER_MAX)
    ]  # a page is asked for by it


_DATED = msgspec.json.Decoder(_Dated)


def date_of(raw: bytes) -> int | None:
    """Give when a record says that it was made; None: it is none, or no date."""
    try:
        return _DATED.decode(raw).created_at
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
