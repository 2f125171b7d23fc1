"""Node key: what a node signs its closing lists, mirrors and notes with. It speaks for no group."""

import os
from pathlib import Path

from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.durable import sync


class BadKey(Exception):  # noqa: N818 - the operator's fault, told in words
    """The node's key file holds no key."""


def node_key(folder: Path) -> SecretKey:
    """Give a node's own key, made at its first start. It never speaks for a group.

    Raises:
        BadKey: the file holds none.
    """
    path = folder / "node.key"
    if not path.exists():
        _make_key(path)
    try:
        secret = keys.read_secret_key(path.read_text("ascii"))
    except ValueError:  # its own words would hold the key's digits
        raise BadKey(
            f"{path} is no key any more. Take it from a backup; or remove it, and name the new one"
            " that is made then in the charter"
        ) from None
    return secret


def _make_key(path: Path) -> None:
    """Make a key that is there whole or not at all, whenever the machine stops."""
    unfinished = path.with_name("unfinished.key")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(keys.new_secret_key().hex())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(unfinished, path)
    except FileExistsError:  # another program has just made it: that one holds
        pass
    except OSError:  # a file system without hard links
        unfinished.rename(path)
    unfinished.unlink(missing_ok=True)
    sync(path.parent)
