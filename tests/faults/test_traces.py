"""Seized: what the disks and logs of a node and a stamping desk tell of the people who signed.

Everybody comes from an address and with a browser of their own, at a second of their own; then the
raw bytes of every file are searched for all of that.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pytest

from faults.images import found_in
from faults.killed_desk import in_book
from faults.life import CLOSE, LISTS, Life, Question, stamp_in
from faults.processes import Process, wait_until
from petition_world import DAY, OPEN, Group
from wayhome.crypto import codes
from wayhome.petition.signer import Signer
from wayhome.records.record import Record
from wayhome.records.signing import sign

pytestmark = pytest.mark.slow

PEOPLE = 8
BROWSER = "Mozilla/5.0 (Kanareika 17.3)"
TELLING = re.compile(r"time|date|when|_at$|^at$|stamp_?ed|hour|seen|address|\bip\b|agent|host|peer")


@dataclass
class Person:
    """One who signs: where from, when, and everything that only they have."""

    number: int
    signer: Signer
    questions: Mapping[str, Question]  # by the group's word
    record: Record | None = None

    @property
    def address(self) -> str:
        return f"127.7.3.{self.number + 1}"

    @property
    def at(self) -> int:
        return OPEN + 5 * 3_600 + 23 * 60 + 17 + self.number * 1_013

    @property
    def secrets(self) -> Iterator[bytes]:
        """What no disk may hold at any time."""
        yield self.address.encode()
        yield bytes(map(int, self.address.split(".")))
        yield bytes(self.signer.secret_key)
        yield self.signer.secret_key.hex().encode()
        for question in self.questions.values():
            code = codes.write(question.key.kid, question.part)
            hashed = codes.voucher_hash(question.key.kid, question.part)
            for raw in (question.part, hashed, question.blinded, sha256(question.blinded).digest()):
                yield raw[:16]
                yield raw[:16].hex().encode()
            yield question.fields["blinded"].encode()
            yield code.encode()
            yield code.replace("-", "").encode()
        yield str(self.at).encode()
        for order in ("big", "little"):
            yield self.at.to_bytes(4, order)
            yield (self.at * 1_000).to_bytes(6, order)


@dataclass
class Seized:
    """A petition's life over HTTP, with two desks and the node of a group."""

    life: Life
    node: Process = field(init=False)
    desks: dict[str, Process] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start everything."""
        self.node = self.life.node_of(self.life.world.groups[0])
        self.node.start()
        self.life.publish(self.node)
        for group in self.life.world.groups:
            self.desks[group.word] = self.start_desk(group)
        parts = {word: self.life.parts(desk, PEOPLE) for word, desk in self.desks.items()}
        for number in range(PEOPLE):
            own = {word: made[number] for word, made in parts.items()}
            self.people.append(self.person(number, own))

    def start_desk(self, group: Group) -> Process:
        desk = self.life.desk(group, self.node.address)
        desk.start()
        wait_until("the clerk has opened it", lambda: in_book(desk, "stage") == "open")
        return desk

    def person(self, number: int, parts: Mapping[str, bytes]) -> Person:
        signer = self.life.world.signer()
        blinded = {one.seat.group: int.from_bytes(one.blinded) for one in signer.questions}
        questions = {
            group.word: Question(
                self.life.petition,
                Question.of(self.life, b"", group).key,
                parts[group.word],
                blinded[group.id],
            )
            for group in self.life.world.groups
        }
        return Person(number, signer, questions)

    def sign(self, person: Person) -> None:
        """Let one sign from an address of their own, with mistakes on the way."""
        self.life.clock.set(person.at)
        told = {"user-agent": f"{BROWSER} {person.address}", "x-forwarded-for": person.address}
        stamps = {}
        for group in self.life.world.groups:
            question = person.questions[group.word]
            with self.desks[group.word].client(person.address) as desk:
                desk.ask("POST", "/stamp", question.raw[:-1], **told)
                desk.ask("POST", f"/stamp/{question.part.hex()}", question.raw, **told)
                desk.ask("GET", f"/stamp?voucher={question.part.hex()}", **told)
                answer = desk.ask("POST", "/stamp", question.raw, **told)
                assert answer.status == 200
                assert question.another.ask(desk).status == 409
            stamps[group.id] = stamp_in(answer.body)
        person.record = sign(person.signer.draft(stamps, person.at), person.signer.secret_key)
        with self.node.client(person.address) as node:
            at = f"/petition/{self.life.petition}/records"
            assert node.ask("POST", at, person.record.line[:-1], **told).status == 400
            assert node.ask("POST", at, person.record.line, **told).status == 202
            node.ask("GET", f"/{quote(person.address)}?from={person.address}", **told)

    def files(self) -> dict[str, bytes]:
        """Give the raw bytes of all that the processes ever wrote."""
        processes = [self.node, *self.desks.values()]
        paths = [path for one in processes for path in one.folder.rglob("*") if path.is_file()]
        paths += [one.log for one in processes]
        return {str(path.relative_to(self.life.folder)): path.read_bytes() for path in paths}

    def found(self, *needles: bytes) -> list[tuple[str, bytes]]:
        return found_in(self.files(), needles)


def test_no_disk_and_no_log_tells_of_anyone(life: Life) -> None:
    seized = Seized(life)
    for person in seized.people:
        seized.sign(person)
    secrets = [one for person in seized.people for one in person.secrets]
    secrets += [b"Kanareika", BROWSER.encode()]
    ids = [person.record.id for person in seized.people if person.record]
    hidden = [form for one in ids for form in (one.encode(), bytes.fromhex(one))]
    assert seized.found(*secrets, *hidden) == [], "while they are held"
    life.clock.set(OPEN + DAY)
    life.wait_for(seized.node, set(ids))
    wait_until("they count", lambda: len(seized.node.ask("GET", "/records/3973.ids").body) >= 128)
    assert seized.found(*secrets) == [], "when they are public"
    assert len(seized.found(*(one.encode() for one in ids))) >= PEOPLE, "the search finds nothing"
    life.clock.set(CLOSE)
    for desk in seized.desks.values():
        wait_until("its key is erased", lambda desk=desk: in_book(desk, "stage") == "erased")
    life.clock.set(LISTS)
    wait_until(
        "all have listed", lambda: len(seized.node.ask("GET", "/records/3975.ids").body) == 96
    )
    for desk in seized.desks.values():
        last = desk.folder / "desk.page"
        wait_until("its last key is erased", lambda last=last: not last.exists())
    assert seized.found(*secrets) == [], "when it is over"
    assert not [name for name in seized.files() if name.endswith(".page")]
    for process in (seized.node, *seized.desks.values()):
        process.stop()
    assert seized.found(*secrets) == [], "when they are stopped"
    assert_schemas_tell_nothing(life.folder)


def assert_schemas_tell_nothing(folder: Path) -> None:
    """No column is there for a time or an address."""
    columns = []
    for path in folder.rglob("*.db"):
        db = sqlite3.connect(path)
        for (table,) in db.execute(
            "select name from sqlite_schema where type = 'table'"
        ).fetchall():
            names = db.execute("select name from pragma_table_info(?)", (table,)).fetchall()
            columns += [f"{table}.{name}" for (name,) in names]
        db.close()
    assert "part.row" in columns
    assert [one for one in columns if TELLING.search(one.split(".")[1])] == []
