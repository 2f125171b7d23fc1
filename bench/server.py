"""Server: what the benches of doors share: a port, a process of clients that ask, and its price."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CLIENTS = Path(__file__).parent / "clients.py"


def free_port() -> int:
    """Give a port that nothing listens on."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
    return port


async def clients(port: int, path: str, number: int, asked: Sequence[bytes]) -> dict[str, Any]:
    """Let that many clients send these bodies; give what they saw."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(CLIENTS),
        "127.0.0.1",
        str(port),
        path,
        str(number),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate(b"\n".join(asked) + b"\n")
    found: dict[str, Any] = json.loads(told)
    return found


def spent(pid: int) -> float:
    """Give the seconds of CPU that a process and those it has begun, and that live, have used."""
    place = Path(f"/proc/{pid}")
    fields = (place / "stat").read_text("ascii").rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    begun = [one.read_text("ascii").split() for one in place.glob("task/*/children")]
    return own + sum(spent(int(one)) for some in begun for one in some)
