"""Seized: what the disks and logs of a node and of caseworkers' desks tell of a family.

A family reports, with a paper and a name, is answered, writes on; its case is closed and erased.
Everything it says, and where it says it from, is a canary. Then every byte is searched for them:
of the files, and of the raw disk; where no image can be mounted each test says so as it ends.
"""

import base64
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import cycle
from pathlib import Path

import httpx
import pytest

from cases.nodes import OfGroup
from desk.offices import PASSPHRASE, Family, Offices
from faults.images import Folder, found_in, imaged
from faults.processes import Clock, Nursery, Process, wait_until
from wayhome.cases import blobs, said
from wayhome.cases.kinds.sealed import Blob
from wayhome.crypto import locked, receipts
from wayhome.desk.envelopes import NAME as ENVELOPES
from wayhome.desk.printing import print_letter
from wayhome.desk.vault import NAME, CaseSecret, Season
from wayhome.records.record import Record, read_line

pytestmark = pytest.mark.slow

ADDRESSES = tuple(f"127.{91 + i}.{14 + 7 * i}.{201 - i}" for i in range(6))  # of a family, in turn
BROWSER = "Mozilla/5.0 (Kanareika 17.3)"
PAGE = 4_096
BLOCK = 64  # bytes of a page that is looked for
WORDS = {
    "story": "канарейка-рассказа",
    "answer": "канарейка-ответа",
    "name": "Канарейкина Анна",
    "address": "улица Канареек 17",
    "phone": "+7 900 317 17 17",
    "soldier": "Канарейкин Пётр",
    "file": "канарейка-справка.pdf",
    "message": "канарейка-вдогонку",
    "reply": "канарейка-отклика",
    "title": "канарейка-заголовка",
    "note": "канарейка-заметки",
    "letter": "канарейка-письма",
    "outcome": "канарейка-исхода",
    "why": "канарейка-просьбы",
}
PAPER = b"%PDF-1.4 " + (b"kanareika-in-a-paper " + bytes(range(256)) * 8) * 30


@dataclass
class Seizable(OfGroup):
    """A group's node as a process, asked from a family's address with its browser."""

    nursery: Nursery = field(kw_only=True)
    clock: Path = field(kw_only=True)
    addresses: Iterator[str] = field(default_factory=lambda: cycle(ADDRESSES))

    def open(self, home: str) -> None:
        """Start it."""
        self._clock = Clock(self.clock, self.now)
        log = self.folder.with_suffix(".log")
        where = {"what": "node", "home": [home], "clock": str(self.clock)}
        self.process = Process(self.nursery, self.folder, log, **where)
        self.process.start()

    def take(self, records: list[Record]) -> list[object]:  # type: ignore[override]
        answers = self.send(*(one.line for one in records))
        assert [status for status, _ in answers] == [200] * len(records), answers
        return []

    def client(self) -> httpx.AsyncClient:
        address = next(self.addresses)
        way = httpx.AsyncHTTPTransport(local_address=address)
        told = {"user-agent": f"{BROWSER} {address}", "x-forwarded-for": address}
        return httpx.AsyncClient(
            transport=way, base_url=self.process.address, headers=told, timeout=120
        )

    def pass_hour(self) -> None:
        self.now += 3_600 - self.now % 3_600
        self._clock.set(self.now)
        wait_until("all is public", lambda: not list(self.folder.glob("held/*.page")))

    @property
    def public(self) -> list[Record]:
        lines = self.get(f"/envelopes/{self.charter.id}/0/0.jsonl").content.splitlines()
        return [read_line(line) for line in lines]


@dataclass
class Story:
    """The family's, with a node and two desks on one ground."""

    ground: Folder
    node: Seizable = field(repr=False)
    paper: blobs.Blob = field(repr=False, default_factory=lambda: blobs.make(PAPER))

    def __post_init__(self) -> None:
        self.offices = Offices(self.node, self.ground.under / "desks")
        self.family = Family(self.offices)

    @property
    def file(self) -> said.File:
        digest = sha256(PAPER).hexdigest()
        kind = "application/pdf"
        return said.File(
            self.paper.id, self.paper.key, WORDS["file"], kind, len(PAPER), digest, "document"
        )

    def report(self) -> None:
        """Report with a paper, and give a name; a wrong turn on the way names both again."""
        named = [Blob(self.paper.id, self.paper.bucket)]
        told = {"answers": {"board": WORDS["answer"]}, "files": (self.file,)}
        self.family.report(WORDS["story"], named, **told)
        self.family.tell_name(
            **{one: WORDS[one] for one in ("name", "address", "phone", "soldier")}
        )
        at = f"/blob/{self.paper.id}"
        parts = {"list": self.paper.hashes, **dict(enumerate(self.paper.chunks))}
        for name, part in parts.items():
            assert self.node.ask("PUT", f"{at}/{name}", part).status_code == 200
        self.node.get(f"/{WORDS['story']}?from={ADDRESSES[0]}&story={WORDS['story']}")
        assert self.node.send(WORDS["story"].encode())[0][0] == 400

    def work(self) -> None:
        """Take it, write and answer; the family writes on; it is closed."""
        offices = self.offices
        first, case = offices.work("u"), offices.case("u")
        first.take(case, WORDS["title"], [offices.key("v")])
        first.say(case, said.Note, text=WORDS["note"])
        first.reply(case, WORDS["reply"])
        assert print_letter(WORDS["letter"]).startswith(b"%PDF")
        assert first.attachment(case, self.paper.id) == PAPER
        offices.pass_hour()
        answer = self.family.answer()
        assert answer is not None
        self.family.write(WORDS["message"], answer.n + 1)
        offices.pass_hour()
        offices.work("v").say(offices.case("v"), said.Outcome, word="helped", text=WORDS["outcome"])
        offices.pass_hour()

    def erase(self) -> None:
        for one in "uv":
            self.offices.work(one).erase(self.offices.case(one), WORDS["why"])
            self.offices.pass_hour()

    @property
    def secrets(self) -> Iterator[bytes]:
        """What no disk may hold at any time: words, papers, keys, where from."""
        for word in (*WORDS.values(), BROWSER, PASSPHRASE):
            yield from (word.encode(), word.encode("utf-16-le"))
            yield base64.b64encode(word.encode()).rstrip(b"=")[:-1]
        for address in ADDRESSES:
            yield address.encode()
            yield bytes(map(int, address.split(".")))
        yield b"kanareika"
        for lang in ("ru", "en"):
            yield " ".join(receipts.write(self.family.code, lang)).encode()
        keys = self.family.keys
        for raw in (self.family.code, bytes(keys.sign), keys.box, sha256(PAPER).digest()):
            yield from (raw, raw.hex().encode())
        yield from (self.family.identity.encode(), self.paper.key.encode())

    @property
    def seasons(self) -> list[str]:
        kept = [one for vault in self.offices.vaults.values() for one in vault.secrets]
        return [one.identity for one in kept if isinstance(one, Season)]

    def found(self, *needles: bytes) -> list[tuple[str, bytes]]:
        return found_in(self.ground.raw(), needles)


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Folder]:
    """Give a disk of its own; only a folder, said at the end, where none may be mounted."""
    with imaged(tmp_path) as found:
        yield found


