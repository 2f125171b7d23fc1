"""What a disk keeps, what memory may be written to it, and how much room there is."""

from pathlib import Path

import pytest

from wayhome.doctor.machine import MEBIBYTE, core_files, file_system, look_at_machine, room, swap
from wayhome.pages.words import words

EN = words("en")
MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro
40 22 0:35 / /srv rw - btrfs /dev/sdb rw,subvol=/
41 22 8:17 / /old rw,noatime - ext4 /dev/sdb1 rw,data=journal
42 22 0:40 / /far rw - nfs4 server:/x rw,vers=4.2
43 22 0:41 / /run rw - tmpfs tmpfs rw,size=1g
44 22 0:42 / /with\\040space rw - zfs pool rw
45 22 0:43 / /new rw - novelfs /dev/sdc rw
46 40 8:33 / /srv/good rw - xfs /dev/sdd rw
"""


@pytest.mark.parametrize(
    ("folder", "state", "words"),
    [
        ("/var/node-data", "well", "ext4"),
        ("/srv/good/node-data", "well", "xfs"),
        ("/srv/node-data", "warning", "btrfs keeps old blocks"),
        ("/srv/goodness", "warning", "btrfs keeps old blocks"),
        ("/old/node-data", "warning", "ext4, data=journal keeps old blocks"),
        ("/with space/node-data", "warning", "zfs keeps old blocks"),
        ("/far/node-data", "bad", "nfs4 is a disk elsewhere"),
        ("/run/node-data", "warning", "gone when the machine stops"),
        ("/new/node-data", "warning", "novelfs was not tried"),
    ],
)
def test_a_file_system_is_judged_by_what_it_keeps(folder: str, state: str, words: str) -> None:
    found = file_system(Path(folder), MOUNTS, EN)
    assert found.state == state
    assert words in found.words


def test_the_mount_that_hides_another_is_the_one_that_counts() -> None:
    hidden = MOUNTS + "47 40 8:33 / /srv/good rw - btrfs /dev/sdd rw\n"
    assert file_system(Path("/srv/good"), hidden, EN).state == "warning"


@pytest.mark.parametrize(
    ("free", "used", "state"),
    [(99, 1, "bad"), (101, 1, "warning"), (1_025, 1, "well"), (2_000, 3_000, "warning")],
)
def test_there_must_be_room_for_as_much_again(free: int, used: int, state: str) -> None:
    assert room(free * MEBIBYTE, used * MEBIBYTE, EN).state == state


def test_swap_is_warned_of_where_it_is_on() -> None:
    header = "Filename\tType\tSize\tUsed\tPriority\n"
    assert swap(header, EN).state == "well"
    found = swap(header + "/dev/sda2 partition 1000 0 -2\n", EN)
    assert (found.state, found.words.split()[0]) == ("warning", "/dev/sda2")


def test_core_files_are_warned_of_whatever_turns_them_on() -> None:
    assert core_files(0, "core\n", EN).state == "well"
    assert core_files(-1, "core\n", EN).state == "warning"
    assert core_files(0, "|/usr/lib/systemd/systemd-coredump %P\n", EN).state == "warning"


def test_what_a_system_does_not_tell_is_said_to_be_not_looked_at() -> None:
    assert file_system(Path("/"), "", EN).state == "not looked at"
    assert swap("", EN).state == "not looked at"


def test_this_machine_is_looked_at_in_all_four_ways(tmp_path: Path) -> None:
    names = [one.name for one in look_at_machine(tmp_path, EN)]
    assert names == ["disk", "file system", "swap", "core files"]
