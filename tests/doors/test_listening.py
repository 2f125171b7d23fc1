"""Where a program cannot listen it ends, and says why: another sits there only where one does."""

import asyncio
import contextlib
import socket
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from ports import free_port
from relaying import PATIENCE
from wayhome.pages import guard
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


def test_who_comes_to_a_crowd_that_says_nothing_holds_no_file_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guard, "CROWD", 3)

    async def run() -> None:
        port = free_port()
        async with serving(silent, port):
            lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
            async with asyncio.timeout(PATIENCE):
                for reader, _ in lines[3:]:
                    with contextlib.suppress(ConnectionError):
                        assert await reader.read() == b""
            assert not lines[0][0].at_eof()
            for _, writer in lines:
                writer.close()

    asyncio.run(run())


def test_what_is_wrong_with_the_place_itself_is_said(tmp_path: Path) -> None:
    assert "no such folder" in refused(path=str(tmp_path / "no" / "where"))
    assert "this machine has no such address" in refused(host="192.0.2.1")
    assert "another program" not in refused(host="no.such.host.invalid")
