"""The guard before every door: a request that dawdles or never ends is cut off.

uvicorn has no deadline and no size for a request's head and none for a chunked body's trailer, so a
few hundred half-sent requests would hold every connection there is. The class overrides uvicorn's
internals: its exact version is pinned, and the tests turn red when they move.
"""

import asyncio
from collections.abc import Sequence
from struct import Struct
from typing import Any, cast

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.protocol import State

from wayhome.codec import limits
from wayhome.pages.backlog import PIECE, Backlog
from wayhome.pages.frames import Cutter, Odd, Text

HEAD_DEADLINE = 10.0  # seconds; a browser's head is under 2 kB, so 2 kbit/s is in time
HEAD_LIMIT = 32 * 1024  # bytes; ours need 2 kB, the parser would buffer without end
# seconds for an unread answer's buffer to drain: of 64 KiB, and the piece of 64 KiB that filled it,
# all but 16 KiB must have gone, so 2 kB/s are in time
READ_DEADLINE = 60.0
BODY_DEADLINE = 15.0  # seconds
PIECES = 1_024  # of a websocket message: of 128 bytes each, which nobody has a reason for
_TEXT = 0x81  # RFC 6455, 5.2: the last piece of a message, and a text
_SHORT, _MEDIUM = 126, 1 << 16  # a size below is written in one byte, or in two
_TWO_BYTES, _EIGHT_BYTES = Struct("!BBH"), Struct("!BBQ")
CROWD = 600  # connections; more than are answered, and those above are told so
WHOLE_LIMIT = 2 << 20  # bytes of one request in all: a chunked trailer comes after the head's limit
# what every page's answer carries, as far as an answer in plain text needs it
_BARE = (
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"connection", b"close"),
)


class TooLarge(Exception):  # noqa: N818 - answered with 413
    """The body is over its limit."""


class GuardedHttp(HttpToolsProtocol):
    """For `uvicorn.Config(http=...)`. Idle between requests is uvicorn's business."""

    _head_due: float | None = None  # by the loop's clock, while a head is awaited
    _head_timer: asyncio.TimerHandle | None = None
    _read_due: asyncio.TimerHandle | None = None
    _head_size = 0
    _whole_size = 0

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - as uvicorn declares it
        """A connection that says nothing is cut too."""
        super().connection_made(transport)
        if len(self.connections) > CROWD:  # each holds a file of ours before it has said a word
            self.transport.abort()
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Count what comes, before and after the parser has seen it."""
        # any byte stops uvicorn's keep-alive timer, and an empty line begins no message: without
        # this a connection that sends one now and then is held for ever
        if self._head_due is None and (self.cycle is None or self.cycle.response_complete):
            self._await_head()
        super().data_received(data)
        self._whole_size += len(data)
        if self._head_due is not None:
            self._head_size += len(data)
        if self._head_size > HEAD_LIMIT or self._whole_size > WHOLE_LIMIT:
            self.transport.abort()

    def on_message_begin(self) -> None:
        """A new request: its sizes are counted from here."""
        self._whole_size = 0
        self._await_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is there; the body has its own deadline, where it is read."""
        self._head_due = None
        self._head_size = 0
        super().on_headers_complete()

    def pause_writing(self) -> None:
        """The other side does not read: give it some time."""
        super().pause_writing()
        self._read_due = self.loop.call_later(READ_DEADLINE, self.transport.abort)

    def resume_writing(self) -> None:
        """It reads again."""
        self._read_due = stopped(self._read_due)
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is due any more."""
        self._head_timer = stopped(self._head_timer)
        self._read_due = stopped(self._read_due)
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is answered with our headers too."""
        said = msg.encode()
        named = (*self.server_state.default_headers, *_BARE, (b"content-length", b"%d" % len(said)))
        head = b"".join(b"%b: %b\r\n" % one for one in named)
        self.transport.write(b"%b%b\r\n%b" % (STATUS_LINE[400], head, said))
        self.transport.close()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401 - as uvicorn declares it
        # another app than ours is uvicorn's own word that all places are taken
        super()._start_asgi_task(cycle, app if app is self.app else cast("Any", _say_full))

    def _await_head(self) -> None:
        self._head_size = 0
        self._head_due = self.loop.time() + HEAD_DEADLINE
        if self._head_timer is None:
            self._head_timer = self.loop.call_at(self._head_due, self._look_at_head)

    def _look_at_head(self) -> None:
        """Cut off a head that is late; one timer serves all heads that come in time."""
        self._head_timer = None
        if self._head_due is None:
            return
        if self._head_due <= self.loop.time():
            self.transport.abort()
        else:
            self._head_timer = self.loop.call_at(self._head_due, self._look_at_head)