@pytest.fixture
def story(
    ground: Folder, tmp_path: Path, nursery: Nursery, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Story]:
    scratch = ground.under / "tmp"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))  # of what a desk starts
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))  # of the desk itself
    monkeypatch.setattr(locked, "DESK_COST", 2**10)  # not looked at here
    node = Seizable(ground.under / "node", nursery=nursery, clock=tmp_path / "clock")
    found = Story(ground, node)
    yield found
    for desk in found.offices.desks.values():
        desk.lock()
    node.process.close()


def test_no_disk_and_no_log_of_node_and_desks_tells_of_a_family(
    story: Story, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    secrets = [*story.secrets, *(one.encode() for one in story.seasons)]
    story.report()
    assert story.found(*secrets) == [], "while it is held"
    story.offices.pass_hour()
    story.work()
    (secret,) = story.offices.case("u").secrets
    secrets += [secret.identity.encode(), secret.desk.encode(), bytes.fromhex(secret.desk)]
    assert story.found(*secrets) == [], "while it is worked on"
    # the search finds what is there: what everybody may know, and the sealed paper
    public = story.node.public
    assert len(public) == 9
    assert story.found("Родные Волги".encode())
    assert {name.split("/")[0] for name, _ in story.found(public[0].id.encode())} >= {"desks"}
    assert story.found(story.paper.chunks[0][:BLOCK])
    # and all of it was there to be found: with the passphrase it is read
    offices = story.offices
    for one in "uv":
        offices.desks[one].lock()
        assert story.found(*secrets) == [], "when the desks are locked"
        offices.desks[one].open(PASSPHRASE)
        assert list(offices.case(one).secrets) == [secret]
    story.erase()
    story.node.process.stop()
    for desk in offices.desks.values():
        desk.lock()
    assert story.found(*secrets) == [], "when it is erased and all is stopped"
    spoken = "".join(capfd.readouterr()) + caplog.text + story.node.process.log.read_text()
    assert [one for one in secrets if one in spoken.encode()] == []


def test_the_page_of_an_erased_cases_key_is_nowhere_on_the_disk(story: Story) -> None:
    # row 27
    story.report()
    story.offices.pass_hour()
    story.work()
    offices = story.offices
    before = {one: pages_of(offices.folder / one / NAME) for one in "uv"}
    blocks = {one: [blocks_of(page) for page in pages] for one, pages in before.items()}
    every = [block for pages in blocks.values() for page in pages for block in page]
    assert {one for _, one in story.found(*every)} == set(every), "the search finds nothing"
    sealed = [one.content[1_000:1_064].encode() for one in story.node.public]
    assert {name for name, _ in story.found(*sealed)} >= {f"desks/u/{ENVELOPES}"}
    story.erase()
    assert [name for name, _ in story.found(*sealed) if name.startswith("desks/")] == []
    for one in "uv":
        after = pages_of(offices.folder / one / NAME)
        gone = [n for n, page in enumerate(before[one]) if page not in after]
        assert len(gone) == 1
        assert story.found(*blocks[one][gone[0]]) == []
        offices.desks[one].lock()
        offices.desks[one].open(PASSPHRASE)
        assert offices.work(one).load.cases == {}
        kept = offices.desks[one]._vault  # noqa: SLF001 - what lies in it is the claim
        assert kept is not None
        assert not [two for two in kept.secrets if isinstance(two, CaseSecret)]


def pages_of(vault: Path) -> list[bytes]:
    raw = vault.read_bytes()
    return [raw[at : at + PAGE] for at in range(0, len(raw), PAGE)]


def blocks_of(page: bytes) -> list[bytes]:
    """Give pieces of a page that are of this page alone."""
    pieces = [page[at : at + BLOCK] for at in range(0, PAGE, BLOCK)]
    return [one for one in pieces if len(set(one)) > BLOCK // 4]
