"""Stopping: what runs until somebody stops it ends on SIGTERM as it does on Ctrl-C."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

_Main: TypeAlias = Coroutine[Any, Any, None]  # Any: what a coroutine is sent and gives meanwhile


def run_until_stopped(run: Callable[[_Main], None], main: _Main) -> None:
    """Run a program; when it is stopped, it closes what is open and exits with 0.

    Systemd, a machine that shuts down and `podman stop` send SIGTERM. In a container we are the
    first process, which no signal ends that it does not take: it would be killed ten seconds later.
    """
    try:
        run(_stoppable(main))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(0)


async def _stoppable(main: _Main) -> None:
    stopped = asyncio.create_task(main)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.cancel)
    await stopped
