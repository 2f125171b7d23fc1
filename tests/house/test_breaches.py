"""A contract that cannot be broken holds nothing: each is broken in a copy, and must be named."""

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import tree

CONTRACTS = [
    contract["name"]
    for contract in tomllib.loads((tree.ROOT / "pyproject.toml").read_text("utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
]
CYCLE = "There is no cycle"
# contract, the file that breaks it (a new one where there is none), and what is written there
BREACHES = [
    ("Arrows only go down", "records/record.py", "import wayhome.store.memory"),
    ("Arrows only go down", "peers/service.py", "import wayhome.web.site"),
    ("Arrows only go down", "ledger.py", ""),
    ("Inside groups:", "groups/facts.py", "import wayhome.groups.kinds.link"),
    ("Inside groups:", "groups/helpers.py", ""),
    ("Inside the channel:", "channel/kinds/post.py", "import wayhome.channel.texts"),
    ("Inside the cases:", "cases/rules.py", "import wayhome.cases.law"),
    ("Inside the cases:", "cases/helpers.py", ""),
    ("Inside the cases:", "cases/said.py", "import wayhome.cases.body"),
    ("Inside the petition:", "petition/tally.py", "import wayhome.petition.panel"),
    ("Inside the petition:", "petition/helpers.py", ""),
    ("Inside the cases:", "cases/slots.py", "import wayhome.cases.kinds.sealed"),
    ("Inside the cases:", "cases/helpers.py", ""),
    ("Inside the journal:", "journal/judge.py", "import wayhome.journal.intake"),
    ("Inside the store:", "store/store.py", "import wayhome.store.rows"),
    ("Inside the records:", "records/record.py", "import wayhome.records.signing"),
    ("Inside echo:", "echo/notes.py", "import wayhome.echo.places"),
    ("Inside a mirror:", "mirror/manifest.py", "import wayhome.mirror.folder"),
    ("Inside the relay:", "relay/talks.py", "import wayhome.relay.conversation"),
    ("Inside the relay:", "relay/helpers.py", ""),
    ("Inside the peers:", "peers/judging.py", "import wayhome.peers.in_step"),
    ("What decides touches", "peers/quota.py", "import time"),
    ("What decides touches", "relay/conversation.py", "import time"),
    ("Inside the stamping desk:", "stamping/book.py", "import wayhome.stamping.service"),
    (CYCLE, "web/site.py", "import wayhome.web.app"),
    ("Polls stand on", "polls/results.py", "import wayhome.channel.texts"),
    ("What decides touches", "petition/tally.py", "import time"),
    ("What decides touches", "cases/derivation.py", "import time"),
    ("What decides touches", "groups/standing.py", "from random import choice"),
    ("What decides touches", "journal/fold.py", "import logging"),
    ("Only crypto knows", "groups/reach.py", "import secrets"),
    ("Only crypto knows", "desk/keyring.py", "from cryptography import x509"),
    ("Only the stores", "web/site.py", "import sqlite3"),
    ("Below the doors", "petition/tally.py", "import starlette.requests"),
    ("Below the doors", "journal/feed.py", "import httpx"),
    ("Relay, peers and pages", "peers/service.py", "import wayhome.petition.tally"),
    ("Relay, peers and pages", "pages/charts.py", "import wayhome.groups.standing"),
    ("Relay, peers and pages", "relay/reconcile.py", "import wayhome.petition.tally"),
    ("What decides touches", "relay/reconcile.py", "import time"),
    ("The stamping desk is reached", "web/site.py", "import wayhome.stamping.book"),
    ("The stamping desk and its door", "stamping/service.py", "import wayhome.store.store"),
    ("The stamping desk and its door", "web/stamping.py", "import wayhome.web.site"),
    ("Only the keyring and the vault", "desk/__init__.py", "import wayhome.crypto.locked"),
    ("Only the desk opens", "web/doors.py", "import wayhome.crypto.unseal"),
    ("Only the desk, the clerk", "web/doors.py", "import wayhome.records.signing"),
    ("Only the composition root chooses", "web/site.py", "import wayhome.store.sqlite"),
    ("Only commands start", "export.py", "import wayhome.node"),
]

pytestmark = pytest.mark.slow


def rounds() -> list[list[tuple[str, str, str]]]:
    """Give the breaches in as few rounds as there can be, each contract and file once in each.

    A cycle has a round to itself: other breaches make cycles too.
    """
    alone = [[breach] for breach in BREACHES if breach[0] == CYCLE]
    found: list[list[tuple[str, str, str]]] = []
    for breach in dict.fromkeys(BREACHES):
        if breach[0] == CYCLE:
            continue
        for one in found:
            if all(breach[0] != other[0] and breach[1] != other[1] for other in one):
                one.append(breach)
                break
        else:
            found.append([breach])
    return alone + found


ROUNDS = rounds()


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a copy of the program, which is put back after each round."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(tree.SOURCE, folder / "wayhome", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def broken(copy: Path) -> dict[str, str]:
    """Give the contracts that do not hold in a copy, each with all that is said of it."""
    done = subprocess.run(
        ["lint-imports", "--no-logo", "--no-cache", str(tree.ROOT / "pyproject.toml")],
        cwd=copy,
        env={**os.environ, "COLUMNS": "250", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    names = re.findall(r"^(.+) BROKEN(?: \(.*\))?$", done.stdout, re.MULTILINE)
    told = done.stdout.partition("Broken contracts")[2]
    sections = {name: told.partition(f"\n{name}\n-")[2] for name in names}
    return {
        name: re.split(r"\n[^\n]+\n-{5,}\n", said, maxsplit=1)[0] for name, said in sections.items()
    }


def test_the_copy_itself_holds_every_contract(copy: Path) -> None:
    assert broken(copy) == {}


@pytest.mark.parametrize("breaches", ROUNDS, ids=range(len(ROUNDS)))
def test_each_breach_is_named_with_its_file(
    breaches: list[tuple[str, str, str]], copy: Path
) -> None:
    before = {}
    for _, file, line in breaches:
        path = copy / "wayhome" / file
        before[path] = path.read_text("utf-8") if path.exists() else None
        path.write_text(f"{before[path] or ''}\n{line}\n", "utf-8")
    try:
        found = broken(copy)
    finally:
        for path, text in before.items():
            if text is None:
                path.unlink()
            else:
                path.write_text(text, "utf-8")
    for contract, file, line in breaches:
        said = next((told for name, told in found.items() if name.startswith(contract)), "")
        folders, _, module = file.removesuffix(".py").removesuffix("/__init__").rpartition("/")
        if contract == CYCLE:  # of a cycle some arrows are told, and always the folder
            module = folders
        assert re.search(rf"\b{module}\b", said), f"{contract}: {file}: {line}\n{said}"


def test_every_contract_has_a_breach() -> None:
    spared = [
        name for name in CONTRACTS if not any(name.startswith(breach[0]) for breach in BREACHES)
    ]
    assert not spared
