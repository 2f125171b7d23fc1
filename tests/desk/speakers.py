"""A group of three, two of whom must sign, its node in this process, and their desks."""

from dataclasses import dataclass, field
from pathlib import Path

from cases.nodes import OfGroup
from desk.deskpage import ADDRESS, Browser, Page
from desk.offices import InProcess
from petition_world import secret_key
from wayhome.cases.sealedfile import Attachment
from wayhome.channel.service import Writing
from wayhome.channel.service import write as post
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.desk.app import Door, app
from wayhome.desk.charters import Step, found_group, link_groups
from wayhome.desk.desk import Desk
from wayhome.desk.keyring import make_key, open_key
from wayhome.desk.known import DeskFault, Known
from wayhome.desk.organiser import Organiser
from wayhome.desk.proposals import cosign_with, write
from wayhome.desk.texts import Voice
from wayhome.groups.service import Founding
from wayhome.records.record import Record

OTHERS = {name: secret_key(name) for name in ("olga", "vera")}


@dataclass
class Way:
    """A node without a network; it can be taken away."""

    inner: InProcess
    is_down: bool = False

    def get(self, path: str) -> bytes:
        self._reach()
        return self.inner.get(path)

    def hand_in(self, record: Record) -> None:
        self._reach()
        self.inner.hand_in(record)

    def hand_in_file(self, file: Attachment) -> None:
        self._reach()
        self.inner.hand_in_file(file)

    def _reach(self) -> None:
        if self.is_down:
            raise DeskFault("%(node)s does not answer", node="http://127.0.0.1:1")


@dataclass
class Speakers:
    """The group; Anna is at the desk, Olga and Vera sign elsewhere."""

    of_group: OfGroup
    folder: Path
    passphrase: str = ""
    k: int = 2
    secret: SecretKey = field(init=False, repr=False)
    known: Known = field(init=False)
    group: str = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.key = self.folder / "anna.key"
        self.public = make_key(self.key, self.passphrase)
        self.secret = open_key(self.key, self.passphrase)
        others = [keys.public_key(one) for one in OTHERS.values()]
        founding = Founding("Родные Самары", self.k, (self.public, *others), ("ru", "en"))
        charter = found_group(founding, self.secret, self.now)
        self.group, self.known = charter.id, Known.of([charter.line])
        self.cosign(charter, "olga", "vera")
        self.of_group.node.close()
        self.of_group.open(self.group)
        self.of_group.take(self.known.records.values())
        self.way = Way(InProcess(self.of_group))
        self.desk = Organiser(self.key, self.folder / "desk", [self.way], lambda: self.now)
        self.desk.folder.mkdir()

    @property
    def now(self) -> int:
        return self.of_group.now

    def cosign(self, record: Record, *names: str) -> list[Record]:
        """Have others sign; nobody is told yet."""
        self.known = self.known.plus(record)
        found = [cosign_with(self.known, record, OTHERS[one], self.now) for one in names]
        self.known = self.known.plus(*found)
        return found

    def proposed(self, text: str, by: str = "olga", **said: str) -> Record:
        """Have another organiser write a text; nobody is told yet."""
        writing = Writing(said.get("title", text), said.get("lang", "ru"), text)
        record = write(post((self.group, self.group), writing, self.now), OTHERS[by])
        self.known = self.known.plus(record)
        return record

    def page(self, cases: Desk | None = None) -> Page:
        """Open the desk in a browser."""
        door = Door()
        page = Page(Browser(app(cases, door, ADDRESS, {}, self.desk)), door)
        page.ask("/view", view="open-key", fields={"passphrase": self.passphrase})
        return page

    def is_official(self, record: Record) -> bool:
        """Tell whether the node holds it so."""
        return bool(self.of_group.node.site.standing.is_official(record.id))


def theirs(speakers: Speakers, *, is_linked: bool = True) -> tuple[Record, list[Record]]:
    """Another group's appeal, and all that a node needs to carry it where ours links to it."""
    founder, now, own = OTHERS["olga"], speakers.now, (speakers.group, speakers.group)
    charter = found_group(Founding("Родные Омска", 1, ()), founder, now)
    records, known = [charter], speakers.known.plus(charter)
    if is_linked:
        link = link_groups(known, Step(own, charter.id), founder, now)
        records += [link, cosign_with(known.plus(link), link, OTHERS["vera"], now)]
    voice = Voice(known.plus(*records), (charter.id, charter.id), now)
    appeal = write(voice.text(Writing("Их обращение", "ru", "Слово", "appeal")), founder)
    return appeal, [*records, appeal]
