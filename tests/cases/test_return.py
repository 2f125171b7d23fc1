"""A report goes in, a reply comes back, and a node learns nothing but sizes and days."""

import json
from base64 import b64decode
from collections import Counter
from dataclasses import dataclass, field

import pytest

from cases.body_cases import DAY
from cases.nodes import OfGroup
from petition_world import secret_key
from wayhome.cases import said
from wayhome.cases.body import Body, Drawer, Place, is_by_right
from wayhome.cases.kinds.sealed import Envelope
from wayhome.cases.mailbox import Mailbox
from wayhome.cases.slots import shard_bits, shard_of
from wayhome.crypto import keys, receipts
from wayhome.crypto.recipients import Identity, new_identity, recipient_of
from wayhome.crypto.slots import family_slot
from wayhome.desk.known import Known
from wayhome.desk.opening import open_body
from wayhome.desk.reporting import Sight, answer_in, seal_message
from wayhome.desk.sealing import Enclosed, Outside, make_envelope, places, readers
from wayhome.groups import service
from wayhome.groups.caseworker import Caseworker, consent
from wayhome.groups.kinds.charter import Charter
from wayhome.groups.service import Founding
from wayhome.records.record import Record, read_line

WORKERS = "uvw"


@dataclass
class Town:
    """A node whose group has three caseworkers with identities of their own."""

    of_group: OfGroup
    identities: dict[str, Identity] = field(
        default_factory=lambda: {one: new_identity("x25519") for one in WORKERS}
    )

    def __post_init__(self) -> None:
        self.amend(WORKERS, self.of_group.charter.id)

    def amend(self, letters: str, before: str) -> None:
        """Let the group name these caseworkers and nobody else."""
        world = self.of_group.world
        named = []
        for one, identity in self.identities.items():
            if one not in letters:
                continue
            words = (recipient_of(identity), "intake", "")
            proof = keys.sign(secret_key(one), consent(*words)).hex()
            named.append(Caseworker(keys.public_key(secret_key(one)), *words, proof))
        founding = Founding(
            "Родные Волги", 1, (keys.public_key(secret_key("a")),), caseworkers=tuple(named)
        )
        draft = service.amend(self.of_group.charter.id, [before], founding, [], world.at())
        self.record = world.write(draft, "a")
        self.of_group.take([self.record])

    @property
    def charter(self) -> Charter:
        return Charter.of(self.record)

    def sight(self) -> Sight:
        known = Known.of(one.line for one in self.of_group.world.records)
        return Sight((), self.of_group.now, 0, self.record.id, known)

    def place(self, slot: str) -> Place:
        return Place(self.charter.group, self.record.id, slot)

    def give(self, enclosed: Enclosed, recipients: list[str]) -> Record:
        outside = Outside(self.of_group.now, 16)
        record = make_envelope(enclosed, recipients, places(self.charter), outside)
        assert self.of_group.send(record.line)[0][0] == 202
        return record

    def opened(self, record: Record, identity: Identity) -> Body:
        envelope = Envelope.of(record)
        place = Place(envelope.group, envelope.charter, envelope.slot)
        return open_body(b64decode(record.content), place, [identity])


@dataclass
class Family:
    """Eight words, and what a phone does with them."""

    code: bytes = field(default_factory=receipts.new_code)

    def __post_init__(self) -> None:
        self.keys = receipts.family_keys(self.code)
        self.identity = self.keys.identity("x25519")

    def report(self, town: Town) -> Record:
        mine, box = recipient_of(self.identity), self.keys.box.hex()
        told = said.Report(
            1, 1, DAY, "wounded-sent-back", "RU-VLG", "ru", "Мужа возвращают в часть.",
            {}, "home", mine, box, said.Consent(figures=True),
        )  # fmt: skip
        where = town.place(family_slot(self.keys.box, "f", 0))
        return town.give(Enclosed(told, where, self.keys.sign), list(readers(town.charter, told)))

    def visit(self, town: Town) -> tuple[Body | None, list[str]]:
        """Come back: the whole list, then one whole shard; give the answer, and what was asked."""
        group = town.charter.group
        asked = [f"/envelopes/{group}/slots"]
        raw = town.of_group.get(asked[0]).content
        slots = {raw[at : at + 16].hex() for at in range(0, len(raw), 16)}
        box, bits = Mailbox.of(slots, self.keys.box), shard_bits(len(slots))
        # who has no answer takes any shard; here the last one
        number = shard_of(bytes.fromhex(box.newest), bits) if box.newest else (1 << bits) - 1
        asked.append(f"/envelopes/{group}/{bits}/{number}.jsonl")
        lines = town.of_group.get(asked[1]).content.splitlines()
        mine = [one for one in map(read_line, lines) if Envelope.of(one).slot == box.newest]
        return (town.opened(mine[0], self.identity) if mine else None), asked


def replied(town: Town, record: Record, worker: str, number: int = 0) -> Record:
    """Open a report as a caseworker does, and reply to the address that it gives."""
    body = town.opened(record, town.identities[worker])
    assert isinstance(body.said, said.Report)
    assert is_by_right(body, "", [one.key for one in town.charter.caseworkers])
    case = new_identity("x25519")
    text = str(number) if number else "Письмо готово."
    reply = said.Reply(1, 2, DAY, text, "taken", recipient_of(case))
    where = town.place(family_slot(bytes.fromhex(body.said.box), "r", number))
    return town.give(Enclosed(reply, where, secret_key(worker)), [body.said.recipient])


