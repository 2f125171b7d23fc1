"""Reconciling: the reconciliations of one connection, each with the set it is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from wayhome.codec import limits
from wayhome.relay.library import Library, Place
from wayhome.relay.reconcile import BadMessage, Server
from wayhome.relay.talks import Failed, Gather, Reconcile, Replied, Report


@dataclass(frozen=True, slots=True)
class _Open:
    place: Place
    server: Server


class Reconciling:
    """What is open on one connection, by ticket."""

    def __init__(self, library: Library, report: Callable[[Report], None]) -> None:
        self._library = library
        self._report = report
        self._open: dict[int, _Open] = {}
        self._gathered: dict[int, Place] = {}  # of those whose set is being made

    async def gather(self, asked: Gather, now: float) -> None:
        """Make the set and answer the first message.

        Raises:
            TooBroad: the set is too large, and not a whole kind.
            StorageFault: the store cannot be read.
        """
        place = self._library.place(self, partial(self._lose, asked.ticket), now)
        if place is None:
            self._report(Failed(asked.ticket, "too-many-reconciliations"))
            return
        self._gathered[asked.ticket] = place
        try:
            items = await self._library.items(asked.wanted)
        except BaseException:
            self._library.leave(place)
            raise
        finally:
            self._gathered.pop(asked.ticket, None)
        if not self._library.has(place):  # it was stopped, or lost, meanwhile
            return
        self._open[asked.ticket] = _Open(place, Server(items, limits.RELAY_FRAME))
        await self.answer(Reconcile(asked.ticket, asked.message), now)

    async def answer(self, asked: Reconcile, now: float) -> None:
        """Answer a message."""
        known = self._open.get(asked.ticket)
        if known is None:  # it was stopped meanwhile
            return
        known.place.used = now
        if known.server.rounds >= limits.RELAY_ROUNDS:
            self._report(Failed(asked.ticket, "too-slow"))
            return
        try:
            message = await self._library.fetched(partial(known.server.answer, asked.message))
        except BadMessage:
            self._report(Failed(asked.ticket, "bad-reconciliation"))
        else:
            self._report(Replied(asked.ticket, message))

    def stop(self, ticket: int) -> None:
        """Give its place back; nothing comes of it where there is none."""
        known, gathered = self._open.pop(ticket, None), self._gathered.pop(ticket, None)
        if known is not None:
            self._library.leave(known.place)
        if gathered is not None:
            self._library.leave(gathered)

    def stop_all(self) -> None:
        """Give all places back."""
        for ticket in [*self._open, *self._gathered]:
            self.stop(ticket)

    def _lose(self, ticket: int) -> None:
        """Its place was taken by somebody who moves on."""
        self._open.pop(ticket, None)
        self._report(Failed(ticket, "too-slow"))
