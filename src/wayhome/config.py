"""The settings of a node, read once and frozen; docs/operate.md has the reason of each."""

import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import msgspec


class ConfigFault(Exception):  # noqa: N818 - the operator's fault, told in words
    """The file cannot be read or has a setting that is not one; the message names it."""


class PeerConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A peer; `offers`: a relay that asks nobody is offered our records."""

    url: str
    offers: bool = False


class EchoConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One place that official texts are echoed to: a relay, or a service by its Apprise address."""

    relay: str = ""
    apprise: str = ""
    form: Literal["short", "long"] = "short"
    languages: tuple[str, ...] = ()
    history: bool = False


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A node's settings."""

    home: tuple[str, ...]
    address: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    socket: str = ""
    data: str = "node-data"
    peer: tuple[PeerConfig, ...] = ()
    socks: str = ""
    reach: int = 3
    campaign: str = ""
    echo: tuple[EchoConfig, ...] = ()


def read_config(path: Path) -> Config:
    """Read a settings file.

    Raises:
        ConfigFault: missing, not TOML, an unknown setting (the nearest known one is named), or a
            value of the wrong type.
    """
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigFault(f"{path}: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigFault(f"{path}: {error}") from error
    _refuse_unknown(path, found, Config.__struct_fields__)
    for name, known in (("peer", PeerConfig), ("echo", EchoConfig)):
        for one in found.get(name, ()):
            if isinstance(one, dict):
                _refuse_unknown(path, one, known.__struct_fields__)
    try:
        config = msgspec.convert(found, Config)
    except msgspec.ValidationError as error:
        raise ConfigFault(f"{path}: {error}") from error
    _refuse_bad_echo(path, config)
    return config


def _refuse_bad_echo(path: Path, config: Config) -> None:
    for number, place in enumerate(config.echo, 1):
        if bool(place.relay) == bool(place.apprise):
            raise ConfigFault(f"{path}: echo {number} needs `relay` or `apprise`, and not both")
        if place.relay and not place.relay.startswith(("wss://", "ws://")):
            raise ConfigFault(f"{path}: echo {number}: a relay's address begins with wss://")
        if place.apprise and config.socks:
            raise ConfigFault(f"{path}: echo {number}: Apprise would go past the proxy of `socks`")
    if config.echo and not config.address:
        raise ConfigFault(f"{path}: echo needs `address`: each text carries that of its proof")


def _refuse_unknown(path: Path, found: dict[str, Any], known: Sequence[str]) -> None:
    for name in found:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"; did you mean `{near[0]}`?" if near else f"; settings are {', '.join(known)}"
            raise ConfigFault(f"{path}: there is no setting `{name}`{hint}")
