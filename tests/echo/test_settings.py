"""Echo as an operator meets it: off by default, settings that say what is wrong, a dry run."""

import asyncio
from pathlib import Path

import pytest

from cli.conftest import anna, nodes
from cli.town import Machine, Town
from echo.foreign import Relay, running
from ports import free_port
from wayhome.config import ConfigFault, read_config
from wayhome.echo.places import Place
from wayhome.node import Node, NodeParts
from web.small import FACE, Opened, Small

__all__ = ["anna", "nodes"]
HEAD = 'home = ["{}"]\naddress = "https://here.example"\n'


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[[echo]]\nrelay = "https://a.example"\n', "begins with wss://"),
        ('[[echo]]\nform = "long"\n', "needs `relay` or `apprise`"),
        ('[[echo]]\nrelay = "wss://a"\napprise = "json://a"\n', "and not both"),
        ('[[echo]]\nrelay = "wss://a"\nform = "loud"\n', "Invalid enum value 'loud'"),
        ('[[echo]]\nrelai = "wss://a"\n', "did you mean `relay`"),
        ('socks = "socks5://127.0.0.1:9050"\n[[echo]]\napprise = "json://a"\n', "past the proxy"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(more: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "node.toml").write_text(HEAD.format("a" * 64) + more)
    with pytest.raises(ConfigFault, match=said):
        read_config(tmp_path / "node.toml")


def test_without_an_address_there_is_no_proof_and_so_no_echo(tmp_path: Path) -> None:
    (tmp_path / "node.toml").write_text('home = []\n[[echo]]\nrelay = "wss://a.example"\n')
    with pytest.raises(ConfigFault, match="echo needs `address`"):
        read_config(tmp_path / "node.toml")


def test_a_dry_run_prints_what_would_be_said_and_says_nothing(anna: Machine, nodes: Town) -> None:
    (anna.folder / "text.md").write_text("Мы, родные мобилизованных, просим назвать срок.", "utf-8")
    group = (anna.folder / "alone.jsonl").read_text("utf-8")[7:71]
    address = nodes.serve(anna.folder / "node-data", group, free_port())
    anna.does("group", "send", "alone.jsonl", "--to", address)
    words = ("post", "write", "text.md", "--title", "Срок\u202e", "--key", "mine.key")
    anna.does(*words, "--to", address, "--yes")
    assert nodes.nodes[address].echo.states == ()

    places = '[[echo]]\nrelay = "ws://127.0.0.1:9"\nhistory = true\n[[echo]]\nrelay = "wss://b.example"\n'
    (anna.folder / "node.toml").write_text(HEAD.format(group) + places)
    said = anna.does("serve", "--echo-dry-run")
    assert "127.0.0.1:9: Срок<U+202E>" in said
    assert "\u202e" not in said
    assert "https://here.example/ru/post/" in said
    assert "1 would be said, at 2 places" in said
    assert not (anna.folder / "node-data" / "echo").exists()


def test_the_page_about_the_node_and_its_status_say_how_it_stands(tmp_path: Path) -> None:
    small = Small()
    homes = tuple(g.id for g in small.world.groups)

    async def story(opened: Opened) -> None:
        async with running(Relay("refuse")) as relay:
            place = Place(relay=relay.address, history=True)
            parts = NodeParts(tmp_path / "node", homes, FACE, echo=(place,))
            opened.node = Node(parts, lambda: opened.now)
            await opened.node.echo.round()

    opened = Opened(tmp_path / "node", homes)
    opened.take(small.lines)
    before = opened.get("/en/node.html").text
    opened.node.close()
    try:
        asyncio.run(story(opened))
        page = opened.get("/en/node.html").text
        told = opened.get("/status.json").json()["echo"]
    finally:
        opened.node.close()
    assert "says texts once more" not in before
    assert "Where it says texts once more" in page
    assert "blocked: not on the list" in page
    assert told[0]["waiting"] == told[0]["refused"] > 3
