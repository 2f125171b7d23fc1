"""backup, restore, wipe: a node lives on elsewhere, and no key comes back that was to be gone."""

import asyncio
import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.town import Machine
from petition_world import OPEN, World
from wayhome.codec import limits
from wayhome.crypto import keys
from wayhome.crypto.keypage import KeyPage
from wayhome.desk.desk import new_desk
from wayhome.echo.done import Done
from wayhome.echo.places import Place
from wayhome.node import BOOK, Node, NodeParts
from wayhome.petition.kinds import closing_list
from wayhome.records.filter import Filter
from wayhome.stamping.service import StampingDesk
from wayhome.store.beside import examine
from wayhome.web.site import Face

BACKUP = {"backup.json", "records.db", "node.key", "node.toml", "lists", "echo"}


@pytest.fixture
def world() -> World:
    return World(1, 1)


@pytest.fixture
def machine(tmp_path: Path, world: World) -> Machine:
    """A machine with the folder of a node that carries a petition, and holds one signature."""
    made = Machine(tmp_path / "first")
    made.folder.mkdir()
    (made.folder / "node.toml").write_text(f'home = ["{world.groups[0].id}"]\n')
    node = opened(made, world, OPEN)
    asyncio.run(take(node, world.lines))
    _, signature = world.sign_up()
    asyncio.run(node.intake.receive(signature.line, "person"))
    assert node.held.soonest is not None
    node.close()
    return made


def opened(machine: Machine, world: World, now: int) -> Node:
    """Open the machine's node, whose key the group's charter names."""
    folder = machine.folder / "node-data"
    if not folder.exists():
        folder.mkdir(mode=0o700)
        (folder / "node.key").write_text(world.groups[0].node_secret.hex())
    return Node(NodeParts(folder, (world.groups[0].id,), Face({}, {})), lambda: now)


async def take(node: Node, lines: list[bytes]) -> None:
    for _ in range(3):
        async for _ in node.intake.receive_lines(lines, "own"):
            pass


def elsewhere(machine: Machine) -> Machine:
    """Take the backup to another machine."""
    made = Machine(machine.folder.with_name("second"))
    shutil.copytree(machine.folder / "copy", made.folder / "copy")
    return made


def ids(machine: Machine, world: World) -> list[str]:
    node = opened(machine, world, OPEN)
    found = node.store.ids(Filter())
    node.close()
    return found


def spoil_sum(copy: Path) -> None:
    (copy / "node.toml").write_text("home = []\n# other\n")


def add_desk(copy: Path) -> None:
    (copy / "book.db").write_bytes(b"")


def add_held_page(copy: Path) -> None:
    (copy / "held").mkdir()
    KeyPage.make(copy / "held" / "1.page")


def name_outside(copy: Path) -> None:
    said = json.loads((copy / "backup.json").read_bytes())
    said["sums"]["lists/../../../outside"] = "0" * 64
    (copy / "backup.json").write_text(json.dumps(said))


def take_key_away(copy: Path) -> None:
    (copy / "node.key").unlink()


def take_manifest_away(copy: Path) -> None:
    (copy / "backup.json").unlink()


def test_a_backup_is_restored_elsewhere_with_all_that_was_kept(
    machine: Machine, world: World
) -> None:
    said = machine.does("backup", "copy")
    second = elsewhere(machine)
    assert "verified" in second.does("restore", "copy")
    assert ids(second, world) == ids(machine, world)
    for name in ("node.key", "node.toml"):
        place = "node-data/node.key" if name.endswith("key") else name
        assert (second.folder / place).read_bytes() == (machine.folder / place).read_bytes()
    assert f"{len(ids(second, world))} records" in said
    records = second.folder / "node-data" / "records.db"
    assert list(examine(records, lambda one: BOOK.of(one).count(one), lambda: None)) == []


def test_what_is_held_and_every_key_page_stay_where_they_are(machine: Machine) -> None:
    StampingDesk.make(machine.folder / "node-data" / "desk")  # where nobody should put it
    pages = [path.read_bytes() for path in machine.folder.rglob("*.page")]
    book = (machine.folder / "node-data/desk/book.db").read_bytes()
    assert len(pages) == 3
    machine.does("backup", "copy")
    copy = machine.folder / "copy"
    assert {path.name for path in copy.iterdir()} == BACKUP
    whole = b"".join(path.read_bytes() for path in copy.rglob("*") if path.is_file())
    assert not [one for one in (*pages, book) if one[17:81] in whole]


def test_what_was_echoed_is_not_said_once_more_after_restoring(machine: Machine) -> None:
    place = Place(relay="wss://far.example")
    folder = machine.folder / "node-data" / "echo"
    done = Done(folder / place.file)
    done.add(["ab" * 32])
    (folder / "notes").write_text("somebody's own")
    machine.does("backup", "copy")
    second = elsewhere(machine)
    second.does("restore", "copy")
    there = second.folder / "node-data" / "echo"
    assert [path.name for path in there.iterdir()] == [place.file]
    assert "ab" * 32 in Done(there / place.file)


def test_a_backup_is_for_its_owner_alone(machine: Machine) -> None:
    machine.does("backup", "copy")
    copy = machine.folder / "copy"
    assert copy.stat().st_mode & 0o777 == 0o700
    files = [path for path in copy.rglob("*") if path.is_file() and path.name != "records.db"]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    second = elsewhere(machine)
    second.does("restore", "copy")
    assert (second.folder / "node-data").stat().st_mode & 0o777 == 0o700
    assert (second.folder / "node-data" / "node.key").stat().st_mode & 0o777 == 0o600


