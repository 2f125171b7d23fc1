"""Three organisers, three machines, three nodes: a proposal travels and collects its sigs."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.test_amending import KEY
from cli.test_refusals import group_in
from cli.town import Machine, Town
from ports import free_port

pytestmark = pytest.mark.slow


@dataclass
class Samara:
    """Three machines with a node each, and a fourth whose holder is to join."""

    machines: list[Machine]
    keys: list[str]
    group: str
    addresses: list[str]
    town: Town

    def settle(self) -> None:
        """Let the nodes fetch from each other."""
        self.town.settle()

    def seen(self, *words: str) -> str:
        """What a command shows; the same from every node."""
        shown = {self.machines[3].does(*words, "--from", one) for one in self.addresses}
        assert len(shown) == 1
        return shown.pop()


@pytest.fixture
def samara(tmp_path: Path, nodes: Town) -> Samara:
    machines = [Machine(tmp_path / name) for name in ("anna", "olga", "vera", "nina")]
    keys = [one.key() for one in machines]
    anna = machines[0]
    named = [word for key in keys[1:3] for word in ("--organiser", key)]
    anna.does("group", "found", "--name", "Самара", "--k", 3, *named, *KEY, "--out", "c.jsonl")
    group = group_in(anna, "c.jsonl")
    ports = [free_port() for _ in range(3)]
    addresses = [f"http://127.0.0.1:{port}" for port in ports]
    for one, port, own in zip(machines[:3], ports, addresses, strict=True):
        nodes.serve(one.folder / "node", group, port, [each for each in addresses if each != own])
    anna.does("group", "send", "c.jsonl", "--to", addresses[0])
    nodes.settle()
    for one, node in zip(machines[1:3], addresses[1:], strict=True):
        assert "1 signed" in one.does("cosign", *KEY, "--to", node)
    nodes.settle()
    return Samara(machines, keys, group, addresses, nodes)


def test_a_proposal_travels_and_is_cosigned_where_each_organiser_is(samara: Samara) -> None:
    anna, olga, vera, nina = samara.machines
    here, there, beyond = samara.addresses
    named = ("--add", samara.keys[3], "--name", "Самара и Тольятти")
    said = vera.does("group", "amend", *named, *KEY, "--to", beyond)
    amendment = re.findall(r"^CHARTER  ([0-9a-f]{64})", said, re.MULTILINE)[0]
    samara.settle()
    for one, node in ((olga, there), (anna, here)):
        ask = ("cosign", amendment, "--key", "mine.key", "--to", node)
        assert "organiser joins" in one.does(*ask, typed="n\n")
        assert "1 signed" in one.does("cosign", *KEY, "--to", node)
        samara.settle()
    assert "1 signed" in nina.does("cosign", *KEY, "--to", there)
    samara.settle()

    shown = samara.seen("group", "show", samara.group)
    assert "Самара и Тольятти" in shown
    assert "3 of 4" in shown
    assert "proposals" not in shown
    history = samara.seen("group", "history", samara.group)
    assert f"organiser joins: {samara.keys[3]}" in history
    assert history.count("signed by") == 3 + 4
