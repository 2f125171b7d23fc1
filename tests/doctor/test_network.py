"""A door that is taken or open to all, peers that are away, a clock that is not theirs."""

import asyncio
import socket
from pathlib import Path

import pytest

from ports import free_port
from wayhome.config import Config, PeerConfig
from wayhome.doctor.network import Answer, clock, door, look_at_network, peers
from wayhome.pages.words import words

EN = words("en")


@pytest.mark.parametrize(
    ("ahead", "state", "words"),
    [
        ([0.4, -0.3, 1.0], "well", "as peers have it: 3 of them"),
        ([61.0, 90.0, 0.0], "warning", "61 seconds behind"),
        ([-700.0, -690.0, 5.0], "bad", "690 seconds ahead of the peers' clocks. Nobody can sign"),
        ([604_800.0, 0.1, 0.2], "well", "as peers have it: 3 of them"),
    ],
)
def test_the_clock_is_judged_by_most_of_the_peers(
    ahead: list[float], state: str, words: str
) -> None:
    found = clock([Answer("https://a.example", one) for one in ahead], EN)
    assert found.state == state
    assert words in found.words


def test_without_a_peer_that_says_the_time_the_clock_is_not_looked_at() -> None:
    assert clock([Answer("https://a.example", fault="ConnectError")], EN).state == "not looked at"


def test_peers_that_are_away_are_named() -> None:
    away, here = Answer("https://a.example", fault="ConnectError"), Answer("https://b.example", 0.0)
    assert [one.state for one in peers([here], EN)] == ["well"]
    [some] = peers([here, away], EN)
    assert (some.state, some.words) == (
        "warning",
        "1 of 2 answer; not https://a.example (ConnectError)",
    )
    assert [one.state for one in peers([away], EN)] == ["bad"]
    assert [one.state for one in peers([], EN)] == ["warning"]


def test_a_port_that_another_program_has_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = asyncio.run(door(Config((), port=port), EN, runs=False))
        assert (found.state, found.name) == ("bad", "door")
        assert f"127.0.0.1:{port} cannot be listened on" in found.words


def test_a_port_open_to_all_is_warned_of_and_a_socket_is_well(tmp_path: Path) -> None:
    free = free_port()
    assert asyncio.run(door(Config((), port=free), EN, runs=False)).state == "well"
    found = asyncio.run(door(Config((), port=free, host="0.0.0.0"), EN, runs=False))  # noqa: S104 - judged
    assert found.state == "warning"
    assert "visitors' addresses" in found.words
    own = Config((), host="0.0.0.0", socket=str(tmp_path / "node.sock"))  # noqa: S104 - not used
    assert asyncio.run(door(own, EN, runs=False)).state == "well"


def test_a_node_that_runs_and_does_not_answer_is_bad() -> None:
    found = asyncio.run(door(Config((), port=free_port()), EN, runs=True))
    assert found.state == "bad"
    assert "does not answer (ConnectError)" in found.words


def test_a_peer_that_is_no_address_is_named_and_nothing_is_raised() -> None:
    urls = ("http://[", f"http://127.0.0.1:{free_port()}")
    settings = Config((), port=free_port(), peer=tuple(PeerConfig(url) for url in urls))
    found = {one.name: one for one in asyncio.run(look_at_network(settings, 0, EN, runs=False))}
    assert "0 of 2 answer; not http://[ (not an address)" in found["peers"].words
