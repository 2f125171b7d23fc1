"""Settings that a node could start with and would never do what was meant are refused."""

from pathlib import Path

import pytest

from cli.town import Machine
from wayhome.config import ConfigFault, read_config
from wayhome.crypto import keys
from wayhome.nodekey import node_key

GROUP = "ab" * 32


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('home = ["Самара"]', "no group's id"),
        (f'home = ["{GROUP.upper()}"]', "no group's id"),
        ("port = -1", "a port is 1 to 65535"),
        ("port = 65536", "a port is 1 to 65535"),
        ("reach = -1", "not below 0"),
        ('address = "samara.example"', "write https://host"),
        ('address = "https://samara.example/"', "without a slash"),
        ('address = "https://a.example\\r\\nx: y"', "write https://host"),
        ('address = "https://a.example:70000"', "write https://host"),
        ('socks = "127.0.0.1:9050"', "socks: write socks5://"),
        ('socks = "http://127.0.0.1:9050"', "socks: write socks5://"),
        ('socks = "socks5://127.0.0.1"', "socks: write socks5://"),
        ('onion = "https://a.example"', "onion: write http://"),
        (f'onion = "http://{"a" * 56}.onion"', "must be https"),
    ],
)
def test_a_value_that_cannot_be_meant_stops_the_start(
    setting: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "node.toml"
    path.write_text(setting if setting.startswith("home") else f'home = ["{GROUP}"]\n{setting}\n')
    with pytest.raises(ConfigFault, match=said):
        read_config(path)


@pytest.mark.parametrize(
    "setting",
    [
        'address = "https://samara.example.org"',
        'address = "http://127.0.0.1:8001"',
        'address = "https://copies.example/samara"',
        'address = "http://[::1]:8000"',
        f'address = "https://a.example"\nonion = "http://{"a" * 56}.onion"',
        'socks = "socks5://127.0.0.1:9050"',
        'socks = "socks5h://name:word@127.0.0.1:9050"',
    ],
)
def test_what_is_meant_is_taken(setting: str, tmp_path: Path) -> None:
    (tmp_path / "node.toml").write_text(f'home = ["{GROUP}"]\n{setting}\n')
    assert read_config(tmp_path / "node.toml").home == (GROUP,)


def test_a_key_that_was_cut_is_named_and_none_is_made_in_its_place(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    public = machine.does("group", "node-key", "node").strip()
    assert machine.does("group", "node-key", "node").strip() == public
    key = tmp_path / "node" / "node.key"
    assert [one.name for one in key.parent.iterdir()] == ["node.key"]
    assert key.stat().st_mode & 0o777 == 0o600
    secret = key.read_text()
    for damaged in ("", secret[:40], "00" * 32, f"x{secret[1:]}"):
        key.write_text(damaged)
        said = machine.is_refused("group", "node-key", "node")
        assert "is no key any more" in said
        assert secret[:8] not in said
        assert key.read_text() == damaged


def test_an_organisers_key_that_was_cut_is_not_taken_for_another(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.key()
    path = tmp_path / "mine.key"
    path.write_bytes(path.read_bytes()[:-20])
    assert "does not open it" in machine.is_refused("key", "show", "mine.key")


def test_a_key_is_made_whole_or_not_at_all(tmp_path: Path) -> None:
    """A machine that stopped in the middle left half of one beside its place."""
    folder = tmp_path / "node"
    folder.mkdir()
    (folder / "unfinished.key").write_text("ab" * 10)
    public = Machine(tmp_path).does("group", "node-key", "node").strip()
    assert keys.public_key(node_key(folder)) == public
    assert not (folder / "unfinished.key").exists()


def test_what_is_typed_is_looked_at_like_a_setting(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    assert "no group's id" in machine.is_refused("serve", "--home", "Самара")
    (tmp_path / "node.toml").write_bytes(b"home = [\xff]")
    assert "not plain text in UTF-8" in machine.is_refused("serve")
    assert not (tmp_path / "node-data").exists()
