"""key, export, import, serve: what they leave on the disk, and what they refuse."""

import os
import signal
import socket
import subprocess
import sys
import threading
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from cli.test_recount import closed, write
from cli.town import Machine, Town
from petition_world import OPEN, World
from ports import free_port
from wayhome.crypto import keys
from wayhome.desk import keyring
from wayhome.groups import service as groups


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path / "node")
    made.folder.mkdir()
    return made


def world_in(machine: Machine) -> World:
    """A petition in a file, and the settings of a node that carries it."""
    world = World(1, 1)
    (machine.folder / "all.jsonl").write_bytes(b"".join(b"%b\n" % line for line in world.lines))
    (machine.folder / "node.toml").write_text(f'home = ["{world.groups[0].id}"]\n')
    return world


def test_a_new_key_is_for_its_owner_and_shows_only_its_public_half(machine: Machine) -> None:
    public = machine.key("a.key")
    path = machine.folder / "a.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert machine.does("key", "show", "a.key").strip() == public
    assert keys.public_key(keyring.open_key(path, "")) == public


def test_a_key_is_sealed_by_its_passphrase(machine: Machine) -> None:
    said = machine.does("key", "new", "a.key", typed="many long words\nmany long words\n")
    public = said.split()[-1]
    raw = (machine.folder / "a.key").read_bytes()
    secret = keyring.open_key(machine.folder / "a.key", "many long words")
    assert secret.hex().encode() not in raw
    assert secret not in raw
    assert public in machine.does("key", "show", "a.key", typed="many long words\n")
    assert "does not open it" in machine.is_refused("key", "show", "a.key", typed="other\n")
    assert "many long words" not in said


def test_a_key_is_never_written_over(machine: Machine) -> None:
    machine.key("a.key")
    before = (machine.folder / "a.key").read_bytes()
    said = machine.is_refused("key", "new", "a.key", "--no-passphrase")
    assert "never written over" in said
    assert (machine.folder / "a.key").read_bytes() == before


def test_what_is_imported_is_what_is_exported(machine: Machine) -> None:
    world = world_in(machine)
    said = machine.does("import", "all.jsonl")
    assert f"{len(world.lines)} records are kept" in said
    machine.does("export", "node-data", "copy")
    lines = (machine.folder / "copy" / "records.jsonl").read_bytes().splitlines()
    assert sorted(lines) == sorted(world.lines)
    machine.does("import", "copy")
    machine.does("export", "node-data", "again")
    copies = [(machine.folder / name / "records.jsonl").read_bytes() for name in ("copy", "again")]
    assert copies[0] == copies[1]


def test_of_list_files_only_those_that_are_named_are_imported(machine: Machine) -> None:
    world = closed()
    write(world, machine.folder / "copy")
    stray = sha256(b"x" * 32).hexdigest()
    (machine.folder / "copy" / "lists" / stray).write_bytes(b"x" * 32)
    home = ", ".join(f'"{one.id}"' for one in world.groups)
    (machine.folder / "node.toml").write_text(f"home = [{home}]\n")
    machine("import", "copy")
    held = {one.name for one in (machine.folder / "node-data" / "lists").iterdir()}
    assert held == set(world.files)


def test_one_import_takes_the_words_of_a_group_that_a_link_brings_within_reach(
    machine: Machine,
) -> None:
    world = World(3, 2)
    own, *others = world.groups
    for other in others:
        own.say(groups.link_to(own.id, own.id, other.id, other.id, OPEN))
    (machine.folder / "all.jsonl").write_bytes(b"".join(b"%b\n" % line for line in world.lines))
    (machine.folder / "node.toml").write_text(f'home = ["{own.id}"]\n')
    machine.does("import", "all.jsonl")


def test_a_refused_record_is_counted_by_reason_and_stops_nothing(machine: Machine) -> None:
    world = world_in(machine)
    spoilt = [world.lines[0].replace(b"volga", b"ural!"), b"nonsense"]
    (machine.folder / "all.jsonl").write_bytes(b"\n".join([*spoilt, *world.lines]) + b"\n")
    result = machine("import", "all.jsonl")
    assert result.exit_code == 1
    assert "refused bad-form: 1" in result.stderr
    assert "refused bad-id: 1" in result.stderr
    assert f"{len(world.lines)} records are kept" in result.stdout


def test_records_of_a_group_that_the_node_does_not_carry_are_refused(machine: Machine) -> None:
    world_in(machine)
    (machine.folder / "node.toml").write_text(f'home = ["{"f" * 64}"]\n')
    result = machine("import", "all.jsonl")
    assert result.exit_code == 1
    assert "refused unknown-group" in result.stderr


def test_a_running_node_is_not_imported_into(machine: Machine, nodes: Town) -> None:
    world = world_in(machine)
    nodes.serve(machine.folder / "node-data", world.groups[0].id, free_port())
    assert "another node is running" in machine.is_refused("import", "all.jsonl")


def test_an_export_is_never_written_over_another(machine: Machine) -> None:
    world_in(machine)
    machine.does("import", "all.jsonl")
    machine.does("export", "node-data", "copy")
    before = (machine.folder / "copy" / "records.jsonl").read_bytes()
    assert "copy has records already" in machine.is_refused("export", "node-data", "copy")
    assert (machine.folder / "copy" / "records.jsonl").read_bytes() == before


def test_an_export_of_what_is_no_node_is_refused(machine: Machine) -> None:
    said = machine.is_refused("export", f"http://127.0.0.1:{free_port()}", "copy")
    assert "does not answer" in said
    assert "not a node's folder" in machine.is_refused("export", "nothing", "copy2")
    assert not (machine.folder / "nothing").exists()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('hme = ["x"]\n', "did you mean `home`?"),
        ('home = []\npeers = ["x"]\n', "did you mean `peer`?"),
        ('home = []\n[[peer]]\nurl = "ws://x"\noffer = true\n', "did you mean `offers`?"),
        ("home = []\n[[peer]]\noffers = true\n", "missing required field `url`"),
        ('home = []\n[[peer]]\nurl = "example.org"\n', "a host, and at most a path"),
        ("home = []\nlisten = true\n", "settings are home, address"),
        ('home = "x"\n', "Expected `array`, got `str` - at `$.home`"),
        ("port = 8000\n", "missing required field `home`"),
        ("home = [\n", "node.toml"),
        ('home = []\nport = "8000"\n', "at `$.port`"),
    ],
)
def test_a_setting_that_is_none_is_refused_with_the_nearest_name(
    machine: Machine, settings: str, said: str
) -> None:
    (machine.folder / "node.toml").write_text(settings)
    assert said in machine.is_refused("serve", "node.toml")
    assert not (machine.folder / "node-data").exists()


def test_settings_that_are_not_there_are_named(machine: Machine) -> None:
    assert "none.toml: No such file" in machine.is_refused("serve", "none.toml")
    assert "there is no node.toml here: name" in machine.is_refused("serve")
    for command in (("doctor",), ("backup", "copy"), ("mirror", "copy")):
        assert "there is no node.toml here: go to" in machine.is_refused(*command)


@pytest.mark.slow
def test_a_node_serves_until_it_is_told_to_stop(machine: Machine) -> None:
    world = world_in(machine)
    machine.does("import", "all.jsonl")
    port = free_port()
    (machine.folder / "node.toml").write_text(f'home = ["{world.groups[0].id}"]\nport = {port}\n')
    with _started(machine, "serve", "node.toml") as process:
        assert process.stdout is not None
        assert f"listens on 127.0.0.1:{port}" in process.stdout.readline()
        told = httpx.get(
            f"http://127.0.0.1:{port}/records/3970.jsonl", trust_env=False, timeout=120
        )
        assert told.text == world.petition.line.decode() + "\n"
        assert leaves_no_core_file(process.pid)
        said = machine.is_refused("serve", "node.toml")
        assert "another node is running on this folder" in said
        process.send_signal(signal.SIGINT)
        assert process.wait(300) == 0


@pytest.mark.slow
def test_a_node_on_a_socket_is_asked_there_by_its_own_commands(machine: Machine) -> None:
    world_in(machine)
    (machine.folder / "node.toml").write_text('home = []\nsocket = "node.sock"\nport = 9\n')
    with _started(machine, "serve", "node.toml") as process:
        assert process.stdout is not None
        assert "listens on node.sock" in process.stdout.readline()
        assert "0 records" in machine.does("status")
        assert "the node answers on node.sock" in machine("doctor").stdout
        process.send_signal(signal.SIGINT)
        assert process.wait(300) == 0


@pytest.mark.slow
def test_a_door_that_another_program_has_is_named_in_one_line(machine: Machine) -> None:
    world_in(machine)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        (machine.folder / "node.toml").write_text(f"home = []\nport = {where.split(':')[1]}\n")
        with _started(machine, "serve", "node.toml") as process:
            said, _ = process.communicate(timeout=300)
    assert process.returncode == 1
    assert f"wayhome: {where} cannot be listened on: another program is there" in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_desk_says_what_it_waits_for(machine: Machine) -> None:
    machine.does("stamp", "make", "desk")
    words = ("--open", "2020-01-01", "--close", "2040-01-02", "--ceiling", 9)
    machine.does("stamp", "set-up", "desk", "ab" * 32, *words)
    node = f"http://127.0.0.1:{free_port()}"
    with _started(
        machine, "stamp", "run", "desk", "--node", node, "--socket", "desk.sock"
    ) as process:
        assert process.stdout is not None
        assert "listens on desk.sock" in process.stdout.readline()
        assert f"the node {node} does not answer" in process.stdout.readline()
        path = machine.folder / "desk.sock"
        assert path.stat().st_mode & 0o777 == 0o666
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), timeout=120) as http:
            answer = http.post("http://desk/stamp", json={"petition": "ab" * 32})
        assert answer.json() == {"refused": "bad-form"}
        assert leaves_no_core_file(process.pid)
        process.send_signal(signal.SIGINT)
        assert process.wait(300) == 0


def leaves_no_core_file(pid: int) -> bool:
    """What the kernel says of a process."""
    limits = Path(f"/proc/{pid}/limits").read_text().splitlines()
    core = next(line for line in limits if line.startswith("Max core file size"))
    return core.split()[4:6] == ["0", "0"]


def test_another_program_of_the_same_user_may_not_look_into_a_node() -> None:
    asked = "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"  # PR_GET_DUMPABLE
    before = "from wayhome.cli.private import leave_no_core_file; leave_no_core_file(); "
    said = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for code in (asked, before + asked)
    ]
    assert [one.stdout.strip() for one in said] == ["1", "0"]


def _started(machine: Machine, *words: str) -> "subprocess.Popen[str]":
    # whoever runs the tests in the background has them ignore SIGINT, and their programs with them
    signal.signal(signal.SIGINT, signal.default_int_handler)
    started = subprocess.Popen(
        [sys.executable, "-c", "from wayhome.cli import main; main()", *words],
        cwd=machine.folder,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    # a command that says nothing must not hang the tests
    timer = threading.Timer(300, started.kill)
    timer.daemon = True
    timer.start()
    return started
