"""Straight: the busiest requests are answered without an ASGI task of their own.

Nearly all that a node is sent in a campaign's best hour is one small body for one door. A task, an
event, a timer and headers looked at one by one cost more of the interpreter than all that is done
with it. Whatever else is true of a request, its limits and deadlines, is true of these too.

What comes whole, alone and in the plainest form is known at a glance; all else the parser reads.
"""

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Self, cast

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


_PLAIN = re.compile(rb"POST (/[A-Za-z0-9/_-]*) HTTP/1\.1\r\n(?:[A-Za-z0-9-]+: [ -~]*\r\n)*\r\n")
_LENGTH = b"\r\ncontent-length: "
_CONNECTION, _STAYS = b"connection: ", b"\r\nconnection: keep-alive\r"  # a proxy's too
# who sends one of these wishes something else of the connection, or sends the body otherwise
_ODD = (b"\r\ntransfer-encoding:", b"\r\nexpect:", b"\r\nupgrade:")


@dataclass(frozen=True, slots=True)
class Glanced:
    """A request that one look was enough for."""

    path: str
    body: bytes

    @classmethod
    def of(cls, data: bytes) -> Self | None:
        """Look at what came at once; None where it is for the parser to say what that is."""
        plain = _PLAIN.match(data)
        if plain is None or plain.end() > guard.HEAD_LIMIT:
            return None
        head, body = data[: plain.end()].lower(), data[plain.end() :]
        said = b"%b%d\r\n" % (_LENGTH, len(body))
        if said not in head or head.count(_LENGTH) != 1 or any(odd in head for odd in _ODD):
            return None
        if head.count(_CONNECTION) != head.count(_STAYS):
            return None
        return cls(plain[1].decode("ascii"), body)


class _NobodyWaits:
    def set(self) -> None:
        """Nobody waits for more of a body that is whole."""


class _Answering:
    """As much of uvicorn's cycle as a request needs whose body is there and whose answer is not."""

    message_event = _NobodyWaits()
    more_body = False
    response_complete = False
    response_started = False
    disconnected = False
    keep_alive = True

    def __init__(self, on_response: Callable[[], None]) -> None:
        self.on_response = on_response


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
        if self._takes_at_a_glance(data):
            return
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

    def _takes_at_a_glance(self, data: bytes) -> bool:
        if self._door is None or not self._is_between or self.flow.write_paused:
            return False
        glanced = Glanced.of(data)
        if (
            glanced is None
            or len(glanced.body) > limits.HTTP_BODY
            or not self._door.is_straight("POST", glanced.path)
            or self._is_too_much
        ):
            return False
        self._unset_keepalive_if_required()
        self._head_due = None
        cycle = _Answering(self.on_response_complete)
        self.cycle = cast("RequestResponseCycle", cycle)  # what comes behind it waits, as ever
        self._door.take(glanced.body, partial(self._answer, self.cycle))
        return True

    @property
    def _is_between(self) -> bool:
        """Tell whether nothing is under way, and the parser has seen nothing of what comes next."""
        cycle = self.cycle
        return self._head_size == 0 and (
            cycle is None or (cycle.response_complete and not cycle.more_body)
        )

    @property
    def _is_too_much(self) -> bool:
        most = self.limit_concurrency
        return most is not None and max(len(self.connections), len(self.tasks)) >= most

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
        always = b"".join([b"%b: %b\r\n" % one for one in self.server_state.default_headers])
        end = b"connection: close\r\n\r\n" if closes else b"\r\n"
        self.transport.write(
            b"%b%b%bcontent-length: %d\r\n%b%b"
            % (STATUS_LINE[said.status], always, said.head.sent, len(said.body), end, said.body)
        )
        cycle.response_started = cycle.response_complete = True
        if closes:
            self.transport.close()
        cycle.on_response()
        cycle.on_response = _nothing  # or cycle and connection would hold each other


def _nothing() -> None:
    """It was answered."""
