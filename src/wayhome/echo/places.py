"""Places: where a node echoes to, and what came of one try there."""

from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from wayhome.echo.notes import Form


class EchoFault(Exception):  # noqa: N818 - the other side's fault, or the line's
    """It did not get there, and may another time; the message holds no address."""


class EchoRefused(Exception):  # noqa: N818 - the other side's no
    """The other side does not want this one; the message is its reason."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place: a relay's address, or an address as Apprise has them, which may hold a secret."""

    relay: str = ""
    apprise: str = ""
    form: Form = "short"
    languages: tuple[str, ...] = ()
    history: bool = False  # also what was official before the place was named

    @property
    def name(self) -> str:
        """Name it without anything that only its owner may know."""
        if self.relay:
            return urlsplit(self.relay).netloc.rpartition("@")[2]
        return f"{self.apprise.partition(':')[0]} {self.file[:4]}"

    @property
    def file(self) -> str:
        """Name the file of what it has."""
        return sha256(f"{self.relay}\n{self.apprise}\n{self.form}".encode()).hexdigest()[:16]

    def __repr__(self) -> str:
        """Show the name alone."""
        return f"Place({self.name!r})"
