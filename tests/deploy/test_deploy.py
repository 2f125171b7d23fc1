"""What deploy/ gives to operators: units that systemd takes, and fronts that keep no address."""

import os
import re
import shutil
import socket
import subprocess
import tomllib
from pathlib import Path

import pytest

import tree
from wayhome.cases.blobs import CHUNK
from wayhome.cli import main
from wayhome.cli.begun import tell_begun
from wayhome.cli.faults import status
from wayhome.codec import limits
from wayhome.store.store import StorageFault

DEPLOY = tree.ROOT / "deploy"
UNITS = ("wayhome.service", "wayhome-stamp@.service")
PROGRAM = "/srv/wayhome/.venv/run/bin/wayhome"
EXPOSURE = 15  # tenths of systemd's own measure, from 0 to 100; an ordinary service has 96
# settings that must stand in both units, whatever else does
ASKED = (
    "MemorySwapMax=0",
    "LimitCORE=0",
    "ProtectSystem=strict",
    "NoNewPrivileges=true",
    "StandardOutput=null",
    "UMask=0077",
)


@pytest.fixture
def systemd() -> str:
    """The program that judges units; CI must have it, a laptop need not."""
    found = shutil.which("systemd-analyze")
    if found is None:
        words = "systemd-analyze is not here (Debian: package systemd), so no unit was verified"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    return found


def unit(name: str, folder: Path, change: tuple[str, str] = ("", "")) -> Path:
    """Give a unit as it would be installed on this machine; of a template one instance."""
    path = folder / name.replace("@.", "@winter.")
    path.write_text(
        (DEPLOY / name).read_text("utf-8").replace(PROGRAM, "/bin/true").replace(*change)
    )
    return path


def judged(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", UNITS)
def test_systemd_takes_a_unit_without_a_word(systemd: str, tmp_path: Path, name: str) -> None:
    done = judged(systemd, "verify", unit(name, tmp_path))
    assert (done.returncode, done.stderr.strip()) == (0, "")


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_takes_away_what_its_program_does_not_need(
    systemd: str, tmp_path: Path, name: str
) -> None:
    path = unit(name, tmp_path)
    done = judged(systemd, "security", "--offline=true", f"--threshold={EXPOSURE}", path)
    assert done.returncode == 0, done.stdout[-200:]


def test_a_unit_that_is_wrong_would_be_seen(systemd: str, tmp_path: Path) -> None:
    misspelt = unit(UNITS[0], tmp_path, ("MemorySwapMax", "MemorySwapMaximum"))
    assert "MemorySwapMaximum" in judged(systemd, "verify", misspelt).stderr
    open_to_all = unit(UNITS[0], tmp_path, ("CapabilityBoundingSet=\n", ""))
    how = ("security", "--offline=true", f"--threshold={EXPOSURE}")
    assert judged(systemd, *how, open_to_all).returncode != 0


@pytest.mark.parametrize("name", UNITS)
def test_keys_reach_no_swap_no_core_file_and_no_other_user(name: str) -> None:
    lines = (DEPLOY / name).read_text("utf-8").splitlines()
    assert [one for one in ASKED if one not in lines] == []


def test_systemd_is_told_when_a_program_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        tell_begun("the node listens")
        assert systemd.recv(99) == b"READY=1"
    assert [dict(settings(name))["Type"] for name in UNITS] == ["notify", "notify"]


@pytest.mark.parametrize("words", [["serve", "none.toml"], ["serve", "--none"]])
def test_what_cannot_start_is_not_started_again(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["wayhome", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    for name in UNITS:
        given_up = dict(settings(name))["RestartPreventExitStatus"].split()
        assert str(ended.value.code) in given_up
        assert str(status(StorageFault("full"))) not in given_up, "a disk may have room again"


def test_a_service_waits_for_the_clock_where_the_machine_does() -> None:
    assert all("time-sync.target" in dict(settings(name))["After"].split() for name in UNITS)


def test_node_and_desk_are_two_users_and_hardened_alike() -> None:
    node, desk = (dict(settings(name)) for name in UNITS)
    assert node["User"] != desk["User"]
    start = "CapabilityBoundingSet"
    assert {start, "SystemCallFilter"} < hardening(UNITS[0])
    assert hardening(UNITS[0]) == hardening(UNITS[1])


def settings(name: str) -> list[tuple[str, str]]:
    text = (DEPLOY / name).read_text("utf-8")
    return re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE)


def hardening(name: str) -> set[str]:
    """The names of the settings from the first that takes something away."""
    names = [key for key, _ in settings(name)]
    return set(names[names.index("LimitNOFILE") :])


def test_the_web_server_keeps_nothing_and_passes_no_address_on() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    said = re.sub(r"#.*", "", text)
    assert "access_log off;" in said
    assert "error_log /dev/null crit;" in said
    assert not re.findall(
        r"x-forwarded|x-real|\bforwarded\b|\$remote|\$realip|log_format", said, re.IGNORECASE
    )
    passed = re.findall(r"proxy_set_header (\S+)", said)
    assert passed == ["Host", "Upgrade", "Connection"]


def test_the_web_server_lets_in_all_that_a_node_takes_and_writes_none_of_it() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    sizes = re.findall(r"client_(?:max_body|body_buffer)_size (\d+)m;", text)
    most = max(limits.CHECK_BODY, limits.HTTP_BODY, CHUNK)
    assert [int(one) * 2**20 >= most for one in sizes] == [True, True]


def test_the_fronts_lead_to_the_sockets_of_the_units() -> None:
    node, desk = "/run/wayhome/node.sock", "/run/wayhome-stamp-winter/desk.sock"
    assert f"proxy_pass http://unix:{node};" in (DEPLOY / "nginx.conf").read_text("utf-8")
    torrc = (DEPLOY / "torrc").read_text("utf-8")
    assert f"HiddenServicePort 80 unix:{node}" in torrc
    assert f"HiddenServicePort 80 unix:{desk}" in torrc
    assert f"--socket {desk.replace('winter', '%i')}" in dict(settings(UNITS[1]))["ExecStart"]
    assert node in (DEPLOY / "wayhome.service").read_text("utf-8")


@pytest.mark.parametrize("name", UNITS)
def test_a_front_is_let_in_without_a_group(name: str) -> None:
    assert (
        dict(settings(name))["RuntimeDirectoryMode"] == "0755"
    )  # Tor drops all groups but its own


def test_the_container_copies_what_is_there_and_runs_what_the_unit_runs() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    own = [line for line in re.findall(r"^COPY (.+)$", text, re.MULTILINE) if "--from" not in line]
    for line in own:
        for source in line.split()[:-1]:
            assert (tree.ROOT / source).exists(), source
    assert f'ENTRYPOINT ["{PROGRAM}"]' in text
    assert PROGRAM in dict(settings(UNITS[0]))["ExecStart"]
    pyproject = tomllib.loads((tree.ROOT / "pyproject.toml").read_text("utf-8"))
    least = tuple(map(int, re.findall(r"\d+", pyproject["project"]["requires-python"])))
    for version in re.findall(r"^FROM \S*/python:(\d+)\.(\d+)-", text, re.MULTILINE):
        assert tuple(map(int, version)) >= least
