"""Manifest: the signed list of a mirror's files; docs/protocol/mirror.md has its form.

Below its head it is what `sha256sum -c` reads, so that nobody needs this program to see a changed
byte; the sig on its last line says who wrote the list.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from wayhome.codec import limits
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey

NAME = "manifest.txt"
_FORM = re.compile(
    r"# wayhome mirror 1\n"
    r"# node (?P<node>[0-9a-f]{64})\n"
    r"# at (?P<at>0|[1-9][0-9]{0,14})\n"
    r"# program (?P<program>[0-9A-Za-z.+]{1,60})\n"
    r"# set (?P<set>[0-9a-f]{64})\n"
    r"(?P<files>(?:[0-9a-f]{64}  [^\n]{1,250}\n)*)"
    r"# sig (?P<sig>[0-9a-f]{128})\n"
)
_PART = r"[0-9A-Za-z][0-9A-Za-z_-]{0,79}(?:\.[0-9A-Za-z]{1,40}){0,3}"
_PATH = re.compile(rf"{_PART}(?:/{_PART}){{0,5}}")
# names that are devices, whatever their ending, on some people's machines
_DEVICES = re.compile(
    r"(?:^|/)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.[^/]*)?(?:/|$)", re.IGNORECASE
)


class BadManifest(ValueError):  # noqa: N818 - what a stranger wrote, not our mistake
    """It is no manifest; the message says why."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Which files a mirror has, by path; whose list it is, and of which moment.

    `set` stands for all that decided them: where it is the same, every file is.
    """

    node: str
    at: int
    program: str
    set: str
    files: Mapping[str, str]

    @property
    def has_records(self) -> bool:
        """Tell whether any file is one of records."""
        return any(path.startswith("records/") for path in self.files)

    @property
    def body(self) -> bytes:
        """All that is signed."""
        head = (
            f"# wayhome mirror 1\n# node {self.node}\n# at {self.at}\n"
            f"# program {self.program}\n# set {self.set}\n"
        )
        rows = (f"{total}  {path}\n" for path, total in sorted(self.files.items()))
        return (head + "".join(rows)).encode()

    def signed(self, secret: SecretKey) -> bytes:
        """Give the file; the same list gives the same bytes."""
        sig = keys.sign_alike(secret, sha256(self.body).digest())
        return self.body + f"# sig {sig.hex()}\n".encode()

    @classmethod
    def read(cls, raw: bytes) -> Self:
        """Read a file whose sig is right.

        Raises:
            BadManifest: it is no manifest, names what is no path, or is not what its key signed.
        """
        if len(raw) > limits.MANIFEST:
            raise BadManifest("it is larger than any list of files")
        found = _FORM.fullmatch(raw.decode("ascii", "replace"))
        if found is None:
            raise BadManifest("it has not the form of a manifest")
        rows = [line.split("  ", 1) for line in found["files"].splitlines()]
        files = {path: total for total, path in rows}
        bad = next((path for path in files if not is_path(path)), None)
        if bad is not None or len(files) < len(rows) or list(files) != sorted(files):
            raise BadManifest(f"it lists what is no file of a mirror: {bad or 'a name twice'}")
        made = cls(found["node"], int(found["at"]), found["program"], found["set"], files)
        digest = sha256(made.body).digest()
        if not keys.verifies(bytes.fromhex(made.node), digest, bytes.fromhex(found["sig"])):
            raise BadManifest("its sig is not by the key that it names: somebody changed it")
        return made


def is_path(text: str) -> bool:
    """Tell whether a name is one that a file of a mirror may have.

    Every part begins with a letter or digit, so no path leaves its folder or is hidden in it.
    """
    return bool(_PATH.fullmatch(text)) and not _DEVICES.search(text) and text != NAME
