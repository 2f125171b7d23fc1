"""Line: one websocket with a peer: what is said on it and heard, and whether anybody is there."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from wayhome.pace import Pace, TooSlow
from wayhome.peers.peer import PeerFault
from wayhome.peers.quota import Waste
from wayhome.relay import parcels
from wayhome.relay.answers import BadAnswer
from wayhome.relay.client import Client, Effect
from wayhome.relay.parcels import BadParcel

ANSWER = 30.0  # seconds for one answer; a circuit through Tor takes one or two
QUIET = 10.0  # seconds without a word after which we ask whether anybody is there
MUTE = 15.0  # seconds; an answer of half as long is short of records already
PACE = 512  # bytes a second of a message that takes longer; the longest then takes nine minutes
# of answers in a row: a record every half minute is true, and would hold whoever asks for years.
# Ten minutes are a long message at its slowest; 128 bytes a second are a sixth of the worst line
LEAVE = Pace(600.0, 600.0, 128)
WORD = 1024  # bytes that a message counts as, however short: a round trip takes a while


class Line:
    """What comes is read by the client, and billed."""

    def __init__(
        self, connection: ClientConnection, client: Client, bill: Callable[[Waste], None]
    ) -> None:
        self._connection = connection
        self._client = client
        self._bill = bill
        self._last = time.monotonic()
        self._pace = LEAVE
        self._came = 0  # bytes
        self._sign: asyncio.Future[float] | None = None  # of life, while it is waited for
        self._parcel: deque[bytes] = deque()  # texts of what came last, not heard yet

    @property
    def is_quiet(self) -> bool:
        """Tell whether the peer says nothing, or hardly anything, while it should."""
        passed = time.monotonic() - self._last
        return passed > MUTE and self._begun < PACE * passed

    async def say(self, frame: bytes) -> None:
        """Send a message.

        Raises:
            PeerFault: the peer has hung up, or does not read.
        """
        try:
            async with asyncio.timeout(ANSWER):
                await self._connection.send(frame, text=True)
        except ConnectionClosed:
            raise PeerFault("hung-up") from None
        except TimeoutError:
            raise PeerFault("not-reading") from None

    async def answer(self) -> list[Effect]:
        """Give what the next message comes to, where one is waited for.

        Raises:
            TimeoutError: none came in time.
            PeerFault: as `heard`, or what comes is next to nothing.
        """
        begun = time.monotonic()
        came = self._came
        heard = await self.heard(ANSWER)
        if heard is None:
            raise TimeoutError
        try:
            self._pace = self._pace.after(time.monotonic() - begun, max(WORD, self._came - came))
        except TooSlow:
            raise PeerFault("hardly-sends") from None
        return heard

    async def heard(self, seconds: float) -> list[Effect] | None:
        """Give what the next message comes to; None: none came in time.

        Raises:
            PeerFault: the peer has hung up, talks nonsense, or has cost too much.
        """
        if not self._parcel:
            try:
                came = await self._message(seconds)
            except TimeoutError:
                return None
            except ConnectionClosed as closed:
                is_ours = closed.sent is not None and closed.sent.code == CloseCode.MESSAGE_TOO_BIG
                raise PeerFault("too-large" if is_ours else "hung-up") from None
            self._last, self._sign = time.monotonic(), None
            self._came += len(came)
            self._open(came)
        raw = self._parcel.popleft()
        begun = time.thread_time()
        try:
            effects = self._client.hear(raw)
        except BadAnswer:
            raise PeerFault("bad-answer") from None
        finally:
            self._bill(Waste(len(raw), 0, time.thread_time() - begun))
        return effects

    async def knock(self) -> None:
        """Ask who was silent for long for a sign of life: whoever was cut off says no goodbye.

        Nobody waits for it here: what comes before it must be heard, and is a sign too.

        Raises:
            PeerFault: nobody is there.
        """
        now = time.monotonic()
        if self._sign is not None and self._sign.done():
            self._last, self._sign = now, None
        if now - self._last > 2 * QUIET:
            raise PeerFault("no-answer")
        if now - self._last > QUIET and self._sign is None:
            try:
                async with asyncio.timeout(QUIET):
                    self._sign = asyncio.ensure_future(await self._connection.ping())
            except TimeoutError:
                raise PeerFault("no-answer") from None
            except ConnectionClosed:
                raise PeerFault("hung-up") from None

    def _open(self, came: bytes) -> None:
        """Take what came apart; a text is billed when it is heard, as long as it is then."""
        if not parcels.is_parcel(came):
            self._parcel.append(came)
            return
        begun = time.thread_time()
        try:
            self._parcel.extend(parcels.unpack(came))
        except BadParcel:
            raise PeerFault("bad-answer") from None
        finally:
            self._bill(Waste(0, 0, time.thread_time() - begun))

    async def _message(self, seconds: float) -> bytes:
        """Give the next message; a long one may take longer, while it comes at some pace.

        Raises:
            TimeoutError: none came in time.
        """
        before = 0
        while True:
            try:
                async with asyncio.timeout(seconds):
                    return await self._connection.recv(decode=False)
            except TimeoutError:
                if self._begun - before < PACE * seconds:
                    raise
                before = self._begun

    @property
    def _begun(self) -> int:
        """How many bytes have come of a message that is not whole."""
        return len(self._connection.protocol.reader.buffer)
