"""Desk serving: a person's own desk behind the guard, on this machine, in the dress of a node."""

import contextlib
import socket
from collections.abc import AsyncIterator

from wayhome.desk.app import Door
from wayhome.desk.app import app as make_desk
from wayhome.desk.desk import Desk
from wayhome.desk.organiser import Organiser
from wayhome.serving import serving
from wayhome.web.assets import assets


@contextlib.asynccontextmanager
async def desk_pages(
    desk: Desk | None, door: Door, organiser: Organiser | None = None
) -> AsyncIterator[str]:
    """Serve a caseworker's desk, an organiser's or both to this machine; give host and port."""
    given = assets().by_name
    fonts = {one.name: one.body for one in given.values() if one.name.endswith(".woff2")}
    dress = fonts | {name: given[name].body for name in ("style.css", "icon.svg")}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"127.0.0.1:{port}"
    async with serving(make_desk(desk, door, address, dress, organiser), port):
        yield address
