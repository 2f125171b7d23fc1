"""Server: the listening end of the relay: all its connections, and the feed that they hear.

What is told comes from the feed, which the one door tells after each commit. So it makes no
difference by which way a record came.
"""

import resource
from collections.abc import Callable, Sequence

from starlette.types import Receive, Scope, Send

from wayhome.codec import limits
from wayhome.journal.feed import Feed
from wayhome.records.record import Record
from wayhome.relay import parcels
from wayhome.relay.connection import GOING, TOO_MUCH, Caller, Connection, Take, Waiting
from wayhome.relay.library import Carried, Library
from wayhome.relay.listeners import Listeners
from wayhome.relay.reconcile import Items
from wayhome.relay.stored import has_lapsed
from wayhome.relay.talks import News
from wayhome.relay.wanted import Wanted
from wayhome.store.store import Reader


class Relay:
    """An ASGI app for websockets. Nobody is let in but while `run` runs."""

    def __init__(
        self, reader: Reader, feed: Feed, take: Take, carried: Carried, clock: Callable[[], int]
    ) -> None:
        self._feed = feed
        self._take = take
        self._library = Library(reader, carried, clock)
        self._library.unread.relieve = self._relieve_of_unread
        self._library.wanted.relieve = self._relieve_of_wanted
        self._listeners: Waiting = Listeners()
        self._connections: set[Connection] = set()
        self._is_open = False

    @property
    def connections(self) -> int:
        """How many there are."""
        return len(self._connections)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one websocket until it ends."""
        if not self._is_open or len(self._connections) >= _places():
            await _refuse(send)
            return
        takes_parcels = parcels.NAME in scope.get("subprotocols", ())
        caller = Caller(receive, send, takes_parcels=takes_parcels)
        connection = Connection(self._library, self._listeners, self._take, caller)
        self._connections.add(connection)
        try:
            await connection.run()
        finally:
            self._connections.discard(connection)

    async def items(self, kind: int) -> Items:
        """Give the set of a kind's public records, for the calling end too: it is made once.

        Raises:
            StorageFault: the store cannot be read.
        """
        return await self._library.items(Wanted(kinds=frozenset({kind})))

    async def run(self) -> None:
        """Pass on what becomes public, until cancelled; then all connections end."""
        try:
            while True:
                batches = self._feed.listen()
                self._library.forget()
                self._is_open = True
                async for records in batches:
                    self._tell(records)
                self._end_all()  # what was left out is in the store; whoever asks again gets it
        finally:
            self._is_open = False
            self._end_all()

    def _tell(self, records: Sequence[Record]) -> None:
        lapsing, now = self._library.carried.lapsing, self._library.clock()
        told: dict[Connection, dict[int, list[News]]] = {}
        fresh = self._library.ledger.tell(records)
        for record in fresh if self._listeners else ():
            if record.kind in lapsing and has_lapsed(record.line, now):
                continue
            news = News(record)
            for connection, ticket in self._listeners.of(record):
                told.setdefault(connection, {}).setdefault(ticket, []).append(news)
        for connection, by_ticket in told.items():
            connection.tell(by_ticket)

    def _relieve_of_unread(self) -> None:
        """Cut whoever leaves most unread, while all together leave too much."""
        while self._library.unread.is_too_much and self._connections:
            max(self._connections, key=lambda one: one.unread).end(TOO_MUCH)

    def _relieve_of_wanted(self) -> None:
        """Cut whose filters name most, while all together name too much."""
        while self._library.wanted.is_too_much and self._connections:
            max(self._connections, key=lambda one: one.wanted).end(TOO_MUCH)

    def _end_all(self) -> None:
        for connection in self._connections:
            connection.end(GOING)


def _places() -> int:
    """Give how many may be here at once: fewer where the system gives us few files."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(limits.RELAY_CONNECTIONS, files - limits.OPEN_FILES_KEPT)


async def _refuse(send: Send) -> None:
    headers = [(b"retry-after", b"60"), (b"content-length", b"0")]
    start = {"type": "websocket.http.response.start", "status": 503, "headers": headers}
    await send(start)
    await send({"type": "websocket.http.response.body", "body": b""})
