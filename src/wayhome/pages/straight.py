"""Straight: the busiest requests are answered without an ASGI task of their own.

Nearly all that a node is sent in a campaign's best hour is one small body for one door. A task, an
event, a timer and headers looked at one by one cost more of the interpreter than all that is done
with it. Whatever else is true of a request, its limits and deadlines, is true of these too.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from wayhome.codec import limits
from wayhome.pages import guard


@dataclass(frozen=True, slots=True)
class Head:
    """Headers that many answers have in common, and how they are sent."""

    headers: tuple[tuple[bytes, bytes], ...]
    sent: bytes

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Self:
        """Write them once."""
        raw = tuple((name.encode(), value.encode()) for name, value in headers.items())
        return cls(raw, b"".join(b"%b: %b\r\n" % one for one in raw))


@dataclass(frozen=True, slots=True)
class Said:
    """An answer; its length and whether the connection ends are not in its head."""

    status: int
    head: Head
    body: bytes = b""
    closes: bool = False


class StraightDoor(ABC):
    """An app that answers some requests straight; for the others it is an ASGI app."""

    too_large: Said
    too_late: Said

    @abstractmethod
    def is_straight(self, method: str, path: str) -> bool:
        """Tell whether such a request is one of those."""

    @abstractmethod
    def take(self, body: bytes, answer: Callable[[Said], None]) -> None:
        """Take a whole body; ``answer`` is called once, sooner or later."""


class StraightHttp(guard.GuardedHttp):
    """For `uvicorn.Config(http=...)`: the guard, and the way past ASGI where the app has one."""

    _awaited: RequestResponseCycle | None = None  # goes straight once its body is whole
    _body_due: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as uvicorn calls it
        """See whether the app has a way past ASGI."""
        super().__init__(*args, **kwargs)
        self._door = self.app if isinstance(self.app, StraightDoor) else None

    def data_received(self, data: bytes) -> None:
        """As a rule a body comes with its head; one that does not has a deadline."""
        super().data_received(data)
        self._await_body()

    def on_body(self, body: bytes) -> None:
        """A body ends in size too."""
        super().on_body(body)
        if self._awaited is not None and len(self._awaited.body) > limits.HTTP_BODY:
            self._cut(lambda door: door.too_large)

    def on_message_complete(self) -> None:
        """All of the body is there."""
        super().on_message_complete()
        if self._awaited is not None:
            self._take(self._no_longer_awaited())

    def on_response_complete(self) -> None:
        """The next request may be here already, and half of its body."""
        super().on_response_complete()
        self._await_body()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody waits for an answer any more."""
        self._no_longer_awaited()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401 - as uvicorn declares it
        if not self._goes_straight(cycle, app):
            super()._start_asgi_task(cycle, app)
        elif cycle.more_body:
            self._awaited = cycle
        else:
            self._take(cycle)

    def _goes_straight(self, cycle: RequestResponseCycle, app: object) -> bool:
        # whoever is to be told to go on, or does not read what was answered, goes the ordinary way
        return (
            self._door is not None
            and app is self.app
            and not cycle.waiting_for_100_continue
            and not self.flow.write_paused
            and self._door.is_straight(cycle.scope["method"], cycle.scope["path"])
        )

    def _await_body(self) -> None:
        if self._awaited is not None and self._body_due is None:
            self._body_due = self.loop.call_later(
                guard.BODY_DEADLINE, self._cut, lambda door: door.too_late
            )

    def _no_longer_awaited(self) -> RequestResponseCycle | None:
        awaited, self._awaited = self._awaited, None
        self._body_due = guard.stopped(self._body_due)
        return awaited

    def _take(self, cycle: RequestResponseCycle | None) -> None:
        if cycle is not None and self._door is not None:
            self._door.take(bytes(cycle.body), partial(self._answer, cycle))

    def _cut(self, said: Callable[[StraightDoor], Said]) -> None:
        cycle = self._no_longer_awaited()
        if cycle is not None and self._door is not None:
            self._answer(cycle, said(self._door))

    def _answer(self, cycle: RequestResponseCycle, said: Said) -> None:
        if cycle.disconnected or self.transport.is_closing():
            return  # nobody waits for it any more
        closes = said.closes or not cycle.keep_alive
        head = [b"%b: %b\r\n" % one for one in self.server_state.default_headers]
        length = b"content-length: %d\r\n" % len(said.body)
        end = b"connection: close\r\n\r\n" if closes else b"\r\n"
        self.transport.write(
            b"".join((STATUS_LINE[said.status], *head, said.head.sent, length, end, said.body))
        )
        cycle.response_started = cycle.response_complete = True
        if closes:
            self.transport.close()
        cycle.on_response()
        cycle.on_response = _nothing  # or cycle and connection would hold each other


def _nothing() -> None:
    """It was answered."""
