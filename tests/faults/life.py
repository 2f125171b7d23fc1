"""Life: a petition whose nodes and stamping desks are processes, and the people who sign it."""

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from faults.processes import Answer, Client, Clock, Nursery, Process, wait_until
from petition_world import DAY, DAYS, OPEN, Group, World
from wayhome.codec import limits
from wayhome.crypto import codes, keys
from wayhome.crypto.keypage import KeyPage
from wayhome.crypto.stamps import StampKey
from wayhome.petition.signer import Signer
from wayhome.records.record import Record
from wayhome.records.signing import sign
from wayhome.stamping.book import Book, Desk
from wayhome.stamping.service import StampingDesk

CLOSE = OPEN + DAYS * DAY
LISTS = CLOSE + limits.LISTS_AFTER_CLOSE


class Life:
    """A petition of two groups; its clock stands at the opening until it is set."""

    def __init__(self, folder: Path, nursery: Nursery, options: Sequence[str] = ()) -> None:
        self.folder = folder
        self.nursery = nursery
        self.world = World(2, 2, ceiling=100_000, options=options)
        self.petition = self.world.petition.id
        self.clock = Clock(folder / "clock", OPEN)
        self.processes: list[Process] = []

    def node(self, name: str = "node", *, under: Path | None = None, **said: object) -> Process:
        """Give a node that is not started; its home is both groups."""
        home = [group.id for group in self.world.groups]
        return self._process(name, under, what="node", home=home, **said)

    def node_of(self, group: Group, *, under: Path | None = None) -> Process:
        """Give the node that the group's charter names."""
        node = self.node(f"{group.word}-node", under=under)
        node.folder.mkdir(mode=0o700)
        (node.folder / "node.key").write_text(group.node_secret.hex())
        return node

    def desk(
        self,
        group: Group,
        node: str = "http://127.0.0.1:9",
        *,
        under: Path | None = None,
        **said: object,
    ) -> Process:
        """Make the stamping desk of a group, with the group's keys; gives it not started."""
        process = self._process(f"{group.word}-desk", under, what="desk", node=node, **said)
        make_desk(process.folder, group)
        desk = self.opened(process)
        desk.set_up(self.petition, (OPEN, CLOSE), 100_000)
        desk.close()
        return process

    def opened(self, process: Process) -> StampingDesk:
        """Open a desk's folder beside the process that serves it, as the printing program does."""
        return StampingDesk(process.folder, lambda: self.clock.at, serves=False)

    def open_desk(self, process: Process) -> None:
        """Open it for stamping as its clerk does, where a test has no node."""
        desk = self.opened(process)
        desk.open_for_stamping()
        desk.close()

    def parts(self, process: Process, count: int) -> list[bytes]:
        """Make voucher parts and have the desk honour them."""
        made = [codes.new_secret() for _ in range(count)]
        desk = self.opened(process)
        desk.add_parts(made)
        desk.close()
        return made

    def publish(self, node: Process, *more: Record) -> None:
        """Bring a node what the petition stands on; in what order does not matter to the test."""
        left = [record.line for record in (*self.world.records, *more)]
        with node.client() as client:
            for _ in range(5):
                answers = [(line, client.ask("POST", "/records", line)) for line in left]
                left = [line for line, answer in answers if answer.status != 200]
        assert not left, [answer.body for _, answer in answers]

    def signatures(self, count: int, day: int = 0) -> list[Record]:
        """Let people sign; nothing of it is sent."""
        return [self.signature_of(self.world.signer(), day) for _ in range(count)]

    def signature_of(self, signer: Signer, day: int = 0, **choice: str) -> Record:
        """Let this person sign."""
        draft = signer.draft(self.world.stamps(signer), OPEN + day * DAY, **choice)
        return sign(draft, signer.secret_key)

    def send(self, client: Client, record: Record) -> Answer:
        return client.ask("POST", f"/petition/{self.petition}/records", record.line)

    def public(self, node: Process) -> list[str]:
        """Give the ids of all signatures that a node shows, as it gives them."""
        found = node.ask("GET", "/records/3971.ids")
        assert found.status == 200
        return [found.body[at : at + 32].hex() for at in range(0, len(found.body), 32)]

    def wait_for(self, node: Process, ids: set[str]) -> None:
        """Wait until a node shows these."""
        wait_until(f"{len(ids)} ids are public", lambda: ids <= set(self.public(node)))

    def close(self) -> None:
        for process in self.processes:
            process.close()

    def second(self, first: Process) -> Process:
        """Give a process on the folder of another one."""
        told = {name: first.said[name] for name in ("what", "home", "node") if name in first.said}
        clock = str(self.clock.path)
        log = self.folder / f"{len(self.processes)}.log"
        process = Process(self.nursery, first.folder, log, clock=clock, **told)
        self.processes.append(process)
        return process

    def _process(self, name: str, under: Path | None, **said: object) -> Process:
        folder, log = (under or self.folder) / name, self.folder / f"{name}.log"
        process = Process(self.nursery, folder, log, clock=str(self.clock.path), **said)
        self.processes.append(process)
        return process


def make_desk(folder: Path, group: Group) -> None:
    """Make a desk's folder with keys that are the group's own, and so the petition's."""
    folder.mkdir(mode=0o700)
    page, desk_page = KeyPage.make(folder / "stamp.page"), KeyPage.make(folder / "desk.page")
    sealed = page.seal(group.stamp_secret, b"stamp"), desk_page.seal(group.desk_secret, b"desk")
    Book.make(folder / "book.db", Desk(group.spki, keys.public_key(group.desk_secret), *sealed))


@dataclass(frozen=True, slots=True)
class Question:
    """One request to a stamping desk, as a page would repeat it."""

    petition: str
    key: StampKey
    part: bytes
    number: int

    @classmethod
    def of(cls, life: Life, part: bytes, group: Group | None = None) -> "Question":
        """Ask for a number of its own."""
        key = StampKey.of((group or life.world.groups[0]).spki)
        return cls(life.petition, key, part, 1 + secrets.randbelow(key.modulus - 1))

    @property
    def blinded(self) -> bytes:
        return self.number.to_bytes(256, "big")

    @property
    def fields(self) -> dict[str, str]:
        return {
            "petition": self.petition,
            "kid": self.key.kid,
            "blinded": b64encode(self.blinded).decode(),
            "voucher": self.part.hex(),
        }

    @property
    def raw(self) -> bytes:
        return json.dumps(self.fields).encode()

    @property
    def another(self) -> "Question":
        """The same part for another number."""
        return Question(self.petition, self.key, self.part, self.number ^ 2)

    def ask(self, client: Client) -> Answer:
        return client.ask("POST", "/stamp", self.raw)

    def is_answered_by(self, body: bytes) -> bool:
        """Tell whether it is the stamp of this number."""
        return pow(int.from_bytes(stamp_in(body)), 65_537, self.key.modulus) == self.number


def stamp_in(body: bytes) -> bytes:
    """Give the stamp, still blind, of a desk's answer."""
    return b64decode(json.loads(body)["blind_sig"])


def ids_of(records: Sequence[Record]) -> set[str]:
    return {record.id for record in records}
