"""Proxied: the option by which whoever runs a command has it ask others through a proxy."""

from pathlib import Path

import click

from wayhome import outward
from wayhome.config import read_config

SETTINGS = Path("node.toml")
_HELP = (
    "Ask others through this SOCKS proxy, names included, and never past it: for Tor"
    " socks5h://127.0.0.1:9050. Default: `socks` of node.toml, if it is here."
)


def proxied(command: click.Command) -> click.Command:
    """Give a command, or all commands of a group, the option."""
    if isinstance(command, click.Group):
        for one in command.commands.values():
            proxied(one)
    elif not any(param.name == "proxy" for param in command.params):
        option = click.Option(["--proxy"], expose_value=False, callback=_use, help=_HELP)
        command.params.append(option)
    return command


def _use(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is None:
        config = ctx.params.get("config") or SETTINGS
        value = read_config(config).socks if config.exists() else ""
    if value and not value.startswith(outward.SCHEMES):
        words = f"it begins with {' or '.join(outward.SCHEMES)}"
        raise click.BadParameter(words, ctx, param)
    outward.use(value)
