"""Settings that a node could start with and would never do what was meant are refused."""

from pathlib import Path

import pytest

from cli.town import Machine
from wayhome.config import ConfigFault, read_config

GROUP = "ab" * 32


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('home = ["Самара"]', "no group's id"),
        (f'home = ["{GROUP.upper()}"]', "no group's id"),
        ("port = 0", "a port is 1 to 65535"),
        ("port = 65536", "a port is 1 to 65535"),
        ("reach = -1", "not below 0"),
        ('address = "samara.example"', "write https://host"),
        ('address = "https://samara.example/"', "without a slash"),
        ('address = "https://a.example\\r\\nx: y"', "write https://host"),
        ('address = "https://a.example:70000"', "write https://host"),
        ('socks = "127.0.0.1:9050"', "socks: write socks5://"),
        ('socks = "http://127.0.0.1:9050"', "socks: write socks5://"),
        ('socks = "socks5://127.0.0.1"', "socks: write socks5://"),
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
        'socks = "socks5://127.0.0.1:9050"',
        'socks = "socks5h://name:word@127.0.0.1:9050"',
    ],
)
def test_what_is_meant_is_taken(setting: str, tmp_path: Path) -> None:
    (tmp_path / "node.toml").write_text(f'home = ["{GROUP}"]\n{setting}\n')
    assert read_config(tmp_path / "node.toml").home == (GROUP,)


def test_what_is_typed_is_looked_at_like_a_setting(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    assert "no group's id" in machine.is_refused("serve", "--home", "Самара")
    (tmp_path / "node.toml").write_bytes(b"home = [\xff]")
    assert "not plain text in UTF-8" in machine.is_refused("serve")
    assert not (tmp_path / "node-data").exists()
