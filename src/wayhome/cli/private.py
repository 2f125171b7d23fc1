"""Private: a process that has keys leaves no file of its memory, and quotes nobody."""

import ctypes
import logging
import resource
import sys
import traceback
from collections.abc import Iterator
from typing import TextIO

_SET_DUMPABLE = 4  # prctl(2): no core file, and no other process of this user may look inside


def leave_no_core_file() -> None:
    """Write no core file, whatever happens, and let no other program of this user read our memory.

    Units in deploy/ ask systemd for the same; this is for whoever starts the program by hand.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)


def quote_nobody() -> None:
    """Say of a fault, our own or a library's, where it is and nothing of what people sent."""
    logging.basicConfig(level=logging.WARNING, handlers=[warnings_to(sys.stderr)])
    sys.excepthook = lambda _type, fault, _where: sys.stderr.write(f"{places_of(fault)}\n")


def warnings_to(stream: TextIO) -> logging.Handler:
    """Give what writes the libraries' warnings: what went wrong, where, and no words of anybody."""
    made = logging.StreamHandler(stream)
    made.setFormatter(_Formatter())
    return made


def places_of(fault: BaseException) -> str:
    """Give the places in the code that a fault came by, and its name.

    Its own words may quote what a person sent: a code, a text, an address.
    """
    return "\n".join(_lines(fault))


def _lines(fault: BaseException) -> Iterator[str]:
    before = fault.__cause__ or fault.__context__
    if before is not None:
        yield from _lines(before)
    yield from "".join(traceback.format_tb(fault.__traceback__)).splitlines()
    yield type(fault).__name__
    if isinstance(fault, BaseExceptionGroup):
        for one in fault.exceptions:
            yield from _lines(one)


class _Formatter(logging.Formatter):
    """The first line as it stands in the code, without what was put into it; then the places."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the lines."""
        said = record.msg.strip().partition("\n")[0] if isinstance(record.msg, str) else ""
        fault = record.exc_info[1] if record.exc_info else None
        return "\n".join(one for one in (said, places_of(fault) if fault else "") if one)
