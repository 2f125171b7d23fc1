"""Desk load: a caseworker's folder with 2,000 cases in 40,000 envelopes, made once and kept.

What is said is invented; all else is real: each envelope is sealed and signed as a desk or a page
does it, to keys of the sort that is the default, and what is measured is the desk's own program
over it. No work is done on them, which a desk does not look at. A node holds at most 20,000
envelopes of a group; a desk keeps what it had.
"""

import datetime as dt
import resource
import shutil
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import TypeAlias

import msgspec

from groups.world import World, public
from petition_world import secret_key
from wayhome.cases import said
from wayhome.cases.body import Place
from wayhome.cases.derivation import Since
from wayhome.cases.law import Law, Office
from wayhome.cases.storedsum import stored
from wayhome.codec.age import Sort
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.crypto.receipts import word_list
from wayhome.crypto.recipients import Identity, identity_of, recipient_of
from wayhome.crypto.slots import desk_slot, family_slot
from wayhome.crypto.unseal import Opener, unseal_with
from wayhome.desk.case import case_of
from wayhome.desk.desk import Desk, caseworker_of, new_desk
from wayhome.desk.form import Form
from wayhome.desk.opening import open_body
from wayhome.desk.sealing import Enclosed, Outside, make_envelope
from wayhome.desk.vault import CaseSecret, Season, Writer
from wayhome.desk.views import Views
from wayhome.groups import service
from wayhome.groups.caseworker import Caseworker, named_by
from wayhome.groups.service import Founding
from wayhome.lawbook import read_law
from wayhome.records.record import Record

CASES, ENVELOPES, WAITING = 2_000, 40_000, 100
SORT: Sort = "hybrid"
TODAY = dt.date(2026, 11, 26)
NOW = int(dt.datetime(2026, 11, 26, 9, tzinfo=dt.UTC).timestamp())
WORDS = "шесть слов для этого измерения здесь"
PACK = Path(__file__).parents[1] / "campaigns" / "way-home"
FOLDER = Path(__file__).parents[1] / ".bench" / f"desk-{SORT}-{CASES}-{ENVELOPES}"
SPARED = ("envelopes.index", "opened.sealed")  # what a desk makes for itself
STORY = (
    "Мужа ранили весной, осколок до сих пор в ноге, ходит с тростью. Комиссии не было, в части"
    " говорят собираться и ехать обратно, а в госпитале бумаг не дали. "
)
SOME = word_list("ru")
LETTER = "Прошу направить его на военно-врачебную комиссию и сообщить мне о решении письменно. "
NOTE = "Звонила семье: бумаг из госпиталя пока нет, обещали в понедельник. "
FLOORS = {
    "start to board, first": 20.0,
    "start to board, after": 2.0,
    "case page": 0.1,
}  # seconds
DAY = 86_400
Spent: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Still:
    """A node that has nothing new."""

    group: str
    told: bytes
    slots: bytes

    def get(self, path: str) -> bytes:
        """Give who the group is, or the list of all slots."""
        return self.told if path.endswith(".json") else self.slots

    def hand_in(self, record: Record) -> None:
        """Take nothing: nobody writes here."""
        raise NotImplementedError(record.id)

    def hand_in_file(self, blob: object) -> None:
        """Take nothing."""
        raise NotImplementedError(blob)


@dataclass
class Maker:
    """Seals the envelopes of invented cases."""

    charter: Record
    me: SecretKey
    seasons: list[Identity]
    law: Law
    opens: list[tuple[str, Identity]] = field(default_factory=list)
    secrets: list[CaseSecret] = field(default_factory=list)
    slots: list[bytes] = field(default_factory=list)

    def lines(self) -> Iterator[bytes]:
        """Give every envelope as a line."""
        each, more = divmod(ENVELOPES - WAITING, CASES - WAITING)
        for number in range(CASES):
            count = 1 if number < WAITING else each + (number - WAITING < more)
            yield from self._case(number, count)

    def _case(self, number: int, count: int) -> Iterator[bytes]:
        life = _Life(self, number)
        yield life.report()
        if count > 1:
            yield from life.work(count - 1)