class GuardedSocket(WebSocketsSansIOProtocol):
    """For `uvicorn.Config(ws=...)`. How long a caller may be silent is the business of its app."""

    _whole_due: asyncio.TimerHandle | None = None
    _read_due: asyncio.TimerHandle | None = None
    _waiting = 0  # bytes that the app has not asked for
    _in_hand = 0  # bytes that it has, until it asks for more
    _is_cut = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as uvicorn calls it
        """Take no place of those who read pages: an app of websockets counts its own."""
        super().__init__(*args, **kwargs)
        self.connections, self.tasks = set(), set()
        self._cutter: Cutter | None = Cutter()
        self._served, self.app = self.app, cast("Any", self._serve)
        most = limits.RELAY_BACKLOG_TOGETHER
        self._backlog: Backlog = self.app_state.setdefault("backlog", Backlog(most))

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - as uvicorn declares it
        """Be told as soon as anything waits for the caller to read, so that all of it is known."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=0)

    def data_received(self, data: bytes) -> None:
        """Whoever begins a message ends it in time."""
        if self._cutter is not None and self.conn.state is State.OPEN:
            self._hear(self._cutter, data)
        else:
            # who does not wait for the handshake's answer, or to whom goodbye was said
            if self._cutter is not None and self.handshake_initiated:
                data, self._cutter = self._cutter.begun + data, None
            super().data_received(data)
        self._await_whole()
        self._weigh()

    async def receive(self) -> Any:  # noqa: ANN401 - as uvicorn declares it
        """Whoever asks for more is done with what it has."""
        self._in_hand = 0
        self._weigh()
        message = await super().receive()
        if self.queue.empty():  # else all of it counts as waiting
            self._waiting, self._in_hand = 0, self._waiting
        return message

    def _hear(self, cutter: Cutter, data: bytes) -> None:
        """Hand texts over together; what is no text of one frame the library reads."""
        texts: list[bytes] = []
        for part in cutter.cut(data):
            if isinstance(part, Text):
                texts.append(part.said)
                continue
            self._hand_over(texts)
            texts = []
            if isinstance(part, Odd):
                self._cutter = None
                super().data_received(part.left)
            else:
                super().data_received(part.frame)
            if self.transport.is_closing() or self.conn.state is not State.OPEN:
                return
        self._hand_over(texts)

    def _hand_over(self, texts: list[bytes]) -> None:
        """As uvicorn does with one; with `texts` again, which ASGI does not have."""
        if not texts or self.close_sent:
            return
        self._whole_due = stopped(self._whole_due)
        self._waiting += sum(map(len, texts)) + PIECE * len(texts)
        self.queue.put_nowait(cast("Any", {"type": "websocket.receive", "texts": texts}))
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    def handle_bytes(self, event: Frame) -> None:  # noqa: ARG002 - as uvicorn declares it
        """No binary message is taken (RFC 6455, 7.4.1: 1003)."""
        self.conn.fail(1003)
        self.handle_parser_exception()

    def handle_cont(self, event: Frame) -> None:
        """A message comes in few pieces; its size is limited, but an empty piece has none."""
        if len(self.frames) >= PIECES:
            self.conn.fail(1009)
            self.handle_parser_exception()
        else:
            super().handle_cont(event)

    def handle_ping(self) -> None:
        """Who asks and does not read the answers is cut."""
        super().handle_ping()
        if self.transport.get_write_buffer_size() > WHOLE_LIMIT:
            self.transport.abort()

    async def send(self, message: Any) -> None:  # noqa: ANN401 - as uvicorn declares it
        """Send many texts at once, if there are `texts`, which ASGI does not have: bytes in UTF-8.

        Who is refused by HTTP has been answered; uvicorn would log it as our fault.
        """
        if "texts" in message:
            await self._send_texts(message["texts"])
            return
        await self.writable.wait()
        if self.close_sent and message["type"] == "websocket.close":
            return  # it was said already, as to a message too long, or after a ping
        await super().send(message)
        if message["type"] == "websocket.http.response.body":
            self.handshake_complete = True

    async def _send_texts(self, texts: Sequence[bytes]) -> None:
        """As uvicorn sends one: a call of its own for each costs five times as much."""
        await self.writable.wait()
        if self.disconnected or self.close_sent or self.conn.state is not State.OPEN:
            raise ClientDisconnected
        self.transport.write(b"".join([part for text in texts for part in (_head_of(text), text)]))

    def send_receive_event_to_app(self) -> None:
        """Hand it over as bytes: what is no UTF-8 is refused where it is read, without a word."""
        self._whole_due = stopped(self._whole_due)
        self._waiting += sum(map(len, self.frames)) + PIECE
        self.curr_msg_data_type = "bytes"
        super().send_receive_event_to_app()

    def pause_writing(self) -> None:
        """As above."""
        super().pause_writing()
        self._read_due = self.loop.call_later(READ_DEADLINE, self.transport.abort)
        self._weigh()

    def resume_writing(self) -> None:
        """As above."""
        self._read_due = stopped(self._read_due)
        super().resume_writing()
        self._weigh()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is due any more."""
        self._whole_due = stopped(self._whole_due)
        self._read_due = stopped(self._read_due)
        super().connection_lost(exc)
        self._weigh()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """What the app did not ask for nobody will."""
        super().on_task_complete(task)
        self._waiting = self._in_hand = 0
        self._weigh()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._served(cast("Any", scope), cast("Any", receive), cast("Any", send))
        except asyncio.CancelledError:
            if not self._is_cut:
                raise
            raise ClientDisconnected from None

    def _cut(self) -> None:
        """Keep nothing of it, what the app has in hand neither."""
        self._is_cut = True
        self.loop.call_soon(self.transport.abort)  # it may be writing just now
        for task in self.tasks:
            task.cancel()

    def _weigh(self) -> None:
        """Tell how much we keep for this connection."""
        kept = 0 if self._is_cut else self._waiting + self._in_hand
        if not self.disconnected and not self._is_cut:
            kept += self._begun
            kept += 0 if self.writable.is_set() else self.transport.get_write_buffer_size()
        self._backlog.note(self._cut, kept)

    @property
    def _begun(self) -> int:
        """How much has come of a message that is not whole, in bytes."""
        size = sum(map(len, self.frames)) + len(self.conn.reader.buffer)
        return size + (len(self._cutter) if self._cutter is not None else 0)

    def _await_whole(self) -> None:
        if not self._begun:
            self._whole_due = stopped(self._whole_due)
        elif self._whole_due is None:
            self._whole_due = self.loop.call_later(BODY_DEADLINE, self._cut_short)

    def _cut_short(self) -> None:
        self._whole_due = None
        if self.read_paused:  # not the caller's fault: we do not listen
            self._await_whole()
        else:
            self.transport.abort()


