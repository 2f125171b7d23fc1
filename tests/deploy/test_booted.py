"""The units on a machine that boots with them, put in place by the commands of docs/operate.md.

By name only, `./run soak tests/deploy`, as root: it makes a Debian of packages (mmdebstrap), boots
it with systemd as its first process (systemd-nspawn), and types what the page tells to type.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import tree
from faults.processes import wait_until

pytestmark = [pytest.mark.soak, pytest.mark.slow]

PACKAGES = "adduser,ca-certificates,dbus,python3,python3-venv,systemd,systemd-sysv,tor,util-linux"
NEEDED = ("mmdebstrap", "systemd-nspawn", "nsenter")
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"  # of this machine: it knows its own way out
SETTINGS = f'home = ["{"0" * 64}"]\nsocket = "/run/wayhome/node.sock"\n'
HERE = "/srv/ask.py"
ASK = """
import socket
door = socket.socket(socket.AF_UNIX)
door.connect("/run/wayhome/node.sock")
door.sendall(b"GET /records HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n")
print(door.recv(99).decode().splitlines()[0])
"""


class Booted:
    """A machine in a folder; what is typed there is typed by root."""

    def __init__(self, folder: Path) -> None:
        words = ["systemd-nspawn", "--register=no", "--keep-unit", "--boot", "--console=read-only"]
        self._program = subprocess.Popen(
            [*words, "-D", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
        )

    def is_ready(self) -> bool:
        """Tell whether all that is begun with the machine has begun."""
        return "running" in self._typed("systemctl is-system-running").stdout

    def does(self, line: str) -> str:
        """Type a line; what it prints."""
        done = self._typed(line)
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        return done.stdout.strip()

    def is_told(self, unit: str, name: str) -> str:
        return self.does(f"systemctl show {unit} -p {name} --value")

    def off(self) -> None:
        self._program.terminate()  # nspawn shuts it down
        self._program.wait()

    def _typed(self, line: str) -> subprocess.CompletedProcess[str]:
        """Type a line there and nowhere else: before it has its own files, its process has ours."""
        pid = self._program.pid
        first = Path(f"/proc/{pid}/task/{pid}/children").read_text().split() or ["0"]
        return subprocess.run(
            [
                "nsenter",
                "-t",
                first[0],
                "-m",
                "-u",
                "-i",
                "-p",
                "-C",
                "bash",
                "-ec",
                f"test -e {HERE}\n{line}",
            ],
            capture_output=True,
            text=True,
            check=False,
            env={
                "HOME": "/srv",
                "PATH": "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
                "SSL_CERT_FILE": f"/{CERTIFICATES}",
            },
        )


def told(section: str, number: int = 0) -> list[str]:
    """Give the lines of a block of commands of a section of docs/operate.md."""
    text = (tree.ROOT / "docs" / "operate.md").read_text("utf-8")
    [body] = re.findall(rf"^## {section}\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    block = re.findall(r"^```\n(.*?)^```", body, re.MULTILINE | re.DOTALL)[number]
    return [line for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Booted]:
    """A Debian that has booted, with this tree in /srv/wayhome and nothing else of ours."""
    missing = [one for one in NEEDED if shutil.which(one) is None]
    if missing or os.geteuid() != 0:
        pytest.fail(f"it needs root, mmdebstrap and systemd-container; not here: {missing}")
    folder = tmp_path_factory.mktemp("machine") / "root"
    made = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={PACKAGES}", "bookworm"]
    subprocess.run([*made, str(folder)], check=True)
    shutil.copy(f"/{CERTIFICATES}", folder / CERTIFICATES)
    for path in tree.files():
        to = folder / "srv" / "wayhome" / tree.named(path)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, to)
    (folder / "srv" / "node.toml").write_text(SETTINGS)
    (folder / HERE[1:]).write_text(ASK)
    booted = Booted(folder)
    try:
        wait_until("it has booted", booted.is_ready)
        yield booted
    finally:
        booted.off()


@pytest.fixture(scope="module")
def served(machine: Booted) -> Booted:
    """The node put in place, line by line."""
    lines = told("As a service")
    machine.does("cd /srv\n" + "\n".join(line for line in lines if "doctor" not in line))
    [doctor] = [line for line in lines if "doctor" in line]
    assert "node.sock" in machine.does(f"{doctor} || test $? = 1")  # a warning: it has no peers
    return machine


def answers(machine: Booted, user: str) -> str:
    """Ask the node as a program with a user's rights, and with none of its groups."""
    way = f"setpriv --reuid {user} --regid {user} --clear-groups"
    return machine.does(f"{way} python3 - < {HERE} 2>&1 || true")


