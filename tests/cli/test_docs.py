"""Whatever a page or a help text tells people to type exists, word for word."""

import re
import shlex
from pathlib import Path

import click
import pytest

from wayhome.cli import COMMANDS, wayhome

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/organise.md", "docs/operate.md", "docs/desk.md")


def told(text: str, start: str) -> list[list[str]]:
    """The commands of a text: lines that begin so, those they go on in included."""
    whole = re.sub(r"\s*\\\n\s*", " ", text)
    lines = re.findall(rf"^\s*{start}wayhome (.*)$", whole, re.MULTILINE)
    return [shlex.split(re.sub(r"\s\s+\(.*\)$", "", line), comments=True) for line in lines]


def refuse_unknown(words: list[str]) -> None:
    """Follow a command's words down to what they name, and find each of its options there."""
    command: click.Command = wayhome
    context = click.Context(wayhome, info_name="wayhome")
    while isinstance(command, click.Group) and words:
        found = command.get_command(context, words[0])
        assert found is not None, f"there is no command {words[0]}"
        command, words = found, words[1:]
    known = {name for one in command.params for name in one.opts}
    asked = {word for word in words if word.startswith("--") and len(word) > 2}
    assert asked <= known | {"--help"}, f"{command.name} has no {asked - known}"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_commands_that_exist(page: str) -> None:
    commands = told((ROOT / page).read_text("utf-8"), r"\./run ")
    assert commands
    for words in commands:
        refuse_unknown(words)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_help_names_commands_that_exist(name: str) -> None:
    command = wayhome.get_command(click.Context(wayhome), name)
    assert command is not None
    for words in told(command.help or "", ""):
        refuse_unknown(words)


def test_the_list_of_commands_loads_none_of_them() -> None:
    said = (ROOT / "src" / "wayhome" / "cli" / "__init__.py").read_text("utf-8")
    assert not re.findall(r"^(?:from|import) wayhome", said, re.MULTILINE)


def test_a_command_that_does_not_exist_would_be_seen() -> None:
    with pytest.raises(AssertionError, match="no command"):
        refuse_unknown(["group", "close"])
    with pytest.raises(AssertionError, match="--nothing"):
        refuse_unknown(["group", "show", "--nothing", "x"])
    assert told("  ./run wayhome group show \\\n     --from x   # a word\n", r"\./run ") == [
        ["group", "show", "--from", "x"]
    ]


def test_every_organisers_command_stands_on_their_page() -> None:
    page = (ROOT / "docs/organise.md").read_text("utf-8")
    for name in ("group", "post", "cosign", "petition", "stamp", "voucher"):
        command = wayhome.get_command(click.Context(wayhome), name)
        parts = command.commands if isinstance(command, click.Group) else {"": command}
        for part in parts:
            assert f"{name} {part}".strip() in page, f"{name} {part}"
