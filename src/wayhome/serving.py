"""Serving: an app behind the guard, on a port or a Unix socket, until a block ends."""

import asyncio
import contextlib
import errno
import gc
import resource
from collections.abc import AsyncIterator, Iterator
from typing import Literal

import uvicorn
from starlette.types import ASGIApp

from wayhome.codec import limits
from wayhome.pages.guard import GuardedSocket
from wayhome.pages.straight import StraightHttp

CONNECTIONS = 500  # at once; each may hold a body of 64 KiB
PING = 60.0  # seconds: a slow line has that much on its way before the answer to a ping
_IN_WORDS: dict[int | None, str] = {
    errno.EADDRINUSE: "another program is there",
    errno.EADDRNOTAVAIL: "this machine has no such address",
    errno.EACCES: "only the system's own programs may, below port 1024 or in that folder",
    errno.ENOENT: "there is no such folder",
}
_SELDOM = 10_000  # things made and not gone before garbage is looked for; Python's 700 took 8 us
# of each signature, and so many that hold a body each are 20 MiB


class DoorTaken(Exception):  # noqa: N818 - the operator's fault, told in words
    """Another program listens where this one should."""


@contextlib.asynccontextmanager
async def serving(
    app: ASGIApp,
    port: int,
    host: str = "127.0.0.1",
    path: str = "",
    *,
    ws: type[GuardedSocket] | Literal["none"] = "none",
) -> AsyncIterator[None]:
    """Serve an app behind the guard until the block ends; it listens when the block begins.

    With a ``path`` it listens on that Unix socket and on no port. As to a port, every program of
    this machine may connect that reaches its folder: Tor keeps none of the groups it is put into.

    Raises:
        DoorTaken: another program listens there.
    """
    server = _Quiet(
        uvicorn.Config(
            app,
            host,
            port,
            uds=path or None,
            http=StraightHttp,
            ws=ws,
            ws_max_size=limits.RELAY_MESSAGE,
            ws_per_message_deflate=False,  # 64 MiB of zeros are 64 kB on the way
            ws_ping_interval=PING,
            ws_ping_timeout=PING,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=2,
        )
    )
    _may_open_files()
    task = asyncio.create_task(server.serve_or_say())
    try:
        while not server.started:
            if task.done():
                where = path or f"{host}:{port}"
                raise DoorTaken(f"{where} cannot be listened on: {server.why}")
            await asyncio.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        await task


def settle() -> None:
    """Take what is there for what stays, and look for garbage seldom: a program serves from now on.

    What is there at the start, looked through again and again for what is not used any more, costs
    a tenth of a node that has much to do.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_SELDOM)


def _may_open_files() -> None:
    """Have as many files open as we may need; a line costs one, and systems begin with few."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.OPEN_FILES if hard == resource.RLIM_INFINITY else min(limits.OPEN_FILES, hard)
    if soft < wanted:
        with contextlib.suppress(OSError):  # a service may be forbidden to ask, and was given them
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class _Quiet(uvicorn.Server):
    """A server that leaves signals and the end of the program to the program."""

    why = ""

    async def serve_or_say(self) -> None:
        """Serve; where it cannot listen it ends by itself, and `why` says it in words."""
        try:
            await self.serve()
        except (OSError, SystemExit) as ended:
            if self.started:
                raise
            fault = ended if isinstance(ended, OSError) else ended.__context__
            if not isinstance(fault, OSError):
                raise
            self.why = _IN_WORDS.get(fault.errno) or str(fault.strerror)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield
