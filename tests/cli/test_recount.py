"""recount: the same number for everybody, and an exit code that says what to think of it."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from cli.town import Machine
from petition_world import OPEN, Group, World
from ports import free_port
from wayhome.codec import limits
from wayhome.petition.kinds import petition
from wayhome.petition.outcome import Recount
from wayhome.petition.service import draft_petition
from wayhome.sources import LIST_BYTES, SourceFault, list_sums


@cache
def closed() -> World:
    """Three people, one of whom withdrew; closed and listed."""
    world = World(2, 2)
    world.open_desks()
    people = [world.sign_up(day)[0] for day in range(3)]
    world.withdraw(people[0])
    world.count_up(3)
    world.finish(3)
    world.list_up()
    return world


def write(world: World, folder: Path) -> Path:
    (folder / "lists").mkdir(parents=True)
    (folder / "records.jsonl").write_bytes(b"".join(b"%b\n" % line for line in world.lines))
    for name, content in world.files.items():
        (folder / "lists" / name).write_bytes(content)
    return folder


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    write(closed(), tmp_path / "vera" / "copy")
    return Machine(tmp_path / "vera")


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def published(world: World, folder: Path, **changed: object) -> Iterator[str]:
    """Serve a petition as a node does, its own count changed; the address."""
    place = folder / "petition" / world.petition.id
    (place / "lists").mkdir(parents=True)
    (folder / "records").mkdir()
    (folder / "records" / f"{petition.NUMBER}.jsonl").write_bytes(world.petition.line + b"\n")
    (place / "sheet.jsonl").write_bytes(b"".join(b"%b\n" % line for line in world.lines))
    for name, content in world.files.items():
        (place / "lists" / name).write_bytes(content)
    (place / "tally.json").write_text(json.dumps(world.said() | changed))
    handler = partial(_Silent, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def test_counted_is_zero_and_the_json_is_the_same_for_the_same_set(machine: Machine) -> None:
    result = machine("recount", "copy", "--json")
    assert result.exit_code == 0
    told = msgspec.json.decode(result.stdout_bytes, type=Recount)
    assert (told.state, told.people, told.counted, told.withdrawn) == ("closed", 3, 2, 1)
    assert result.stdout_bytes == machine("recount", "copy/records.jsonl", "--json").stdout_bytes
    twice = machine("recount", "copy", "copy/records.jsonl", "--json")
    assert twice.stdout_bytes == result.stdout_bytes


def test_two_processes_count_the_same(machine: Machine) -> None:
    one = machine.does("recount", "copy", "--json")
    assert machine.does("recount", "copy", "--json", "--processes", 2) == one


def test_people_read_a_table(machine: Machine) -> None:
    told = machine.does("recount", "copy")
    assert "state: closed" in told
    assert re.search(r"counted +2", told)
    assert re.search(r"withdrawn +1", told)


def test_people_read_the_names_of_groups_and_machines_none(tmp_path: Path) -> None:
    world = World(2, 2)
    world.open_desks()
    world.run(1)
    world.groups[0].amend([world.petition.id, world.accepted[0].id], name="[red]Вол\u200bга")
    write(world, tmp_path / "copy")
    machine = Machine(tmp_path)
    told = machine.does("recount", "copy")
    names = ("[red]Вол<U+200B>га", "ural")
    for group, name in zip(world.groups, names, strict=True):
        assert re.search(rf"{group.id[:16]} +{re.escape(name)} +500", told)
        pair = re.search(r"by pair of stamp keys(.*)promised", told, re.DOTALL)
        assert pair
        assert group.kid[:16] in pair[1]
        assert f"\n   {name} " in pair[1]
    assert "Вол" not in machine.does("recount", "copy", "--json")


def test_more_used_than_issued_is_one(tmp_path: Path) -> None:
    world = World(2, 2)
    world.open_desks()
    world.run(3)
    world.count_up(2)
    world.finish(2)
    world.list_up()
    write(world, tmp_path / "copy")
    result = Machine(tmp_path)("recount", "copy")
    assert result.exit_code == 1
    assert "used more than issued" in result.stdout
    assert f"over:{world.groups[0].id}" in result.stdout


def test_what_cannot_be_counted_is_two(machine: Machine) -> None:
    lines = (machine.folder / "copy" / "records.jsonl").read_bytes().splitlines()
    no_acceptance = [line for line in lines if b'"kind":3974' not in line]
    (machine.folder / "part.jsonl").write_bytes(b"\n".join(no_acceptance) + b"\n")
    result = machine("recount", "part.jsonl")
    assert result.exit_code == 2
    assert "cannot be counted" in result.stdout


def test_of_list_files_only_those_that_count_are_read_and_none_that_is_longer_than_any(
    machine: Machine,
) -> None:
    lists = machine.folder / "copy" / "lists"
    (lists / ("a" * 64)).mkdir()  # whoever reads it is told so
    assert machine("recount", "copy").exit_code == 0
    for name in closed().files:
        with (lists / name).open("r+b") as file:
            file.truncate(LIST_BYTES + 1)
    assert "no-list-file" in machine("recount", "copy").stdout


def test_who_names_list_files_without_end_is_not_asked_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = len(list_sums(closed().lines))
    monkeypatch.setattr(limits, "LISTS_NAMED", number)
    list_sums(closed().lines)
    monkeypatch.setattr(limits, "LISTS_NAMED", number - 1)
    with pytest.raises(SourceFault, match="list files are named"):
        list_sums(closed().lines)


def test_a_node_that_tells_the_truth_is_zero(machine: Machine, tmp_path: Path) -> None:
    with published(closed(), tmp_path / "node") as address:
        assert machine("recount", address).exit_code == 0


def test_a_node_that_adds_people_is_three_and_the_difference_is_named(
    machine: Machine, tmp_path: Path
) -> None:
    with published(closed(), tmp_path / "node", counted=900) as address:
        result = machine("recount", address)
    assert result.exit_code == 3
    assert f"{address} says counted 900; its records say 2" in result.stderr
    assert re.search(r"counted +2", result.stdout)


def test_a_node_that_publishes_nonsense_is_three(machine: Machine, tmp_path: Path) -> None:
    with published(closed(), tmp_path / "node") as address:
        place = tmp_path / "node" / "petition" / closed().petition.id / "tally.json"
        place.write_bytes(b"<html>")
        result = machine("recount", address)
    assert result.exit_code == 3
    assert "cannot be read" in result.stderr


def test_a_picture_is_drawn_when_asked_for(machine: Machine) -> None:
    machine.does("recount", "copy", "--picture", "days.svg")
    assert (machine.folder / "days.svg").read_text("utf-8").startswith("<svg")


def test_of_several_petitions_one_must_be_named(machine: Machine) -> None:
    other = World(1, 1, groups=[Group("tver", number=7)])
    lines = b"".join(b"%b\n" % line for line in other.lines)
    (machine.folder / "copy" / "more.jsonl").write_bytes(lines)
    said = machine.is_refused("recount", "copy")
    assert "several petitions" in said
    assert f"--petition {other.petition.id}" in said
    machine.does("recount", "copy", "--petition", closed().petition.id)


def test_a_source_that_is_not_there_is_named(machine: Machine) -> None:
    assert "nowhere is neither a file" in machine.is_refused("recount", "nowhere")
    down = f"http://127.0.0.1:{free_port()}"
    said = machine.is_refused("recount", down)
    assert down in said
    assert "does not answer" in said


def test_records_without_a_petition_are_said_to_be_that(machine: Machine) -> None:
    (machine.folder / "empty.jsonl").write_bytes(b"{}\n")
    assert "no petition" in machine.is_refused("recount", "empty.jsonl")


def test_a_title_that_looks_like_a_mark_does_not_stop_a_recount(tmp_path: Path) -> None:
    group = Group("tver", number=7)
    world = World(1, 1, groups=[group])
    asked = replace(world.asked, title="[/red] [bold")
    odd = group.say(draft_petition(asked, "Текст.", OPEN))
    lines = [*group.records, odd]
    (tmp_path / "odd.jsonl").write_bytes(b"".join(b"%b\n" % one.line for one in lines))
    result = Machine(tmp_path)("recount", "odd.jsonl", "--petition", odd.id)
    assert result.exit_code == 2  # nobody accepted it
    assert "[/red] [bold" in result.stdout