def test_nothing_is_written_over(machine: Machine) -> None:
    machine.does("backup", "copy")
    assert "never written over" in machine.is_refused("backup", "copy")
    assert "never restored over a node" in machine.is_refused("restore", "copy")
    second = elsewhere(machine)
    (second.folder / "node.toml").write_text("home = []\n")
    assert "other than the backup's" in second.is_refused("restore", "copy")
    assert (second.folder / "node.toml").read_text() == "home = []\n"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (spoil_sum, "was changed after it was written: node.toml"),
        (add_desk, "holds what is in no backup: book.db"),
        (add_held_page, "holds what is in no backup: held/1.page"),
        (name_outside, "holds what is in no backup: lists/../../../outside"),
        (take_key_away, "is not whole; it lacks node.key"),
        (take_manifest_away, "a copied data folder is not restored"),
    ],
)
def test_what_is_not_a_whole_backup_is_not_restored(
    machine: Machine, spoil: Callable[[Path], None], words: str
) -> None:
    machine.does("backup", "copy")
    second = elsewhere(machine)
    spoil(second.folder / "copy")
    assert words in second.is_refused("restore", "copy")
    assert {path.name for path in second.folder.iterdir()} == {"copy"}


def test_records_that_rotted_are_not_backed_up_as_if_they_were_whole(
    machine: Machine, world: World
) -> None:
    path = machine.folder / "node-data" / "records.db"
    raw = path.read_bytes()
    rotten = raw.replace("родные".encode(), "ролные".encode())
    assert rotten != raw
    path.write_bytes(rotten)
    said = machine.is_refused("backup", "copy")
    assert f"records are damaged: {world.petition.id}" in said
    assert not (machine.folder / "copy").exists()


def test_a_stamping_desk_is_never_backed_up(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    StampingDesk.make(tmp_path / "desk")
    (tmp_path / "node.toml").write_text('home = []\ndata = "desk"\n')
    assert "would stamp used codes again" in machine.is_refused("backup", "copy")
    assert "would stamp used codes again" in machine.is_refused("restore", "desk")


@pytest.mark.parametrize("restored", [False, True])
def test_a_restored_node_lists_no_petition_that_was_open_before(
    machine: Machine, world: World, *, restored: bool
) -> None:
    world.open_desks()
    world.finish(0)
    node = opened(machine, world, OPEN)
    asyncio.run(take(node, world.lines))
    node.close()
    machine.does("backup", "copy")
    where = elsewhere(machine) if restored else machine
    if restored:
        where.does("restore", "copy")  # today, which is before the world's petition opens
        (where.folder / "node-data" / "restored").write_text(f"{OPEN + 1}\n")
    node = opened(where, world, world.asked.close + limits.LISTS_AFTER_CLOSE)
    asyncio.run(node.tick())
    lists = node.store.find(Filter(kinds=(closing_list.NUMBER,)))
    node.close()
    assert [one.pubkey for one in lists] == ([] if restored else [world.groups[0].node_key])


def test_a_node_says_when_it_does_not_know_its_restoring(machine: Machine, world: World) -> None:
    (machine.folder / "node-data" / "restored").write_text("yesterday\n")
    with pytest.raises(Exception, match="not what `wayhome restore` wrote"):
        opened(machine, world, OPEN)


def test_wiping_overwrites_the_keys_where_they_lie(machine: Machine) -> None:
    data = machine.folder / "node-data"
    page = next(data.rglob("*.page"))
    before = {path: path.read_bytes() for path in (page, data / "node.key")}
    other = {path: machine.folder / path.name for path in before}
    for path, link in other.items():
        link.hardlink_to(path)  # another name for the same blocks of the disk
    said = machine.does("wipe", "node-data", typed="y\n")
    assert "2 files of keys overwritten" in said
    assert not data.exists()
    for path, link in other.items():
        assert before[path][17:] not in link.read_bytes()


def test_wiping_asks_and_spares_what_is_not_ours(machine: Machine, world: World) -> None:
    machine.is_refused("wipe", "node-data", typed="n\n")
    assert (machine.folder / "node-data" / "node.key").exists()
    (machine.folder / "letters").mkdir()
    (machine.folder / "letters" / "mine.key").write_text("mine")
    assert "nothing was touched" in machine.is_refused("wipe", "letters", "--yes")
    assert (machine.folder / "letters" / "mine.key").read_text() == "mine"
    node = opened(machine, world, OPEN)
    assert "is in use" in machine.is_refused("wipe", "node-data", "--yes")
    node.close()
    assert "removed" in machine.does("wipe", "node-data", "--yes")


def test_a_desk_is_wiped_as_well(tmp_path: Path) -> None:
    StampingDesk.make(tmp_path / "desk")
    assert "2 files of keys" in Machine(tmp_path).does("wipe", "desk", "--yes")
    assert not (tmp_path / "desk").exists()


def test_a_caseworkers_desk_is_wiped_as_well_and_not_while_it_is_open(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    vault = new_desk(tmp_path / "desk", "a" * 64, "six words", dt.date(2026, 1, 1))
    assert "is in use" in machine.is_refused("wipe", "desk", "--yes")
    vault.close()
    assert "1 file of keys" in machine.does("wipe", "desk", "--yes")
    assert not (tmp_path / "desk").exists()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "desk.key").write_text("an organiser's, who calls it so")
    assert "nothing was touched" in machine.is_refused("wipe", "other", "--yes")


def test_a_public_key_is_the_same_after_restoring(machine: Machine, world: World) -> None:
    machine.does("backup", "copy")
    second = elsewhere(machine)
    second.does("restore", "copy")
    assert keys.public_key(opened_key(second)) == world.groups[0].node_key


def opened_key(machine: Machine) -> keys.SecretKey:
    raw = (machine.folder / "node-data" / "node.key").read_text("ascii")
    return keys.SecretKey(bytes.fromhex(raw))
