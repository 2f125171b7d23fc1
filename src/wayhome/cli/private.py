"""Private: a process that has keys in its memory leaves no file of that memory behind."""

import ctypes
import resource
import sys

_SET_DUMPABLE = 4  # prctl(2): no core file, and no other process of this user may look inside


def leave_no_core_file() -> None:
    """Write no core file, whatever happens, and let no other program of this user read our memory.

    Units in deploy/ ask systemd for the same; this is for whoever starts the program by hand.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
