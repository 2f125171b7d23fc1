"""A new node needs a group and a peer, and holds and shows minutes later what the peer holds."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest

from cli.town import Machine, Town
from faults.processes import wait_until
from ports import free_port

pytestmark = pytest.mark.slow

PATIENCE = 120.0  # seconds; a program starts on a machine that does other things besides
WAYHOME = str(Path(sys.executable).with_name("wayhome"))


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[str]:
    """Run `wayhome serve` in a folder; give its address."""
    folder.mkdir()
    port = free_port()
    (folder / "node.toml").write_text(f"home = []\nport = {port}\n")
    program = subprocess.Popen([WAYHOME, "serve", *words], cwd=folder, stdout=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        program.terminate()
        assert program.wait() == 0  # as after Ctrl-C: all was closed


def shown(address: str, path: str) -> bytes:
    try:
        return httpx.get(f"{address}{path}", trust_env=False, timeout=120).content
    except httpx.HTTPError:
        return b""


def shows_the_same(one: str, other: str, page: str) -> bool:
    return shown(one, page) == shown(other, page) != b""


def test_a_new_node_shows_what_its_peer_shows(anna: Machine, nodes: Town, tmp_path: Path) -> None:
    home = json.loads((anna.folder / "alone.jsonl").read_text().splitlines()[0])["id"]
    old = nodes.serve(tmp_path / "old", home, free_port())
    anna.does("group", "send", "alone.jsonl", "--to", old)
    with serving(tmp_path / "new", "--home", home, "--peer", old) as new:
        pages = ("/ru/groups.html", f"/ru/group/{home}.html")
        for page in pages:
            wait_until("it shows the same", partial(shows_the_same, new, old, page), PATIENCE)
        said = json.loads(anna.does("status", new, "--json"))
        assert said["records"]["3960"] == 1
        assert [(peer["address"], peer["number"], peer["fault"]) for peer in said["peers"]] == [
            ("", 1, "")  # whom an operator asks is not told
        ]
        assert said["peers"][0]["agreed"] > 0
        words = anna.does("status", new)
        assert "number 1 of the settings" in words
        assert old not in words


def test_the_status_of_a_node_whose_peers_are_all_away_is_a_failure(
    anna: Machine, tmp_path: Path
) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    with serving(tmp_path / "alone", "--home", "0" * 64, "--peer", nobody) as address:
        wait_until(
            "it tells", lambda: b"nobody-listens" in shown(address, "/status.json"), PATIENCE
        )
        said = anna.is_refused("status", address)
        assert "nobody-listens" in said


def test_what_is_no_node_has_no_status(anna: Machine) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    assert "does not answer as a node does" in anna.is_refused("status", address)
