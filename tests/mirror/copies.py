"""Copies: mirrors written and checked as the commands do it, at the small campaign's time."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from click.testing import CliRunner

from wayhome.cli import wayhome
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.mirror.folder import Folder
from wayhome.mirror.manifest import NAME, Manifest
from wayhome.mirror.writing import Written, write_mirror
from web.small import Opened

SECRET = SecretKey(bytes(31) + b"\x07")
OTHER_SECRET = SecretKey(bytes(31) + b"\x08")


@dataclass(frozen=True)
class Copies:
    """What one node writes."""

    opened: Opened
    secret: SecretKey = SECRET

    def write(self, folder: Path) -> Written:
        return write_mirror(self.opened.node.site, Folder(folder), self.secret, lambda *_: None)


def check(folder: Path, *words: str) -> tuple[int, str]:
    """Run `wayhome check` on a mirror; its exit code and what it says."""
    result = CliRunner().invoke(wayhome, ["check", str(folder), *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return result.exit_code, f"{result.output}{result.exception}"
    return result.exit_code, result.output


def contents(folder: Path) -> Mapping[str, str]:
    """Give every file of a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def manifest_of(folder: Path) -> Manifest:
    return Manifest.read((folder / NAME).read_bytes())


def resign(folder: Path, secret: SecretKey = OTHER_SECRET) -> None:
    """Do what a forger does: list the files as they are, signed with a key of one's own."""
    old = manifest_of(folder)
    files = {path: total for path, total in contents(folder).items() if path != NAME}
    own = Manifest(keys.public_key(secret), old.at, old.program, old.set, files)
    (folder / NAME).write_bytes(own.signed(secret))
