"""doctor: what it says of a running node, in words and for machines, and where a text is found."""

import json
import re
from pathlib import Path

import pytest

from cli.town import Machine, Town
from petition_world import World
from ports import free_port
from wayhome.stamping.service import StampingDesk


@pytest.fixture
def machine(tmp_path: Path, nodes: Town) -> Machine:
    """A machine on which a node runs, with a peer that runs too."""
    world = World(1, 1)
    ports = free_port(), free_port()
    other = nodes.serve(tmp_path / "other", world.groups[0].id, ports[1])
    folder = tmp_path / "mine"
    address = nodes.serve(folder / "node-data", world.groups[0].id, ports[0], [other])
    node = nodes.nodes[address]

    async def take() -> None:
        for _ in range(3):
            async for _ in node.intake.receive_lines(world.lines, "own"):
                pass

    nodes.call(take())
    (folder / "node.toml").write_text(
        f'home = ["{world.groups[0].id}"]\nport = {ports[0]}\n[[peer]]\nurl = "{other}"\n'
    )
    return Machine(folder)


def states(said: str) -> dict[str, str]:
    return {one["name"]: one["state"] for one in json.loads(said)["findings"]}


def test_a_running_node_is_looked_at_from_its_disk_to_its_peers(machine: Machine) -> None:
    result = machine("doctor", "--json")
    found = states(result.stdout)
    looked = {"permissions", "keys", "records", "proposals", "held", "attachments"}
    looked |= {"door", "peers", "clock"}
    assert {name: found[name] for name in looked} == dict.fromkeys(looked, "well")
    assert {"disk", "file system", "swap", "core files"} < set(found)
    assert result.exit_code == (1 if "warning" in found.values() else 0)


def test_it_says_what_to_do_in_both_languages_and_exits_with_2_where_something_is_bad(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    (machine.folder / "node-data" / "node.key").chmod(0o644)
    result = machine("doctor", "--lang", "en")
    assert result.exit_code == 2
    assert "others may read node-data/node.key. chmod 700 the folder" in result.stdout
    assert "each verified" in result.stdout
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")  # a terminal's own language
    russian = machine("doctor").stdout
    assert "прочесть могут и другие: node-data/node.key. chmod 700 на папку" in russian
    assert not {"well", "bad", "records", "free", "each", "answers"} & set(
        re.findall(r"\w+", russian)
    )


def test_a_folder_is_looked_at_without_settings(tmp_path: Path) -> None:
    StampingDesk.make(tmp_path / "desk")
    found = states(Machine(tmp_path)("doctor", "desk", "--json").stdout)
    assert found["keys"] == found["permissions"] == "well"
    assert "peers" not in found
    assert "there is no folder" in Machine(tmp_path).is_refused("doctor", write(tmp_path))


def write(folder: Path) -> Path:
    path = folder / "node.toml"
    path.write_text('home = []\ndata = "nowhere"\n')
    return path


@pytest.mark.parametrize(
    ("raw", "times"),
    [
        ("Мария Иванова".encode(), 1),
        ("мария x Мария Иванова, МАРИЯ Мария Иванова".encode(), 2),
        (json.dumps("Мария Иванова").encode(), 1),
        ("Мария Иванова".encode("utf-16-le"), 1),
        (b"\xff" * ((1 << 20) - 5) + "Мария Иванова".encode(), 1),
        ("Мария".encode(), 0),
    ],
)
def test_a_text_is_found_wherever_it_lies_and_nothing_is_said_where_it_does_not(
    tmp_path: Path, raw: bytes, times: int
) -> None:
    folder = tmp_path / "node-data"
    folder.mkdir()
    (folder / "a file").write_bytes(raw)
    for given in ({"typed": None}, {"typed": "Мария Иванова\n"}):
        word = "Мария Иванова" if given["typed"] is None else "-"
        result = Machine(tmp_path)("doctor", "node-data", "--holds", word, **given)
        assert result.exit_code == (1 if times else 0)
        said = f"node-data/a file: {times}, " if times else ""
        assert result.stdout.startswith(said)
        assert bool(result.stdout) == bool(times)


def test_a_name_of_a_file_is_searched_too(tmp_path: Path) -> None:
    (tmp_path / "node-data" / "Kanareika").mkdir(parents=True)
    result = Machine(tmp_path)("doctor", "node-data", "--holds", "kanareika")
    assert result.stdout == "node-data/Kanareika: 1, in its name\n"
    assert "everywhere" in Machine(tmp_path)("doctor", "node-data", "--holds", "").output
