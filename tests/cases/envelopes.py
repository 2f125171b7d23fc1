"""Envelopes that nobody can open, for a group whose caseworkers have letters for names."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from agefiles import sealed_file
from groups.kind_cases import recipient
from groups.world import DAY, NOW, World, public
from petition_world import secret_key
from wayhome.cases.kinds.sealed import NUMBER
from wayhome.cases.proof_of_work import digest_of, do
from wayhome.crypto import keys
from wayhome.groups import service
from wayhome.groups.caseworker import Caseworker
from wayhome.groups.service import Founding
from wayhome.records.draft import Draft
from wayhome.records.record import Record, Tag
from wayhome.records.signing import sign

SLOT = "1e8eee60f68cbd2d52b1d410e6c02ef6"
YEAR = 365 * DAY
NO_WORK = 0


def caseworker(letter: str) -> Caseworker:
    return Caseworker.agreed(secret_key(letter), recipient(letter), "intake")


def found(world: World, workers: str = "uvw", name: str = "Родные Волги") -> Record:
    """Found a group of one organiser, `a`, with these caseworkers."""
    named = tuple(caseworker(one) for one in workers)
    founding = Founding(name, 1, (public("a"),), caseworkers=named)
    return world.write(service.found(founding, world.at()), "a")


def amend(world: World, before: Record, workers: str) -> Record:
    """Let others be caseworkers from now on."""
    named = tuple(caseworker(one) for one in workers)
    group = service.charter_of(before)[0]
    founding = Founding("Родные Волги", 1, (public("a"),), caseworkers=named)
    return world.write(service.amend(group, [before.id], founding, [], world.at()), "a")


@dataclass(frozen=True)
class Sealed:
    """An envelope to be: every part of it can be spoilt."""

    charter: Record
    at: int = NOW
    file: bytes = field(default_factory=sealed_file)
    slot: str = SLOT
    bits: int = 16
    blobs: Sequence[Tag] = ()
    ends: str = ""
    content: str | None = None
    group: str = ""
    tags: Sequence[Tag] | None = None
    work: Tag | None = None
    author: str = ""

    @property
    def record(self) -> Record:
        secret = secret_key(self.author) if self.author else keys.new_secret_key()
        content = b64encode(self.file).decode() if self.content is None else self.content
        plain = self._tags(("work", "0" * 16, str(self.bits)))
        said = (keys.public_key(secret), self.at, NUMBER, plain, content)
        nonce = do(digest_of(*said), self.bits) if self.bits <= 24 else bytes(8)
        done = self.work or ("work", nonce.hex(), str(self.bits))
        return sign(Draft(NUMBER, self._tags(done), content, self.at), secret)

    def _tags(self, done: Tag) -> tuple[Tag, ...]:
        if self.tags is not None:
            return tuple(done if tag[0] == "work" and len(tag) == 3 else tag for tag in self.tags)
        return (
            ("g", self.group or service.charter_of(self.charter)[0]),
            ("charter", self.charter.id),
            ("s", self.slot),
            ("expiration", self.ends or str(self.at + YEAR)),
            done,
            *self.blobs,
        )

    def but(self, **changes: object) -> Record:
        return replace(self, **changes).record  # type: ignore[arg-type]
