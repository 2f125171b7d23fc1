"""Where a program cannot listen it ends, and says why: another sits there only where one does."""

import asyncio
import socket
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from wayhome.serving import DoorTaken, serving


async def silent(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Answer nobody."""


def refused(port: int = 0, host: str = "127.0.0.1", path: str = "") -> str:
    async def listen() -> None:
        async with serving(silent, port, host, path):
            pass

    with pytest.raises(DoorTaken) as told:
        asyncio.run(listen())
    return str(told.value)


def test_another_program_is_named_where_there_is_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused(port)
    assert said == f"127.0.0.1:{port} cannot be listened on: another program is there"


def test_what_is_wrong_with_the_place_itself_is_said(tmp_path: Path) -> None:
    assert "no such folder" in refused(path=str(tmp_path / "no" / "where"))
    assert "this machine has no such address" in refused(host="192.0.2.1")
    assert "another program" not in refused(host="no.such.host.invalid")
