"""A mirror travels: from a node to a folder, into a recount, and into a new node."""

import asyncio
import json
import signal
from pathlib import Path

import httpx
import pytest

from cli.conftest import anna, nodes
from cli.test_files import _started
from cli.town import Machine, Town
from mirror.copies import check, contents
from ports import free_port
from wayhome.cli import serve_
from wayhome.loading import load, load_lists
from wayhome.node import BOOK
from web.small import Opened, Small

__all__ = ["anna", "nodes"]
TEXT = "Мы, родные мобилизованных, просим назвать срок их службы.\n"


def test_a_petition_is_counted_from_a_mirror_alone(copy: Path, small: Small) -> None:
    machine = Machine(copy.parent)
    said = machine("recount", "copy", "--petition", small.world.petition.id, "--json")
    assert json.loads(said.stdout)["counted"] == 3
    assert said.exit_code == 1  # the stamp keys were used twice, which is grave
    tally = copy / "petition" / small.world.petition.id / "tally.json"
    tally.write_bytes(tally.read_bytes().replace(b'"counted":3', b'"counted":9'))
    said = machine("recount", "copy", "--petition", small.world.petition.id)
    assert said.exit_code == 3
    assert "counted" in said.stderr


def test_a_text_is_checked_against_a_mirror(copy: Path) -> None:
    machine = Machine(copy.parent)
    text = "В субботу в три. Приходите все, и приводите с собою соседей."
    (machine.folder / "text.txt").write_text("Приходите\n\nВ субботу в три.", "utf-8")
    assert "genuine" in machine("check", "text.txt", "--from", "copy").output
    (machine.folder / "text.txt").write_text(text, "utf-8")
    assert machine("check", "text.txt", "--from", "copy").exit_code != 0


def published(anna: Machine, nodes: Town, *, peer: str = "") -> tuple[str, str]:
    """Give the address of a node with a group and one text, and the group's id."""
    (anna.folder / "text.md").write_text(TEXT, "utf-8")
    group = (anna.folder / "alone.jsonl").read_text("utf-8")[7:71]
    address = nodes.serve(anna.folder / "node-data", group, free_port(), [peer] if peer else [])
    anna.does("group", "send", "alone.jsonl", "--to", address)
    write(anna, address, "Срок")
    return address, group


def write(anna: Machine, address: str, title: str) -> None:
    words = ("post", "write", "text.md", "--title", title, "--key", "mine.key")
    anna.does(*words, "--to", address, "--yes")


def test_a_node_is_mirrored_from_afar_and_from_its_own_folder_alike(
    anna: Machine, nodes: Town
) -> None:
    address, group = published(anna, nodes)
    anna.does("mirror", "far", "--from", address)
    assert check(anna.folder / "far")[0] == 0
    (anna.folder / "node.toml").write_text(f'home = ["{group}"]\naddress = ""\n')
    said = anna.does("mirror", "near", "--from", "node-data")
    far, near = contents(anna.folder / "far"), contents(anna.folder / "near")
    differing = {path for path in far.keys() | near.keys() if far.get(path) != near.get(path)}
    assert "0 removed" in said
    assert differing == {"manifest.txt"}  # two keys wrote it
    write(anna, address, "Второй")
    anna.does("mirror", "far", "--from", address)
    status, said = check(anna.folder / "near", "--from", str(anna.folder / "far"))
    assert (status, said.count("not in this copy: kind 3963")) == (1, 1)


def test_what_a_linked_group_cosigned_is_in_a_mirror_from_afar(anna: Machine, nodes: Town) -> None:
    """Its words come before the link by which they are carried."""
    olga, _ = anna.key("olga.key"), anna.key("vera.key")
    out = ("--out", "both.jsonl", "--yes")
    words = ("--k", 2, "--organiser", olga, "--key", "vera.key")
    anna.does("group", "found", "--name", "Урал", *words, *out)
    anna.does("cosign", "both.jsonl", "--key", "olga.key", *out)
    group = (anna.folder / "both.jsonl").read_text("utf-8")[7:71]
    address, _ = published(anna, nodes)
    places = ("--from", address, "--from", "both.jsonl")
    anna.does("group", "link", group, "--key", "mine.key", *places, "--to", address, "--yes")
    anna.does("group", "send", "both.jsonl", "--to", address)
    title, given = "Говорит Урал", ("--to", address, "--yes")
    anna.does("post", "write", "text.md", "--title", title, "--key", "vera.key", *given)
    anna.does("cosign", "--key", "olga.key", *given)
    anna.does("mirror", "far", "--from", address)
    assert title in (anna.folder / "far" / "ru" / "posts.html").read_text("utf-8")
    assert check(anna.folder / "far")[0] == 0
    (anna.folder / "letters").mkdir()
    (anna.folder / "letters" / "to.txt").write_text("mine")
    assert "not empty and no mirror" in anna.is_refused("mirror", "letters", "--from", address)
    assert not (anna.folder / "letters.node").exists(), "it is refused before anything is fetched"


def test_a_node_that_is_away_leaves_nothing_behind(anna: Machine) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    assert "does not answer" in anna.is_refused("mirror", "far", "--from", away)
    (anna.folder / "node.toml").write_text("home = []\n")
    assert "not a node's folder" in anna.is_refused("mirror", "near", "--from", "nothing")
    assert not (anna.folder / "far").exists()
    assert not (anna.folder / "near").exists()


@pytest.mark.slow
def test_a_new_node_begins_with_a_mirror_and_shows_the_same(
    anna: Machine, nodes: Town, tmp_path: Path
) -> None:
    address, group = published(anna, nodes)
    new = Machine(tmp_path / "new")
    new.does("mirror", "copy", "--from", address)
    port = free_port()
    (new.folder / "node.toml").write_text(f'home = ["{group}"]\nport = {port}\n')
    with _started(new, "serve", "--from", "copy") as process:
        assert process.stdout is not None
        told = ""
        while f"listens on 127.0.0.1:{port}" not in told:
            line = process.stdout.readline()
            assert line, told  # it ended before it listened
            told += line
        assert "records are kept" in told
        for path in ("ru/posts.html", "ru/groups.html"):
            there = httpx.get(f"{address}/{path}", trust_env=False, timeout=120).content
            assert (
                httpx.get(f"http://127.0.0.1:{port}/{path}", trust_env=False, timeout=120).content
                == there
            )
        process.send_signal(signal.SIGINT)
        assert process.wait(300) == 0


def test_without_settings_a_mirror_says_whose_site_it_is(copy: Path, small: Small) -> None:
    settings, face = serve_._settings(None, serve_.Typed((), (), copy))  # noqa: SLF001 - no port is free for all
    assert settings.home == tuple(one.id for one in small.world.groups)
    assert (face.name["en"], face.address) == ("The Way Home", "")


def test_every_record_of_a_mirror_goes_through_the_one_door(
    copy: Path, small: Small, tmp_path: Path
) -> None:
    """One that was spoilt is refused, and the next one is taken."""
    posts = copy / "records" / "3963.jsonl"
    posts.write_bytes(posts.read_bytes().replace("К народу".encode(), "К войску".encode(), 1))
    new = Opened(tmp_path / "node", tuple(g.id for g in small.world.groups))
    try:
        taken, refused = asyncio.run(load(new.node.intake, BOOK, copy, lambda: None))
        load_lists(new.node.lists, new.node.lacked_lists(), copy)
    finally:
        new.node.close()
    assert refused == {"bad-id": 1}
    assert taken > 50
