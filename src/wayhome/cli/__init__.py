"""The command line: one command a file, loaded when it is called."""

import sys
from importlib import import_module
from typing import NoReturn

import click
from rich.console import Console
from rich.markup import escape

# name -> what it is for; the file of the same name holds the command
COMMANDS: dict[str, str] = {
    "demo": "Run a small network with a sample campaign on this machine.",
    "serve": "Run a node: its site, and the doors other nodes and pages use.",
    "status": "Say how a running node stands with its peers.",
    "stamp": "Make, set up and run a group's stamping desk.",
    "recount": "Count a petition from records, trusting nobody who gave them.",
    "check": "Say of a text whether it is really a group's; check a file of records.",
    "mirror": "Write a whole site as plain files, for any web space or a stick.",
    "export": "Write a node's public records to a folder.",
    "import": "Take records of a file or folder into a node's folder.",
    "backup": "Write what a node needs to live on elsewhere to a folder.",
    "restore": "Put a node back from its backup.",
    "doctor": "Say what is not well with a node or a desk, and what to do.",
    "wipe": "Erase a node's or a desk's folder, its keys first.",
    "key": "Make an organiser's key, or show its public half.",
    "group": "Found a group, amend it, link it to others, show where it stands.",
    "post": "Write a post, a manifesto or an appeal; translate or correct one.",
    "cosign": "Read a proposal in full, then sign it too.",
    "petition": "Open a petition or poll, or accept one for your group.",
    "report": "Seal a report for caseworkers, hand in a sealed file, read the answer.",
    "voucher": "Print voucher slips for a stamping desk.",
    "desk": "Work on families' cases, or speak for your group, on your own machine.",
}

# those that ask other nodes or web spaces by themselves; the rest have settings of their own
ASKING = frozenset(
    {
        "desk",
        "recount",
        "check",
        "mirror",
        "export",
        "group",
        "post",
        "cosign",
        "petition",
        "report",
        "voucher",
        "stamp",
    }
)

err = Console(stderr=True, highlight=False)


class _Commands(click.Group):
    """Loads a command's file only when it is asked for: `--help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Give the names in the order a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load one."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"wayhome.cli.{cmd_name}_")
        command: click.Command = module.command
        if cmd_name in ASKING:
            command = import_module("wayhome.cli.proxied").proxied(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List them without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wayhome", message="%(prog)s %(version)s")
def wayhome() -> None:
    """Petitions anyone can recount, words signed by k of n, and no centre to take away.

    Begin with `wayhome demo`. Each command has its own --help.
    """


def main() -> None:
    """Run the program; what is not our own fault is said in one line."""
    try:
        wayhome()
    except Exception as fault:
        faults = import_module("wayhome.cli.faults")  # where a fault can be most is read
        told = faults.told(fault)
        if told is None:
            raise
        _say(told, faults.status(fault))


def _say(what: str, status: int) -> NoReturn:
    # a name of a file need not be text, and a stranger's words may be meant for the terminal
    what = import_module("wayhome.pages.plain").plain(what.encode("utf-8", "replace").decode())
    err.print(f"[bold]wayhome:[/bold] {escape(what)}", soft_wrap=True)
    sys.exit(status)