def is_up(machine: Booted) -> bool:
    return answers(machine, "daemon") == "HTTP/1.1 200 OK"


def test_it_is_in_a_folder_of_its_own_that_nobody_else_reads(served: Booted) -> None:
    assert is_up(served)
    said = served.does("stat -c '%U %a' /var/lib/wayhome /var/lib/wayhome/node-data")
    assert said.splitlines() == ["wayhome 700", "wayhome 700"]
    open_files = served.does("find /var/lib/wayhome -type f -perm /077")
    assert open_files == ""


def test_it_sees_a_system_that_it_cannot_write_and_has_no_capability(served: Booted) -> None:
    pid = served.is_told("wayhome", "MainPID")
    state = served.does(f"cat /proc/{pid}/status")
    assert set(re.findall(r"^Cap\w+:\s(\w+)$", state, re.MULTILINE)) == {"0" * 16}
    assert re.search(r"^NoNewPrivs:\s1$", state, re.MULTILINE)
    assert re.search(r"^Seccomp:\s2$", state, re.MULTILINE)
    tried = (
        "for f in / /etc /srv/wayhome /var/lib; do touch $f/x 2>/dev/null && echo $f; done; true"
    )
    assert served.does(f"nsenter -t {pid} -m sh -c '{tried}'") == ""


def test_it_ends_well_when_it_is_stopped_and_is_begun_again_when_it_is_killed(
    served: Booted,
) -> None:
    key = served.does("sha256sum /var/lib/wayhome/node-data/node.key")
    served.does("systemctl stop wayhome")
    assert served.is_told("wayhome", "Result") == "success"
    assert served.is_told("wayhome", "ExecMainStatus") == "0"
    assert served.does("ls /var/lib/wayhome/node-data/ | grep -c wal || true") == "0"
    served.does("systemctl start wayhome")
    assert is_up(served)
    served.does("systemctl kill -s KILL wayhome")
    wait_until("it was begun again", lambda: served.is_told("wayhome", "NRestarts") == "1")
    wait_until("it answers after that", lambda: is_up(served))
    assert served.does("sha256sum /var/lib/wayhome/node-data/node.key") == key


def test_tor_is_let_in_and_says_its_address(served: Booted) -> None:
    wait_until("it answers", lambda: is_up(served))
    said = served.does("\n".join(told("Behind Tor")[1:]))  # apt install tor was done
    assert re.search(r"^[a-z2-7]{56}\.onion$", said, re.MULTILINE)
    pid = served.is_told("tor@default", "MainPID")
    groups = served.does(f"grep ^Groups: /proc/{pid}/status").split()[1:]
    assert groups == [served.does("id -g debian-tor")]  # none that we could have put it into
    assert answers(served, "debian-tor") == "HTTP/1.1 200 OK"


def test_a_setting_that_is_none_stops_the_start_and_stands_in_the_journal(served: Booted) -> None:
    served.does("cp /etc/wayhome/node.toml /srv/kept")
    served.does("echo 'nonsense = 1' >> /etc/wayhome/node.toml")
    assert served.does("systemctl restart wayhome || echo failed") == "failed"
    assert "there is no setting `nonsense`" in served.does("journalctl -u wayhome --no-pager")
    served.does("install -m 644 /srv/kept /etc/wayhome/node.toml")
    wait_until("it mends by itself", lambda: is_up(served))


def test_a_desk_that_is_set_up_serves_and_one_that_is_not_says_so(served: Booted) -> None:
    lines = [one for one in told("As a service", 1) if "public.json" not in one]
    [set_up] = [one for one in lines if "set-up" in one]
    *make, start = [one for one in lines if one != set_up]
    served.does("\n".join(make))
    assert served.does(f"({start}) || echo failed") == "failed"
    assert "not set up" in served.does("journalctl -u wayhome-stamp@winter --no-pager")
    by_hand = "--open 2020-01-01 --close 2040-01-01 --ceiling 9"
    typed = set_up.replace("<petition>", "ab" * 32).replace("--from <node> --ceiling 500", by_hand)
    served.does(f"cd /var/lib/wayhome-stamp; {typed}")
    served.does(start)
    said = served.does("stat -c '%U %a' /var/lib/wayhome-stamp /run/wayhome-stamp-winter/desk.sock")
    assert said.splitlines() == ["wayhome-stamp 700", "wayhome-stamp 666"]
    served.does("systemctl stop wayhome-stamp@winter")
    assert served.is_told("wayhome-stamp@winter", "Result") == "success"
