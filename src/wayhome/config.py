"""The settings of a node, read once and frozen; docs/operate.md has the reason of each."""

import re
import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import msgspec

from wayhome import outward

_GROUP = re.compile(r"[0-9a-f]{64}")
_HOST = r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])"
_PORT = r"(?P<port>[0-9]{1,5})"
_ADDRESS = re.compile(rf"https?://{_HOST}(?::{_PORT})?(?:/[A-Za-z0-9._~-]+)*")
_ONION = re.compile(r"http://[a-z2-7]{56}\.onion")
_SOCKS = re.compile(rf"socks5h?://(?:[^@/?#\s]+@)?{_HOST}:{_PORT}")
_LAST_PORT = 65_535


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
    onion: str = ""
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
            value that cannot be meant.
    """
    found = _table(path)
    _refuse_unknown(path, found, Config.__struct_fields__)
    for name, known in (("peer", PeerConfig), ("echo", EchoConfig)):
        for one in found.get(name, ()):
            if isinstance(one, dict):
                _refuse_unknown(path, one, known.__struct_fields__)
    try:
        config = msgspec.convert(found, Config)
    except msgspec.ValidationError as error:
        raise ConfigFault(f"{path}: {error}") from error
    try:
        refuse_senseless(config)
    except ConfigFault as fault:
        raise ConfigFault(f"{path}: {fault}") from None
    _refuse_bad_echo(path, config)
    return config


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        if isinstance(error, FileNotFoundError) and path == Path("node.toml"):  # nobody named it
            raise ConfigFault("there is no node.toml here: go to where it is, or name it") from None
        raise ConfigFault(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise ConfigFault(f"{path} is not plain text in UTF-8; save it as that") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigFault(f"{path}: {error}") from error


def refuse_senseless(config: Config) -> None:
    """Refuse what a node could start with and would then never do what was meant.

    Raises:
        ConfigFault: in words.
    """
    for one in config.home:
        if not _GROUP.fullmatch(one):
            raise ConfigFault(f"home: `{one}` is no group's id: 64 digits 0-9 and a-f")
    if not 0 <= config.port <= _LAST_PORT:  # 0: whatever is free, for trials
        raise ConfigFault(f"port: {config.port} is none; a port is 1 to {_LAST_PORT}")
    if config.reach < 0:
        raise ConfigFault("reach: a number of links is not below 0")
    if config.address and not _is_place(_ADDRESS, config.address):
        raise ConfigFault("address: write https://host or http://host.onion, without a slash after")
    if config.onion:
        _refuse_odd_onion(config)
    if config.socks and not _is_place(_SOCKS, config.socks):
        words = " or ".join(f"{one}127.0.0.1:9050" for one in outward.SCHEMES)
        raise ConfigFault(f"socks: write {words}")


def _refuse_odd_onion(config: Config) -> None:
    if not _ONION.fullmatch(config.onion):
        raise ConfigFault("onion: write http:// and the 62 characters of the service's hostname")
    if not config.address.startswith("https://"):
        raise ConfigFault("onion: it is told to those who come by https; `address` must be https")


def _is_place(form: re.Pattern[str], said: str) -> bool:
    found = form.fullmatch(said)
    return found is not None and int(found["port"] or _LAST_PORT) in range(1, _LAST_PORT + 1)


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