async def _say_full(_scope: Scope, _receive: Receive, send: Send) -> None:
    said = b"There are too many at once. Try again in a minute.\n"
    headers = [*_BARE, (b"content-length", b"%d" % len(said)), (b"retry-after", b"60")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": said})


def _head_of(text: bytes) -> bytes:
    """Give what comes before a whole text message (RFC 6455, 5.2)."""
    size = len(text)
    if size < _SHORT:
        return bytes((_TEXT, size))
    if size < _MEDIUM:
        return _TWO_BYTES.pack(_TEXT, _SHORT, size)
    return _EIGHT_BYTES.pack(_TEXT, _SHORT + 1, size)


def stopped(timer: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    """Stop a timer; None, to put in its place."""
    if timer is not None:
        timer.cancel()
    return None


async def read_body(
    receive: Receive, limit: int = limits.HTTP_BODY, within: float | None = None
) -> bytes:
    """Read the whole body, within the usual time or another.

    Raises:
        TooLarge: more than ``limit`` bytes came.
        TimeoutError: it did not come in time; answer 408 and close.
        ClientDisconnect: whoever sent it has gone.
    """
    body = bytearray()
    async with asyncio.timeout(BODY_DEADLINE if within is None else within):
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise ClientDisconnect
            body += message.get("body", b"")
            if len(body) > limit:
                raise TooLarge
            if not message.get("more_body", False):
                return bytes(body)
