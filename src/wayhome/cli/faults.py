"""Faults of the person, the disk or another program; whatever else is raised is ours.

They are in most of the program, so this file is read only once something was raised.
"""

import errno
import os
from collections.abc import Iterator

from wayhome.backup import BackupFault
from wayhome.config import ConfigFault
from wayhome.demo import DemoFault
from wayhome.desk.keyring import KeyringFault
from wayhome.desk.known import DeskFault
from wayhome.mirror.folder import MirrorFault
from wayhome.node import NodeInUse
from wayhome.nodekey import BadKey
from wayhome.packfile import PackFault
from wayhome.peers.way import BadAddress
from wayhome.records.refused import Refused
from wayhome.serving import DoorTaken
from wayhome.sources import SourceFault
from wayhome.stamping.book import BookFault
from wayhome.store.migrate import BadDatabase
from wayhome.store.store import StorageFault
from wayhome.wiping import WipeFault

FAULTS = (
    BackupFault,
    BadAddress,
    BadDatabase,
    BadKey,
    BookFault,
    ConfigFault,
    DemoFault,
    DeskFault,
    DoorTaken,
    KeyringFault,
    MirrorFault,
    NodeInUse,
    PackFault,
    Refused,
    SourceFault,
    StorageFault,
    WipeFault,
)
# what is the same however often it is tried: settings, and what they name
_SETTINGS = (BadAddress, ConfigFault, PackFault)
# what a disk says that names no file
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG}


def told(fault: Exception) -> str | None:
    """Give what is said of a fault; None where it is our own, and is to show where it was made."""
    match fault:
        case ExceptionGroup():  # of the tasks that a server runs
            theirs, others = fault.split(FAULTS)
            is_theirs = theirs is not None and others is None
            return "; ".join(dict.fromkeys(map(str, _each(fault)))) if is_theirs else None
        case _ if isinstance(fault, FAULTS):
            return str(fault)
        case OSError():
            return _of_disk(fault)
        case UnicodeEncodeError() if any("\ud800" <= one <= "\udfff" for one in fault.object):
            return "what was typed is not text in UTF-8"  # a terminal gives lone surrogates
        case _:
            return None


def status(fault: Exception) -> int:
    """Give what the program exits with, which says to who started it whether to try again.

    78 is what systemd calls CONFIG, and its units here do not start again after it.
    """
    return os.EX_CONFIG if isinstance(fault, _SETTINGS) else 1


def _of_disk(fault: OSError) -> str | None:
    if fault.filename is not None:
        return f"{fault.filename}: {fault.strerror}"
    return fault.strerror if fault.errno in _DISK else None


def _each(faults: ExceptionGroup[Exception]) -> Iterator[Exception]:
    for one in faults.exceptions:
        if isinstance(one, ExceptionGroup):
            yield from _each(one)
        else:
            yield one
