"""Connection: one caller's websocket; it does what the conversation says is to be done.

One task hears, one sends. A third, while there is something to look up, does so in the order in
which it was asked for: so each caller waits once for its turn, however much it has asked.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias, TypeVar

from starlette.types import Message, Receive, Send

from wayhome.codec import limits
from wayhome.journal.answer import HeldUntil, Kept
from wayhome.records.refused import Refused
from wayhome.relay import parcels
from wayhome.relay.conversation import Conversation, judged
from wayhome.relay.library import Library
from wayhome.relay.listeners import Listeners
from wayhome.relay.outbox import Outbox
from wayhome.relay.reconciling import Reconciling
from wayhome.relay.stored import Effort, TooBroad
from wayhome.relay.talks import (
    Begun,
    Done,
    Effect,
    Failed,
    Found,
    Gather,
    Look,
    News,
    Number,
    Numbered,
    Offer,
    Reconcile,
    Report,
    Say,
    Stop,
)
from wayhome.store.store import StorageFault

FIRST_DEADLINE = 10.0  # seconds to the first message: who opens a connection has something to say
IDLE_DEADLINE = 600.0  # seconds without a message, while nothing is subscribed to
END_DEADLINE = 5.0  # seconds to say goodbye

NORMAL, GOING, NO_TEXT, TOO_MUCH = 1000, 1001, 1003, 1008  # RFC 6455, 7.4.1
GONE = 0  # the caller has left; there is nobody to say goodbye to

_WAITING = 64  # things to look up; then no more is heard

Waiting: TypeAlias = Listeners[tuple["Connection", int]]  # by connection and ticket
Settled: TypeAlias = Kept | HeldUntil | Exception
Take: TypeAlias = Callable[[bytes, Callable[[Settled], None]], None]
_Part = TypeVar("_Part")
_Work: TypeAlias = Look | Number | Gather | Reconcile


class _Deadline:
    """Calls when a moment has come that is put off with every message; it seldom sets a timer."""

    def __init__(self, loop: asyncio.AbstractEventLoop, late: Callable[[], None]) -> None:
        self._loop = loop
        self._late = late
        self._due: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    def put_off(self, seconds: float | None) -> None:
        """Call so many seconds from now; with None, never."""
        self._due = None if seconds is None else self._loop.time() + seconds
        if self._due is not None and (self._timer is None or self._due < self._timer.when()):
            self._set(self._due)

    def stop(self) -> None:
        """Call no more."""
        self._due = None
        if self._timer is not None:
            self._timer.cancel()

    def _set(self, due: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(due, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._due is None:
            return
        if self._due <= self._loop.time():
            self._late()
        else:
            self._set(self._due)


@dataclass(frozen=True, slots=True)
class Caller:
    """The other end of a websocket, as ASGI gives it."""

    receive: Receive
    send: Send
    takes_parcels: bool = False

    async def accept(self) -> None:
        """Let it in."""
        await self.receive()  # the first is always that somebody wishes to connect
        chosen = {"subprotocol": parcels.NAME} if self.takes_parcels else {}
        await self.send({"type": "websocket.accept", **chosen})

    async def say(self, texts: Sequence[bytes]) -> None:
        """Send texts, in a parcel where it takes them and that is less.

        Raises:
            OSError: it has left.
        """
        if self.takes_parcels and sum(map(len, texts)) >= parcels.WORTH:
            await self.send({"type": "websocket.send", "bytes": parcels.pack(texts)})
        else:  # the guard sees to it that this does not take for ever
            await self.send({"type": "websocket.send", "texts": texts})


class Connection:
    """One websocket, from its acceptance to its end."""

    def __init__(self, library: Library, listeners: "Waiting", take: Take, caller: Caller) -> None:
        self._library = library
        self._listeners = listeners
        self._listening: dict[int, Look] = {}
        self._take = take
        self._caller = caller
        self._loop = asyncio.get_running_loop()
        self._conversation = Conversation()
        self._outbox = Outbox(library.unread)
        self._reconciling = Reconciling(library, self._report)
        self._works: deque[_Work] = deque()
        self._looking: asyncio.Task[None] | None = None
        self._offers = 0
        self._wanted = 0
        self._less = asyncio.Event()  # fewer offers, or fewer things to look up, than before
        self._end: asyncio.Future[int] = self._loop.create_future()
        self._silence = _Deadline(self._loop, partial(self.end, NORMAL))

    @property
    def unread(self) -> int:
        """How many bytes wait for the caller to read them."""
        return self._outbox.size

    @property
    def wanted(self) -> int:
        """How many values all filters name, and how many would take as much as answers hold."""
        return self._wanted

    @property
    def listens(self) -> bool:
        """Tell whether the caller waits for what becomes public."""
        return self._conversation.listens

    async def run(self) -> None:
        """Speak with the caller until one of both ends it."""
        await self._caller.accept()
        tasks = [asyncio.create_task(self._hear_all()), asyncio.create_task(self._send_all())]
        try:
            await asyncio.wait([*tasks, self._end], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._end.cancel()
            self._silence.stop()
            looking = [self._looking] if self._looking else []
            for task in (*tasks, *looking):
                task.cancel()
            ended = await asyncio.gather(*tasks, *looking, self._end, return_exceptions=True)
            self._let_go()
            self._reconciling.stop_all()
            for ticket in list(self._listening):
                self._forget(ticket)
        await self._say_goodbye(ended)

    def tell(self, news: Mapping[int, Sequence[News]]) -> None:
        """Tell what has become public, by the ticket that waits for it."""
        if self._end.done():
            return
        for ticket, some in news.items():
            self._do(self._conversation.tell(ticket, some))
        if self._outbox.is_overfull:
            self.end(TOO_MUCH)

    def end(self, code: int) -> None:
        """End it, whatever is under way; what waits to be sent is forgotten."""
        if not self._end.done():
            self._end.set_result(code)
        self._let_go()

    def _let_go(self) -> None:
        self._outbox.clear()
        self._library.wanted.count(-self._wanted)
        self._wanted = 0

    async def _say_goodbye(self, ended: Sequence[object]) -> None:
        for fault in ended:
            if isinstance(fault, Exception):
                raise fault
        code = next((one for one in ended if isinstance(one, int)), GOING)
        if code != GONE:
            with contextlib.suppress(OSError, TimeoutError):  # the caller has left meanwhile
                async with asyncio.timeout(END_DEADLINE):
                    await self._caller.send({"type": "websocket.close", "code": code})

    async def _hear_all(self) -> int:
        self._silence.put_off(FIRST_DEADLINE)
        while True:
            message = await self._caller.receive()
            self._silence.put_off(None)
            if message["type"] == "websocket.disconnect":
                return GONE
            for raw in _texts_of(message):
                self._do(self._conversation.hear(raw))
                if self._has_too_much or self._outbox.is_full:
                    await self._catch_up()
                if self._end.done():
                    break
            self._silence.put_off(None if self.listens else IDLE_DEADLINE)

    async def _catch_up(self) -> None:
        """Hear no more while too much of what was heard is still to be done, or to be read."""
        while self._has_too_much:
            self._less.clear()
            await self._less.wait()
        await self._outbox.room()

    @property
    def _has_too_much(self) -> bool:
        return (
            self._offers >= limits.RELAY_OFFERS
            or len(self._works) >= _WAITING
            or (self._offers > 0 and self._library.offered.is_too_much)
        )

    async def _send_all(self) -> int:
        while True:
            frames = await self._outbox.first()
            try:
                await self._caller.say(frames)
            except OSError:  # as ASGI says it: the caller has left
                return GONE
            if self._end.done():  # all frames are forgotten already, this one too
                return GOING
            self._outbox.sent(len(frames))

    def _do(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            match effect:
                case Say(frame):
                    self._outbox.put(frame)
                case Offer(raw):
                    self._offer(raw)
                case Stop(ticket):
                    self._reconciling.stop(ticket)
                    self._forget(ticket)
                case _:
                    if isinstance(effect, Look):
                        self._want(_values_of(effect))
                        self._listeners.add((self, effect.ticket), effect.wanted)
                        self._listening[effect.ticket] = effect
                    self._want(_values_of(effect))
                    self._works.append(effect)
                    self._look()

    def _forget(self, ticket: int) -> None:
        look = self._listening.pop(ticket, None)
        if look is not None:
            self._listeners.remove((self, ticket))
            self._want(-_values_of(look))

    def _want(self, more: int) -> None:
        if not self._end.done():  # else all of it was let go
            self._wanted += more
            self._library.wanted.count(more)

    def _report(self, report: Report) -> None:
        self._do(self._conversation.report(report))

    def _offer(self, raw: bytes) -> None:
        try:
            self._take(raw, partial(self._answer, raw))
        except StorageFault:  # the node is closing
            self._outbox.put(judged(raw, Refused("storage")).frame)
        else:
            self._offers += 1
            self._library.offered.count(len(raw))

    def _answer(self, raw: bytes, settled: Settled) -> None:
        self._offers -= 1
        self._library.offered.count(-len(raw))
        self._less.set()
        if self._end.done():  # nobody waits for it any more
            return
        if not isinstance(settled, Exception) or isinstance(settled, Refused):
            self._outbox.put(judged(raw, settled).frame)
        elif isinstance(settled, StorageFault):
            self._outbox.put(judged(raw, Refused("storage")).frame)
        else:  # a fault of ours: it rises where the connection runs
            self._end.set_exception(settled)

    def _look(self) -> None:
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_all())
            self._looking.add_done_callback(self._looked)

    def _looked(self, looking: "asyncio.Task[None]") -> None:
        self._looking = None
        if looking.cancelled() or self._end.done():
            return
        fault = looking.exception()
        if fault is not None:  # a fault of ours, as above
            self._end.set_exception(fault)
        elif self._works:
            self._look()

    async def _look_all(self) -> None:
        while self._works:
            work = self._works.popleft()
            self._less.set()
            try:
                if self._conversation.waits_for(work.ticket):
                    await self._look_up(work)
            except TooBroad:
                self._report(Failed(work.ticket, "too-broad"))
            except StorageFault:
                self._report(Failed(work.ticket, "storage"))
            finally:
                self._want(-_values_of(work))

    async def _look_up(self, work: _Work) -> None:
        match work:
            case Look():
                await self._give(work)
            case Number():
                await self._number(work)
            case Gather():
                await self._reconciling.gather(work, self._loop.time())
            case Reconcile():
                await self._reconciling.answer(work, self._loop.time())

    async def _give(self, work: Look) -> None:
        shelves = await self._library.shelves(work.wanted)
        self._report(Begun(work.ticket))  # nothing can become public between these two lines
        effort = Effort()
        parts = shelves.find(work.wanted, effort) if shelves.rolls else iter(())
        async with contextlib.aclosing(self._parts(work, parts, effort)) as found:
            async for lines in found:
                self._report(Found(work.ticket, lines))
                await self._outbox.room()
        self._report(Done(work.ticket))

    async def _number(self, work: Number) -> None:
        shelves = await self._library.settled(work.wanted)
        effort, number = Effort(), 0
        parts = shelves.count(work.wanted, effort)
        async with contextlib.aclosing(self._parts(work, parts, effort)) as found:
            async for more in found:
                number += more
        self._report(Numbered(work.ticket, number))

    async def _parts(
        self, work: Look | Number, parts: Iterator[_Part], effort: Effort
    ) -> AsyncGenerator[_Part, None]:
        """Give the parts of an answer while somebody waits for it, and count what it holds."""
        held = 0
        try:
            while self._conversation.waits_for(work.ticket):
                part = await self._library.part(work.wanted, parts)
                self._want(effort.values - held)
                held = effort.values
                if part is None:
                    return
                yield part
        finally:
            self._want(-held)


def _values_of(work: _Work) -> int:
    """Give how many values the filters of what is asked for name."""
    match work:
        case Look(_, filters) | Number(_, filters):
            return sum(one.values for one in filters)
        case Gather():
            return work.wanted.values
        case Reconcile():
            return 0


def _texts_of(message: Message) -> Sequence[bytes]:
    """Give what was said, many texts together where the guard hands them over so."""
    if "texts" in message:
        texts: list[bytes] = message["texts"]
        return texts
    raw = message.get("bytes")
    return (message["text"].encode() if raw is None else bytes(raw),)
