"""Pace: how slowly whoever is asked may send: below a floor for two minutes, and we hang up.

A time for the whole would cut an honest slow line; a time for each step alone lets whoever sends
a byte now and then hold us for ever.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from dataclasses import dataclass, replace
from typing import Any

import httpx

FLOOR = 4 * 1024  # bytes a second: a quarter of a line of 128 kbit/s, and Tor on a bad day
PATIENCE = 120.0  # seconds without a byte; two circuits through Tor, one after the other
ANSWER = 16 * 1024  # bytes that an answer counts as, however small: a round trip takes a while


class TooSlow(httpx.ReadTimeout):
    """What comes is below the floor."""

    def __init__(self) -> None:
        super().__init__("too slow")


@dataclass(frozen=True, slots=True)
class Pace:
    """The seconds that are left: to wait takes them away, what comes gives them back."""

    left: float = PATIENCE
    patience: float = PATIENCE  # seconds: there are never more
    floor: int = FLOOR  # bytes that give one back

    def after(self, seconds: float, size: int) -> "Pace":
        """Give what is left after so many seconds of waiting brought so many bytes.

        Raises:
            TooSlow: nothing is left.
        """
        left = self.left - seconds + size / self.floor
        if left <= 0:
            raise TooSlow
        return replace(self, left=min(self.patience, left))


@asynccontextmanager
async def begun(
    asked: AbstractAsyncContextManager[httpx.Response],
) -> AsyncIterator[httpx.Response]:
    """Wait for the head of an answer, which may be sent by the byte too.

    Raises:
        TooSlow: it does not come.
    """
    async with AsyncExitStack() as stack:
        with too_slow():
            async with asyncio.timeout(PATIENCE):
                answer = await stack.enter_async_context(asked)
        yield answer


async def chunks(answer: httpx.Response) -> AsyncIterator[bytes]:
    """Stream what is answered, as it comes.

    Raises:
        httpx.HTTPError: it does not come, or slower than the floor.
    """
    pace = Pace()
    coming = answer.aiter_raw()
    while True:
        start = time.monotonic()
        with too_slow():
            async with asyncio.timeout(pace.left):
                chunk = await anext(coming, None)
        if chunk is None:
            return
        pace = pace.after(time.monotonic() - start, len(chunk))
        yield chunk


@contextmanager
def too_slow() -> Iterator[None]:
    """Say of what took too long that it is too slow."""
    try:
        yield
    except TimeoutError:
        raise TooSlow from None


class PacedTransport(httpx.HTTPTransport):
    """A way over HTTP with one pace for all that is asked through it: many small files are one.

    Only waiting counts, whatever is waited for: the head of an answer may be sent by the byte too.
    """

    def __init__(
        self, *, verify: bool = True, proxy: str | None = None, uds: str | None = None
    ) -> None:
        super().__init__(verify=verify, trust_env=False, proxy=proxy, uds=uds)
        self._pace = Pace()
        pool: Any = self._pool  # its sockets, to which the library gives no other way
        pool._network_backend = _Backend(pool._network_backend, self)  # noqa: SLF001 - as above

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Ask; what is given begins to come."""
        answer = super().handle_request(request)
        self._pace = self._pace.after(0, ANSWER)
        return answer

    @contextmanager
    def waiting(self, timeout: float | None) -> Iterator["_Step"]:
        """Wait for one step, and no longer than is left.

        Raises:
            TooSlow: nothing is left afterwards.
        """
        step = _Step(min(timeout or PATIENCE, self._pace.left))
        begun = time.monotonic()
        try:
            yield step
        finally:
            self._pace = self._pace.after(time.monotonic() - begun, step.size)


@dataclass(slots=True)
class _Step:
    timeout: float
    size: int = 0


class _Backend:
    """What connects: the library's own, with streams that are paced."""

    def __init__(self, backend: Any, transport: PacedTransport) -> None:  # noqa: ANN401 - httpcore is httpx's
        self._backend = backend
        self._transport = transport

    def connect_tcp(self, *where: object, **how: object) -> "_Stream":
        return _Stream(self._backend.connect_tcp(*where, **how), self._transport)

    def connect_unix_socket(self, *where: object, **how: object) -> "_Stream":
        return _Stream(self._backend.connect_unix_socket(*where, **how), self._transport)


class _Stream:
    """One connection: whatever is waited for on it is waited for at this pace."""

    def __init__(self, stream: Any, transport: PacedTransport) -> None:  # noqa: ANN401 - as above
        self._stream = stream
        self._transport = transport

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with self._transport.waiting(timeout) as step:
            came: bytes = self._stream.read(max_bytes, step.timeout)
            step.size = len(came)
        return came

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with self._transport.waiting(timeout) as step:
            self._stream.write(buffer, step.timeout)
            step.size = len(buffer)

    def start_tls(
        self, ssl_context: object, server_hostname: str | None = None, timeout: float | None = None
    ) -> "_Stream":
        with self._transport.waiting(timeout) as step:
            stream = self._stream.start_tls(ssl_context, server_hostname, step.timeout)
        return _Stream(stream, self._transport)

    def get_extra_info(self, which: str) -> object:
        return self._stream.get_extra_info(which)

    def close(self) -> None:
        self._stream.close()
