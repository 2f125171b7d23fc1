"""Ports of this machine that nobody else is given for as long as these tests run.

Each is bound here and not listened on. A server that may take an address again, as all of ours do,
listens there all the same; the system gives it to nobody, and nobody answers there before.
"""

import socket

_KEPT: list[socket.socket] = []  # until this process ends


def free_port() -> int:
    return _keep(0)


def free_ports(number: int) -> list[int]:
    return [free_port() for _ in range(number)]


def free_row(*places: int) -> int:
    """Give a port, so that the ports at these places above it are free too."""
    for first in range(20_000, 32_000, 7):  # none of those that the system gives
        try:
            for place in places:
                _keep(first + place)
        except OSError:
            continue
        return first
    raise AssertionError("no free ports")


def _keep(port: int) -> int:
    kept = socket.socket()
    try:
        kept.bind(("127.0.0.1", port))  # fails where anybody has it, listening or not
    except OSError:
        kept.close()
        raise
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _KEPT.append(kept)
    given: int = kept.getsockname()[1]
    return given
