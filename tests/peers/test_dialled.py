"""An address in a text makes no node call there: settings and charters within reach do."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from petition_world import OPEN, Group, World
from wayhome.channel.service import Writing, write
from wayhome.groups.service import link_to
from wayhome.node import Node, NodeParts
from wayhome.peers.service import Asked
from wayhome.web.site import Face

ASKED = "http://127.0.0.1:9"  # of the settings; nobody is there
_listening: list[list[str]] = []


def _note(event: str, told: tuple[object, ...]) -> None:
    """Write down who is looked up or dialled, and let nothing of it happen."""
    if not _listening or event not in ("socket.getaddrinfo", "socket.connect"):
        return
    place = told[0] if event == "socket.getaddrinfo" else told[1]
    host = place[0] if isinstance(place, tuple) else place
    _listening[-1].append(host.decode() if isinstance(host, bytes) else str(host))
    raise OSError("there is no network here")


sys.addaudithook(_note)  # for good; it does nothing while nobody listens


@contextmanager
def dialled() -> Iterator[list[str]]:
    found: list[str] = []
    _listening.append(found)
    try:
        yield found
    finally:
        _listening.pop()


def test_only_peers_of_the_settings_and_nodes_of_charters_within_reach_are_dialled(
    tmp_path: Path,
) -> None:
    world, far = World(2, 2), Group("far", number=5)
    first, second = world.groups
    # what else names addresses: a desk's, as its petition says, and whatever stands in a text
    text = "https://text.example/ ![x](http://10.0.0.1/a) <wss://text.example:7777> 203.0.113.7"
    for own in (first, second):
        own.say(write((own.id, own.id), Writing(text, "ru", text, "post"), OPEN))
    first.say(link_to(first.id, first.id, second.id, second.id, OPEN))
    far.say(write((far.id, far.id), Writing("t", "ru", text, "post"), OPEN))
    parts = NodeParts(tmp_path, (first.id,), Face({}, {}), (Asked(ASKED),))
    node = Node(parts, lambda: OPEN)
    lines = [one.line for one in (*world.records, *far.records)]

    async def story() -> None:
        for _ in range(2):
            async for _ in node.intake.receive_lines(lines, "peer"):
                pass
            await node.peers.once()
            await node.tick()
            await node.find_lists()

    try:
        with dialled() as found:
            asyncio.run(story())
    finally:
        node.close()
    assert set(found) == {"127.0.0.1", "volga.example", "ural.example"}