class _Life:
    """One case: its report, and what was said of it later."""

    def __init__(self, maker: Maker, number: int) -> None:
        self.maker, self.number, self.n = maker, number, 0
        self.family = SecretKey((number + 1).to_bytes(32, "big"))
        self.box = (number + 7).to_bytes(32, "big")
        self.day = TODAY - dt.timedelta(20 + number * 7 % 200)
        self.identity = identity_of(SORT, (number + 9).to_bytes(32, "big"))
        self.desk = (number + 11).to_bytes(32, "big")
        self.notes = self.replies = self.messages = 0

    def report(self) -> bytes:
        """Tell it."""
        own = recipient_of(identity_of(SORT, self.family))
        # no two families tell the same: words of a list, in another order for each
        told_so = (self.number * 131 + at * 977 for at in range(40 + 20 * (self.number % 8)))
        story = STORY + " ".join(SOME[one % len(SOME)] for one in told_so)
        told = said.Report(
            1, self._next(), self.day, "wounded-sent-back", "RU-VLG", "ru", story, {"board": "no"},
            "home", own, self.box.hex(), said.Consent(figures=True),
        )  # fmt: skip
        slot = family_slot(self.box, "f", 0)
        self.messages = 1
        record = self._sealed(told, slot, self.family, self.maker.seasons)
        place = Place(self.maker.charter.id, self.maker.charter.id, slot)
        body = open_body(b64decode(record.content), place, self.maker.seasons[:1])
        self.case, self.sig = case_of(body), body.sig
        return record.line + b"\n"

    def work(self, count: int) -> Iterator[bytes]:
        """Take it, write, wait, note."""
        m = self.maker
        names = (keys.public_key(m.me), public("v"))
        secret = CaseSecret(self.case, self.identity, self.desk.hex())
        m.secrets.append(secret)
        key = said.CaseKey(
            1, self._next(), self.day, self.case, secret.desk, secret.identity, names
        )
        yield self._note(key, m.seasons)
        yield self._note(
            said.Opened(1, self._next(), self.day, self.case, secret.desk, f"раненый {self.number}")
        )
        intake = _intake(self.sig)
        assign = said.Assign(1, self._next(), self.day, self.case, names, names[0])
        yield self._line(assign, desk_slot(intake, names[0], 0), m.me, m.seasons)
        written = list(self._written())[: count - 3]
        for what in written:
            yield self._note(what)
        for number in range(count - 3 - len(written)):
            if number % 4 == 0:
                yield self._message(f"Сообщение {number}. Спасибо, ждём.")
            else:
                text = f"Заметка {number}. " + NOTE * (1 + number % 3)
                yield self._note(said.Note(1, self._next(), self._later(number), text))

    def _written(self) -> Iterator[said.Statement]:
        """Write a letter and what happened to it; one case in three has come so far, or farther."""
        kind = self.number % 10
        if kind == 0:
            return
        text = LETTER * 20 + f"Дело {self.number}."
        yield said.Letter(
            1, self._next(), self._later(1), 1, "ru.medical-board", "medical-board", "0c" * 32,
            "home", "post", text,
        )  # fmt: skip
        sent, came, known = (self._later(one) for one in (2, 8, 10))
        yield said.CaseFact(1, self._next(), sent, 1, "sent", sent, "80088800000017")
        yield said.CaseFact(1, self._next(), came, 1, "delivered", came)
        yield said.CaseFact(1, self._next(), known, 1, "registered", known, "77")
        law = self.maker.law
        office = Office(law.authorities.get("ru.medical-board"), "RU-VLG")
        rule = law.rules["ru.59.answer"]
        made = law.dates(rule, Since("registered", known, "77"), office)[-1]
        yield said.Deadline(1, self._next(), known, 1, rule.id, stored(made))
        if kind > 6:
            answered = self._later(18)
            yield said.CaseFact(1, self._next(), answered, 1, "answered", answered, "5")
        if kind > 7:
            yield said.Grade(1, self._next(), self._later(18), 1, "form-reply")
        if kind > 8:
            yield said.Outcome(1, self._next(), self._later(19), "partly")

    def _later(self, days: int) -> dt.date:
        return min(TODAY, self.day + dt.timedelta(days))

    def _next(self) -> int:
        self.n += 1
        return self.n

    def _message(self, text: str) -> bytes:
        slot = family_slot(self.box, "f", self.messages)
        self.messages += 1
        told = said.Message(1, self._next(), self._later(12), text)
        return self._line(told, slot, self.family, [self.identity])

    def _note(self, what: said.Statement, to: list[Identity] | None = None) -> bytes:
        slot = desk_slot(self.desk, keys.public_key(self.maker.me), self.notes)
        self.notes += 1
        return self._line(what, slot, self.maker.me, to or [self.identity])

    def _line(self, what: said.Statement, slot: str, by: SecretKey, to: list[Identity]) -> bytes:
        return self._sealed(what, slot, by, to).line + b"\n"

    def _sealed(self, what: said.Statement, slot: str, by: SecretKey, to: list[Identity]) -> Record:
        m = self.maker
        place = Place(m.charter.id, m.charter.id, slot)
        at = int(dt.datetime.combine(what.at, dt.time(), dt.UTC).timestamp())
        enclosed = Enclosed(what, place, by)
        record = make_envelope(enclosed, [recipient_of(one) for one in to], 3, Outside(at, 0))
        m.opens.append((record.id, to[0]))
        m.slots.append(bytes.fromhex(slot))
        return record


def _intake(sig: str) -> bytes:
    return sha256(b"wayhome/intake/1" + bytes.fromhex(sig)).digest()


