"""Killed, unplugged, full or broken: what was answered is there, and nothing is there by half."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import powercut
from wayhome.records.filter import Filter
from wayhome.store.sqlite import SqliteStore

KEEPER = Path(__file__).parent.parent / "keeper.py"
LAPSER = Path(__file__).parent.parent / "lapser.py"
EACH = 5
needs_strace = pytest.mark.skipif(  # where tests must all run, what lacks it is red
    not (shutil.which("strace") or os.environ.get("CI")), reason="strace is not here"
)


def keeper(folder: Path, batches: int) -> list[str]:
    return [sys.executable, str(KEEPER), str(folder), str(batches), str(EACH)]


def assert_nothing_is_lost(folder: Path, answered: list[str]) -> None:
    """The last batch may be there unanswered; no batch is there by half."""
    store = SqliteStore(folder / "node.db")
    kept = set(store.ids(Filter()))
    held = {one.key.hex() for one in store.held()}
    numbers = [record.content.split()[0] for record in store.find(Filter())]
    damaged = list(store.damaged())
    store.close()
    ids = {one for line in answered for one in line.split()}
    assert ids <= kept
    assert ids <= held
    assert all(numbers.count(number) == EACH for number in numbers)
    assert damaged == []
    for name in ("node.db", "held.db"):
        db = sqlite3.connect(folder / name)
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        db.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_killed_at_any_moment_it_has_what_it_answered(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - moments, no secret
    with subprocess.Popen(keeper(tmp_path, 100_000), stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        answered = [running.stdout.readline() for _ in range(rng.randint(1, 60))]
        running.send_signal(signal.SIGKILL)
        answered += [line for line in running.stdout if line.endswith("\n")]
    assert running.returncode == -signal.SIGKILL
    assert_nothing_is_lost(tmp_path, answered)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_killed_while_records_lapse_each_is_there_or_known_as_lapsed(
    tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)  # noqa: S311 - moments, no secret
    command = [sys.executable, str(LAPSER), str(tmp_path), str(EACH)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        answered = [running.stdout.readline() for _ in range(rng.randint(1, 40))]
        running.send_signal(signal.SIGKILL)
        answered += [line for line in running.stdout if line.endswith("\n")]
    store = SqliteStore(tmp_path / "node.db")
    kept, lapsed = set(store.ids(Filter())), set(store.lapsed())
    facts = {row.hex() for row in store.facts("pleas")}
    store.close()
    assert kept.isdisjoint(lapsed)
    assert facts == kept, "a fact goes with its record"
    assert len(lapsed) % EACH == 0, "no batch lapses by half"
    for line in answered:
        what, *ids = line.split()
        if what == "lapsed":
            assert lapsed >= set(ids)
        else:
            assert kept | lapsed >= set(ids)


@pytest.mark.slow
@needs_strace
@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        ("fdatasync:signal=KILL:when=7", {-9, 137}),
        ("pwrite64:signal=KILL:when=40", {-9, 137}),
        ("fdatasync:error=EIO:when=3", {3}),
        ("fdatasync:error=EIO:when=30", {3}),
        ("fdatasync:error=EIO:when=30+", {3}),
        ("pwrite64:error=ENOSPC:when=120+", {4}),  # the opening takes fewer
    ],
)
def test_a_fault_at_a_system_call_is_never_answered_with_yes(
    tmp_path: Path, fault: str, codes: set[int]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    strace = ["strace", "-f", "-qq", "-o", str(tmp_path / "t"), "-e", "trace=fdatasync,pwrite64"]
    strace += ["-e", f"inject={fault}"]
    ended = subprocess.run(
        [*strace, *keeper(home, 200)], check=False, capture_output=True, text=True, timeout=300
    )
    assert ended.returncode in codes, ended.stderr
    assert_nothing_is_lost(home, ended.stdout.splitlines())


@pytest.mark.slow
@needs_strace
def test_after_a_power_cut_at_any_moment_it_has_what_it_answered(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    states = int(os.environ.get("WAYHOME_POWER_CUTS", "100"))
    recording = powercut.record(keeper(home, 60), home, tmp_path / "trace")
    assert len(recording.printed) == 60
    rng = random.Random(7)  # noqa: S311 - moments, no secret
    for number in range(states):
        moment = rng.randint(0, len(recording.changes))
        folder = tmp_path / f"cut{number}"
        folder.mkdir()
        for name, body in powercut.disk_after(recording.changes[:moment], rng).items():
            (folder / name).write_bytes(body)
        answered = [line for before, line in recording.printed if before <= moment]
        assert_nothing_is_lost(folder, answered)
        shutil.rmtree(folder)
