"""A backup taken while people write has all that was answered before, and nothing of a desk."""

import threading
from itertools import cycle
from pathlib import Path

import pytest

from faults.kills import CLIENTS, in_turn
from faults.life import Life
from faults.processes import PATIENCE, Process, together
from petition_world import OPEN
from wayhome.backup import back_up, restore
from wayhome.channel.service import Writing, write
from wayhome.node import BOOK
from wayhome.records.kind import Fact
from wayhome.records.record import Record
from wayhome.records.signing import sign

POSTS = 1_200
BEFORE = 150  # answers before the backup begins


def posts(life: Life) -> list[Record]:
    """What organisers write in a hurry; none of it is official, all of it is kept."""
    writers = [(group.id, key) for group in life.world.groups for key in group.organisers]
    said = zip(range(POSTS), cycle(writers), strict=False)
    return [
        sign(write((group, group), Writing(f"{i}", "ru", "Ждём."), OPEN), key)
        for i, (group, key) in said
    ]


def facts_of(record: Record) -> tuple[Fact, ...]:
    return BOOK.of(record).count(record)


def settings(node: Process, life: Life, folder: Path) -> Path:
    home = ", ".join(f'"{group.id}"' for group in life.world.groups)
    path = folder / "node.toml"
    path.write_text(f'home = [{home}]\ndata = "{node.folder}"\n')
    return path


def back_up_meanwhile(life: Life, node: Process, config: Path) -> tuple[list[str], int]:
    """Back up while clients write; what was answered before, and how much when it was done."""
    answered: list[str] = []
    enough = threading.Event()
    left = in_turn(posts(life))

    def writing() -> None:
        with node.client() as client:
            for record in left():
                assert client.ask("POST", "/records", record.line).status == 200
                answered.append(record.id)
                if len(answered) >= BEFORE:
                    enough.set()

    with together(*[writing] * CLIENTS):
        assert enough.wait(PATIENCE)
        before = list(answered)
        back_up(config, config.with_name("copy"), facts_of)
        return before, len(answered)


@pytest.mark.slow
def test_all_that_was_answered_before_is_there_when_it_is_restored_and_started(
    life: Life, tmp_path: Path
) -> None:
    node = life.node()
    node.start()
    life.publish(node)
    desk = life.desk(life.world.groups[0], under=node.folder)  # where nobody should put it
    config = settings(node, life, tmp_path)
    before, during = back_up_meanwhile(life, node, config)
    assert BEFORE <= len(before) < during, "nobody wrote while it was taken"
    node.stop()
    whole = b"".join(path.read_bytes() for path in (tmp_path / "copy").rglob("*.*"))
    keys = [path.read_bytes()[17:81] for path in desk.folder.glob("*.page")]
    assert len(keys) == 2
    assert not [one for one in keys if one in whole]

    node.folder.rename(tmp_path / "lost")
    config.unlink()
    restore(tmp_path / "copy", config, OPEN, facts_of)
    again = life.second(node)
    again.start()
    found = again.ask("GET", "/records/3963.ids").body
    assert set(before) <= {found[at : at + 32].hex() for at in range(0, len(found), 32)}