def make(law: Law) -> None:
    """Make the folder, if it is not there."""
    if (FOLDER / "whole").exists():
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    desk = FOLDER / "desk"
    vault = new_desk(desk, "0" * 64, WORDS, TODAY, SORT)
    others = [identity_of(SORT, one.encode() * 32) for one in "vw"]
    world, charter = _founded(caseworker_of(vault, "intake", is_custodian=True), others)
    me = SecretKey(bytes.fromhex(vault.writer.secret))
    season = next(one for one in vault.secrets if isinstance(one, Season) and not one.is_custodian)
    vault.erase(vault.writer)
    vault.put(Writer(me.hex(), charter.id))
    maker = Maker(charter, me, [Identity(season.identity), *others], law)
    with (desk / "envelopes.jsonl").open("wb") as file:
        file.writelines(maker.lines())
    (FOLDER / "slots").write_bytes(b"".join(sorted(maker.slots)))
    vault.put_all(maker.secrets)
    vault.close()
    (FOLDER / "opens.json").write_bytes(msgspec.json.encode(dict(maker.opens)))
    (FOLDER / "group.json").write_bytes(
        b'{"bits":16,"records":[' + b",".join(one.line for one in world.records) + b"]}"
    )
    (FOLDER / "whole").touch()


def _founded(me: Caseworker, others: list[Identity]) -> tuple[World, Record]:
    """Found a group that names her and two more; give all that it wrote, and its charter."""
    world, named = World(lambda: NOW - 300 * DAY), [me]
    for letter, one in zip("vw", others, strict=True):
        reads = recipient_of(one)
        agreed = Caseworker.agreed(secret_key(letter), reads, "intake")
        named.append(agreed.with_keys({named_by(reads): reads}))
    founding = Founding("Родные Волги", 1, (public("a"),), caseworkers=tuple(named))
    charter = world.write(service.found(founding, world.at()), "a")
    hybrid = [text for one in named for text in one.hybrid]
    world.write(service.keys_of_season(charter.id, charter.id, hybrid, world.at()), "a")
    return world, charter


def measure(law: Law) -> dict[str, object]:
    """Measure a desk over the folder: its first start, the next one, pages, a search."""
    make(law)
    desk = FOLDER / "desk"
    for name in SPARED:
        (desk / name).unlink(missing_ok=True)
    first, after = _alone(), _alone()
    _, opened, views, cases = _start(law)
    pages = [_timed(lambda one=one: views.draw(Form("ru", "case", case=one))) for one in cases]
    asked = Form("ru", "search", fields={"search": "понедельник ТРОСТЬЮ"})
    found = {
        "start to board, first": first,
        "start to board, after": after,
        "case page, first of a start": pages[0],
        "case page": max(pages[1:]),
        "case page, middle": (median(one for one, _ in pages), median(one for _, one in pages)),
        "search": _timed(lambda: views.draw(asked)),
        "board again": _timed(lambda: views.draw(Form("ru", "board"))),
        "age alone": _age_alone(),
    }
    opened.lock()
    return {
        "cases": CASES,
        "envelopes": ENVELOPES,
        "seconds": {name: round(one, 3) for name, (one, _) in found.items()},
        "by the clock": {name: round(one, 3) for name, (_, one) in found.items()},
        "floors": FLOORS,
        "reached": {name: found[name][0] <= floor for name, floor in FLOORS.items()},
        "MiB at most": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "MB on disk": {
            one.name: round(one.stat().st_size / 1e6, 1) for one in sorted(desk.iterdir())
        },
    }


def _start(law: Law) -> tuple[Spent, Desk, Views, list[str]]:
    """Open the desk with its passphrase and draw the board; give every twentieth case."""
    told = (FOLDER / "group.json").read_bytes()
    way = Still("", told, (FOLDER / "slots").read_bytes())
    desk = Desk(FOLDER / "desk", [way], law, lambda: NOW)
    views = Views(desk)
    shown: list[str] = []

    def begin() -> None:
        desk.open(WORDS)
        shown.append(views.draw(Form("ru", "board")))

    spent = _timed(begin)
    work = desk.work
    if work is None or len(work.load.cases) != CASES or "data-case" not in shown[0]:
        raise AssertionError("the board does not have every case")
    cases = sorted(work.load.cases)[::20]
    return spent, desk, views, cases


def _alone() -> Spent:
    """Start in a process of its own, as a desk does."""
    done = subprocess.run([sys.executable, __file__], check=True, capture_output=True)
    return msgspec.json.decode(done.stdout, type=Spent)


def _age_alone() -> Spent:
    """Open every sealed file with the identity that it was sealed to, and do no more."""
    told = (FOLDER / "opens.json").read_bytes()
    opens = msgspec.json.decode(told, type=dict[str, Identity])
    ready = {one: Opener.of(one) for one in set(opens.values())}
    files = [
        (ready[opens[one["id"]]], b64decode(one["content"]))
        for line in (FOLDER / "desk" / "envelopes.jsonl").open("rb")
        for one in (msgspec.json.decode(line),)
    ]
    return _timed(lambda: [unseal_with(file, [one]) for one, file in files])


def _timed(doing: Callable[[], object]) -> Spent:
    """Give the processor's seconds of some work, and the clock's."""
    begun, used = time.perf_counter(), time.process_time()
    doing()
    return time.process_time() - used, time.perf_counter() - begun


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(_start(read_law(PACK))[0]))