def opens(town: Town, record: Record, identity: Identity) -> bool:
    try:
        town.opened(record, identity)
    except Drawer:
        return False
    return True


@pytest.fixture
def town(of_group: OfGroup) -> Town:
    return Town(of_group)


def test_a_report_is_read_by_each_caseworker_and_its_reply_by_eight_words_alone(
    town: Town,
) -> None:
    family = Family()
    report = family.report(town)
    town.of_group.pass_hour()
    for identity in town.identities.values():
        assert isinstance(town.opened(report, identity).said, said.Report)
    replied(town, report, "v")
    town.of_group.pass_hour()

    words = " ".join(receipts.write(family.code, "ru"))
    body, _ = Family(receipts.read(words)).visit(town)
    assert body is not None
    assert isinstance(body.said, said.Reply)
    assert body.said.text == "Письмо готово."
    assert is_by_right(body, "", [one.key for one in town.charter.caseworkers])
    assert not is_by_right(body, "", [])


def test_nothing_is_sealed_to_whom_an_answer_of_somebody_dismissed_names(town: Town) -> None:
    family = Family()
    report = family.report(town)
    town.of_group.pass_hour()
    reply = replied(town, report, "v")
    box = Mailbox.of({Envelope.of(reply).slot}, family.keys.box)
    for letters, readers_now in ((WORKERS, ""), ("uw", "uw")):
        town.amend(letters, town.record.id)
        sight = town.sight()
        mail = answer_in(sight, family.keys, box, reply.line)
        assert (mail.reply is not None, sight.is_in_office(mail)) == (True, not readers_now)
        message = seal_message(sight, family.keys, mail, "Добавлю.")
        opened = [one for one in WORKERS if opens(town, message, town.identities[one])]
        assert "".join(opened) == readers_now


def test_what_somebody_else_lays_into_the_next_slot_hides_no_answer(town: Town) -> None:
    family = Family()
    report = family.report(town)
    town.of_group.pass_hour()
    before, newest = (replied(town, report, "v", number) for number in (0, 3))
    slots = [family_slot(family.keys.box, "r", number) for number in (4, 5)]
    told = said.Reply(1, 9, DAY, "Ложь.", "taken", recipient_of(town.identities["u"]))
    foreign = [  # a stranger's to the family, and what she cannot open
        town.give(Enclosed(told, town.place(slot), secret_key(writer)), [to])
        for slot, writer, to in (
            (slots[0], "x", recipient_of(family.identity)),
            (slots[1], "u", recipient_of(town.identities["u"])),
        )
    ]
    there = [before, newest, *foreign]
    box = Mailbox.of({Envelope.of(one).slot for one in there}, family.keys.box)
    assert box.newest == slots[1]
    for order in (there, there[::-1]):
        shard = b"\n".join(one.line for one in order)
        mail = answer_in(town.sight(), family.keys, box, shard)
        assert mail.reply is not None
        assert mail.reply.text == "3"
    assert answer_in(town.sight(), family.keys, box, foreign[0].line).reply is None


def test_right_words_wrong_words_and_no_answer_ask_for_the_same(town: Town) -> None:
    # row 14 and C7: the list of all, and one whole shard; nothing of the code is in what is asked
    family, waiting = Family(), Family()
    report = family.report(town)
    waiting.report(town)
    town.of_group.pass_hour()
    replied(town, report, "u")
    town.of_group.pass_hour()
    asked = []
    for visitor, has_answer in ((family, True), (waiting, False), (Family(), False)):
        body, paths = visitor.visit(town)
        assert (body is not None) is has_answer
        asked.append(paths)
    assert asked[0] == asked[1] == asked[2]


def test_in_a_dump_a_report_a_reply_and_a_note_differ_in_nothing_but_chance(town: Town) -> None:
    # row 8: what a node holds of them is the same but for slot, key, work and sealed bytes
    family = Family()
    report = family.report(town)
    reply = replied(town, report, "w")
    where = town.place("0d" * 16)
    note = town.give(
        Enclosed(said.Note(1, 3, DAY, "Звонила."), where, secret_key("w")),
        [recipient_of(one) for one in town.identities.values()],
    )
    town.of_group.pass_hour()
    lines = town.of_group.get(f"/envelopes/{town.charter.group}/0/0.jsonl").content.splitlines()
    assert {read_line(one).id for one in lines} == {report.id, reply.id, note.id}
    shapes = Counter()
    for line in lines:
        shown = json.loads(line)
        names = tuple((tag[0], len(tag[1])) for tag in shown["tags"])
        fixed = tuple(tag[1] for tag in shown["tags"] if tag[0] in ("g", "charter", "expiration"))
        shapes[(shown["kind"], shown["created_at"], len(shown["content"]), names, fixed)] += 1
    assert len(shapes) == 1
    assert {read_line(one).pubkey for one in lines}.isdisjoint(
        {keys.public_key(family.keys.sign), *(one.key for one in town.charter.caseworkers)}
    )
