"""Background: a thread that works in batches lets those go first that answer somebody."""

import contextlib
import os


def in_background() -> None:
    """Let this thread, and what it begins, interrupt nobody when there is something to do for it.

    It has as much of a processor as before. Linux's SCHED_BATCH, sched(7); where that is not
    allowed or not known, nothing changes.
    """
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
