"""A relay that nobody here wrote carries records from one node to another that has no way to it."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from cli.test_serving import WAYHOME
from cli.town import Machine
from faults.processes import LOST, wait_until
from groups.world import World
from nodejs import NODE, PACKAGES
from ports import free_port

PATIENCE = 120.0  # seconds; three programs start on a machine that does other things besides
RELAY = str(Path(__file__).parent / "foreign_relay.cjs")


@contextmanager
def running(*command: str, folder: Path) -> Iterator[None]:
    program = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        program.kill()
        program.wait()


def page_of(port: int, path: str) -> str:
    line = HTTPConnection("127.0.0.1", port, PATIENCE)
    try:
        line.request("GET", path)
        return line.getresponse().read().decode()
    except LOST:  # it does not listen yet
        return ""
    finally:
        line.close()


def settled(folder: Path, home: str, peer: str) -> tuple[Machine, int]:
    """Give a machine with the settings of a node, and the node's port."""
    machine, port = Machine(folder), free_port()
    folder.mkdir()
    (folder / "node.toml").write_text(f'home = ["{home}"]\nport = {port}\n[[peer]]\n{peer}')
    return machine, port


@pytest.mark.slow  # it needs the packages of web/
def test_a_foreign_relay_carries_a_text_from_one_node_to_another(tmp_path: Path) -> None:
    """What it does not take is named by whoever offered it, with the reason."""
    world = World()
    charter, other = world.found("Матери", 1, "a"), world.found("Жёны", 1, "b")
    text, link = world.post(charter, "a", "Назвать срок службы"), world.link(charter, "a", other)
    relay = free_port()
    url = f'url = "ws://127.0.0.1:{relay}"\n'
    ours, here = settled(tmp_path / "ours", charter.id, f"{url}offers = true\n")
    theirs, there = settled(tmp_path / "theirs", charter.id, url)
    (ours.folder / "all.jsonl").write_bytes(b"".join(one.line + b"\n" for one in world.records))
    ours.does("import", "all.jsonl")
    with ExitStack() as stack:
        stack.enter_context(running(NODE, RELAY, PACKAGES, str(relay), folder=tmp_path))
        for one in (ours, theirs):
            stack.enter_context(running(WAYHOME, "serve", folder=one.folder))
        path = f"/ru/post/{text.id}.html"
        wait_until("it shows it", lambda: "Назвать срок службы" in page_of(there, path), PATIENCE)
        wait_until("it tells", lambda: link.id in page_of(here, "/status.json"), PATIENCE)
        assert f"blocked: {link.id}, kind 3962" in ours.does("status")
