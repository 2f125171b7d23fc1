"""A group's node in this process, its caseworkers' desks, and a family with eight words."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cases.lawful import law
from cases.nodes import OfGroup
from petition_world import secret_key
from wayhome.cases import said
from wayhome.cases.body import Place
from wayhome.cases.kinds.sealed import Blob, Envelope
from wayhome.cases.mailbox import Mailbox
from wayhome.cases.sealedfile import Attachment
from wayhome.codec import limits
from wayhome.codec.age import Sort
from wayhome.crypto import keys, receipts
from wayhome.crypto.recipients import Recipient, recipient_of
from wayhome.crypto.slots import family_slot
from wayhome.desk.case import Case
from wayhome.desk.casework import Casework
from wayhome.desk.desk import Desk, caseworker_of, new_desk, new_season
from wayhome.desk.known import DeskFault, Known
from wayhome.desk.opening import open_envelope
from wayhome.desk.post import refuse_refusal
from wayhome.desk.sealing import Enclosed, Outside, make_envelope, places, readers
from wayhome.desk.vault import Secret, Vault
from wayhome.groups import service
from wayhome.groups.caseworker import Caseworker
from wayhome.groups.kinds.charter import Charter
from wayhome.groups.service import Founding
from wayhome.records.record import Record, read_line

PASSPHRASE = "шесть слов для этого теста здесь"  # noqa: S105 - opens no desk but the tests'


@dataclass(frozen=True)
class InProcess:
    """A node reached without a network."""

    of_group: OfGroup

    def get(self, path: str) -> bytes:
        answer = self.of_group.get(path)
        if answer.status_code != 200:
            raise DeskFault(f"{answer.status_code} at {path}")
        return answer.content

    def hand_in(self, record: Record) -> None:
        refuse_refusal("node", record, self.of_group.ask("POST", "/records", record.line).content)

    def hand_in_file(self, file: Attachment) -> None:
        for part, body in {"list": file.hashes, **dict(enumerate(file.chunks))}.items():
            answer = self.of_group.ask("PUT", f"/blob/{file.id}/{part}", body)
            if answer.status_code != 200:
                raise DeskFault(f"{answer.status_code} to a file")


@dataclass
class Offices:
    """The node, and a folder for each desk by its letter; those after `/` are no intake."""

    of_group: OfGroup
    folder: Path
    letters: str = "uv"
    sort: Sort = "hybrid"
    desks: dict[str, Desk] = field(default_factory=dict)
    vaults: dict[str, Vault] = field(default_factory=dict)
    others: list[Desk] = field(default_factory=list)

    def __post_init__(self) -> None:
        intake, _, workers = self.letters.partition("/")
        named = [self.made(one, "intake") for one in intake]
        named += [self.made(one, "worker") for one in workers]
        self.charter = self.of_group.charter
        self.group = self.charter.id
        self.amend(named)
        for one in intake + workers:
            self.desks[one].open_with(self.vaults[one])

    def made(self, letter: str, role: str) -> Caseworker:
        """Make a desk; give what a charter says of it."""
        folder = self.folder / letter
        vault = new_desk(folder, self.of_group.charter.id, PASSPHRASE, self.today, self.sort)
        self.vaults[letter] = vault
        found = caseworker_of(vault, "intake" if role == "intake" else "worker", is_custodian=True)
        way = InProcess(self.of_group)
        places = {"RU-VLG": {"ru": "Вологодская область", "en": "Vologda Region"}}
        self.desks[letter] = Desk(folder, [way], law(), lambda: self.of_group.now, places=places)
        return found

    def amend(self, named: list[Caseworker]) -> None:
        """Let the group name these and nobody else."""
        world, before = self.of_group.world, self.charter
        hybrid = [text for one in named for text in one.hybrid]
        if hybrid:
            keys_ = service.keys_of_season(self.group, before.id, hybrid, world.at())
            self.of_group.take([world.write(keys_, "a")])
        organiser = keys.public_key(secret_key("a"))
        founding = Founding("Родные Волги", 1, (organiser,), caseworkers=tuple(named))
        self.charter = world.write(
            service.amend(self.group, [before.id], founding, [], world.at()), "a"
        )
        self.of_group.take([self.charter])

    @property
    def today(self) -> dt.date:
        return dt.datetime.fromtimestamp(self.of_group.now, dt.UTC).date()

    def work(self, letter: str) -> Casework:
        found = self.desks[letter].work
        assert found is not None
        return found

    def key(self, letter: str) -> str:
        return self.work(letter).me

    def pass_hour(self) -> None:
        """Let the node make public what it holds, and every open desk look."""
        self.of_group.pass_hour()
        for desk in self.desks.values():
            if desk.work is not None:
                desk.touch()
                desk.fetch()

    def case(self, letter: str) -> Case:
        """The only case that a desk has."""
        (found,) = self.work(letter).load.cases.values()
        return found

    def state(self, letter: str) -> str:
        return str(self.work(letter).load.file(self.case(letter)).state)

    def elsewhere(self, letter: str, *kept: Secret) -> Desk:
        """Open another desk of hers with these secrets alone; it was never on before."""
        again = Desk(
            self.folder / f"{letter}-{len(self.others)}", [], law(), lambda: self.of_group.now
        )
        again.ways = self.desks[letter].ways
        vault = Vault.make(again.folder, PASSPHRASE)
        for secret in kept:
            vault.put(secret)
        again.open_with(vault)
        self.others.append(again)
        return again

    def lock(self) -> None:
        """Lock every desk that was opened here."""
        for desk in (*self.desks.values(), *self.others):
            desk.lock()

    def begin_season(self, letter: str) -> Caseworker:
        """Give her new identities; what a charter is to say of her."""
        desk = self.desks[letter]
        desk.lock()
        vault = Vault.open(desk.folder, PASSPHRASE)
        new_season(vault, self.today, self.sort)
        found = caseworker_of(vault, "intake", is_custodian=True)
        self.vaults[letter] = vault
        desk.open_with(vault)
        return found

    def taken(self, story: str = "Мужа возвращают в часть.") -> "Family":
        """Have a report, taken by the first desk with the second."""
        family = Family(self)
        family.report(story)
        self.pass_hour()
        first, *second = list(self.desks)[:2]
        self.work(first).take(self.case(first), "раненый", [self.key(one) for one in second])
        self.pass_hour()
        return family


@dataclass
class Family:
    """A family's phone."""

    offices: Offices
    code: bytes = field(default_factory=receipts.new_code)
    sent: int = 0

    def __post_init__(self) -> None:
        self.keys = receipts.family_keys(self.code)
        self.identity = self.keys.identity(self._charter.sort)

    def report(
        self,
        story: str = "Мужа возвращают в часть.",
        blobs: Sequence[Blob] = (),
        **more: object,
    ) -> Record:
        values = {
            "kind": "wounded-sent-back", "region": "RU-VLG", "lang": "ru", "story": story,
            "answers": {"board": "no"}, "sender": "home", "recipient": recipient_of(self.identity),
            "box": self.keys.box.hex(), "consent": said.Consent(figures=True),
            "n": 1,
        } | more  # fmt: skip
        told = said.Report(v=1, at=self._day, **values)
        return self._send(told, list(readers(self._charter, told)), blobs)

    def write(self, text: str, number: int) -> Record:
        """Write on, to whom the newest reply says."""
        answer = self.answer()
        assert answer is not None
        message = said.Message(1, number, self._day, text)
        return self._send(message, [Recipient(answer.recipient)])

    def tell_name(
        self, name: str, address: str, blobs: Sequence[Blob] = (), **more: object
    ) -> Record:
        """Seal who they are, for the custodians alone."""
        told = said.PersonalDetails(v=1, n=2, at=self._day, name=name, address=address, **more)
        return self._send(told, list(readers(self._charter, told)), blobs)

    def answer(self) -> said.Reply | None:
        """Come back with the words: the newest reply, if there is one."""
        node, group = self.offices.of_group, self.offices.group
        raw = node.get(f"/envelopes/{group}/slots").content
        there = {raw[at : at + 16].hex() for at in range(0, len(raw), 16)}
        newest = Mailbox.of(there, self.keys.box).newest
        for record in self.offices.of_group.public:
            if Envelope.of(record).slot == newest:
                body = open_envelope(record, self.identity)
                assert isinstance(body.said, said.Reply)
                return body.said
        return None

    @property
    def _charter(self) -> Charter:
        return Known.of(one.line for one in self.offices.of_group.world.records).said_by(
            self.offices.charter.id
        )

    @property
    def _day(self) -> dt.date:
        return dt.datetime.fromtimestamp(self.offices.of_group.now, dt.UTC).date()

    def _send(
        self, told: said.Statement, to: list[Recipient], blobs: Sequence[Blob] = ()
    ) -> Record:
        slot = family_slot(self.keys.box, "f", self.sent)
        place = Place(self.offices.group, self.offices.charter.id, slot)
        outside = Outside(self.offices.of_group.now, limits.WORK_LEAST, blobs)
        enclosed = Enclosed(told, place, self.keys.sign)
        record = make_envelope(enclosed, to, places(self._charter), outside)
        answers = self.offices.of_group.send(record.line)
        assert answers[0][0] == 202, answers
        self.sent += 1
        return read_line(record.line)
