"""Caseload: a group's envelopes, opened with a vault's secrets and put together as cases.

All of it lives in memory and goes when the desk is locked. A case's envelopes are known by its next
slots; all others are tried with the season's identities. What is no part of a case lies in a
drawer, with the word why, and is never thrown away.
"""

import contextlib
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from wayhome.cases import said
from wayhome.cases.body import Body, Drawer, DrawerWord, Place, is_by_right
from wayhome.cases.casefile import CaseFile, Entry, fold
from wayhome.cases.kinds.sealed import Envelope
from wayhome.cases.law import Law
from wayhome.cases.mailbox import AHEAD
from wayhome.cases.snapshots import Pieces, kept_in, whole_of
from wayhome.crypto.recipients import Identity
from wayhome.crypto.slots import SLOT_BYTES, desk_slot, family_slot
from wayhome.desk.known import DeskFault
from wayhome.desk.opening import open_body_with
from wayhome.desk.post import Group
from wayhome.desk.vault import CaseSecret, Season, Secret, Stone
from wayhome.records.record import Record

_CASE = b"wayhome/case/1"
_INTAKE = b"wayhome/intake/1"


def case_of(report: Body) -> str:
    """Give the id of a report's case: whoever opens the report finds the same, and nobody else.

    It binds group, slot and writer: a slot is public, so another may lay a report under it.
    """
    bound = bytes.fromhex(report.place.g + report.place.s + report.by)
    return sha256(_CASE + bound).hexdigest()[: 2 * SLOT_BYTES]


@dataclass(frozen=True, slots=True)
class Way:
    """How a body came: the identity that opened it, and the charter that it was sealed under."""

    under: str = field(repr=False)
    charter: str


@dataclass(slots=True)
class Case:
    """One case. `sealed` are envelopes in its slots that we cannot, or shall not, open.

    `named` are the group's caseworkers now, and `ways` all on which a body came: in its envelope,
    and in every snapshot that keeps it.
    """

    id: str
    bodies: dict[str, Body] = field(default_factory=dict, repr=False)
    secrets: list[CaseSecret] = field(default_factory=list, repr=False)
    slots: set[str] = field(default_factory=set, repr=False)
    sealed: dict[str, Record] = field(default_factory=dict, repr=False)
    until: dict[str, int] = field(default_factory=dict, repr=False)  # when a body's envelope lapses
    ways: dict[str, set[Way]] = field(default_factory=dict, repr=False)
    named: frozenset[str] = frozenset()
    _folded: CaseFile | None = field(default=None, repr=False)

    def add(self, body: Body, until: int, way: Way) -> None:
        """Take a body; the same one in an envelope and in a snapshot is one."""
        self.bodies[body.sig] = body
        self.until[body.sig] = max(until, self.until.get(body.sig, 0))
        self.ways.setdefault(body.sig, set()).add(way)
        self.slots.add(body.place.s)
        self._folded = None

    def file(self, law: Law, caseworkers: int) -> CaseFile:
        """Give the fold."""
        if self._folded is None:
            entries = (Entry(name, one.by, one.said) for name, one in self.bodies.items())
            self._folded = fold(entries, law, caseworkers)
        return self._folded

    @property
    def lapses(self) -> int:
        """The moment at which the first body is in no envelope any more."""
        return min((self.until[one.sig] for one in self.first_said), default=0)

    @property
    def first_said(self) -> Iterator[Body]:
        """What was said; not what says it once more."""
        return (one for one in self.bodies.values() if not isinstance(one.said, _AGAIN))

    @property
    def report(self) -> Body | None:
        """What the case began with."""
        found = (one for one in self.bodies.values() if isinstance(one.said, said.Report))
        return next((one for one in found if case_of(one) == self.id), None)

    @property
    def family(self) -> str:
        """The key of the family; empty until a report was read."""
        report = self.report
        return report.by if report else ""

    @property
    def box(self) -> bytes:
        """The secret under the family's slots; empty where no report was read."""
        report = self.report
        what = report.said if report else None
        return bytes.fromhex(what.box) if isinstance(what, said.Report) else b""

    @property
    def key(self) -> CaseSecret | None:
        """The newest secret that it is written under; one that strangers know where none else is.

        Who was dismissed can still write under her charter, and a key of her own.
        """
        told = sorted(self.keys, key=lambda one: (one.said.n, one.sig))
        clean = [one for one in told if not self.is_known_to_strangers(_identity(one))]
        order = clean or told
        newest = _identity(order[-1]) if order else ""
        held = {one.identity: one for one in self.secrets}
        return held.get(newest) or (self.secrets[-1] if self.secrets else None)

    @property
    def identities(self) -> frozenset[str]:
        """Every identity that the case was ever under, as far as we hold it."""
        return frozenset(one.identity for one in self.secrets)

    @property
    def keys(self) -> list[Body]:
        """Every body that gives a key of the case to its holders."""
        return [one for one in self.bodies.values() if isinstance(one.said, said.CaseKey)]

    def is_known_to_strangers(self, identity: str) -> bool:
        """Tell whether somebody made or was given a key who is no caseworker now."""
        told = [one for one in self.keys if _identity(one) == identity]
        known = {one.by for one in told}
        for one in told:
            known.update(one.said.holders if isinstance(one.said, said.CaseKey) else ())
        return not known <= self.named

    @property
    def next_number(self) -> int:
        """One more than the highest number seen."""
        return 1 + max((one.said.n for one in self.bodies.values()), default=0)

    def next_reply(self) -> str:
        """Give the slot of the next reply to the family."""
        reply = _Row(lambda number: family_slot(self.box, "r", number))
        return reply.slot(reply.count(self.slots))

    def next_note(self, secret: CaseSecret, writer: str) -> str:
        """Give the slot of the next thing that a caseworker writes for the desk."""
        row = _desk_row(secret, writer)
        return row.slot(row.count(self.slots))

    def next_for_intake(self, writer: str) -> str:
        """Give the slot of the next thing that a caseworker writes for all who read reports."""
        row = _intake_row(self.report, writer)
        return row.slot(row.count(self.slots))

    def expected(self, writers: Iterable[str]) -> Iterator[str]:
        """Give every slot in which something of the case may lie."""
        named, box, report = tuple(writers), self.box, self.report
        rows = [_desk_row(secret, one) for secret in self.secrets for one in named]
        if report:
            rows += [_intake_row(report, one) for one in named]
        if box:
            rows.append(_Row(lambda number: family_slot(box, "f", number)))
            rows.append(_Row(lambda number: family_slot(box, "r", number)))
        for row in rows:
            for number in range(row.count(self.slots) + AHEAD):
                yield row.slot(number)


_AGAIN = (said.Snapshot, said.Piece)


def _identity(key: Body) -> str:
    return key.said.identity if isinstance(key.said, said.CaseKey) else ""


@dataclass(frozen=True, slots=True)
class _Row:
    """The slots of one writer in one direction."""

    slot: Callable[[int], str]

    def count(self, there: set[str]) -> int:
        """Give the number of the first that is free, as far as is known."""
        found, number = 0, 0
        while number < found + AHEAD:
            if self.slot(number) in there:
                found = number + 1
            number += 1
        return found


def _desk_row(secret: CaseSecret, writer: str) -> _Row:
    return _Row(lambda number: desk_slot(bytes.fromhex(secret.desk), writer, number))


def _intake_row(report: Body | None, writer: str) -> _Row:
    """Give the row that follows from the report: whoever may read it knows where to look."""
    if report is None:
        raise DeskFault("the report of this case cannot be read")
    secret = sha256(_INTAKE + bytes.fromhex(report.sig)).digest()
    return _Row(lambda number: desk_slot(secret, writer, number))


class Caseload:
    """All cases of one caseworker."""

    def __init__(self, group: Group, law: Law, secrets: Sequence[Secret]) -> None:
        self.group, self.law = group, law
        self.cases: dict[str, Case] = {}
        self._pieces = Pieces()
        self.drawer: dict[str, DrawerWord] = {}
        self.found: list[CaseSecret] = []  # secrets that were read and the vault does not have yet
        self.stones = {one.case for one in secrets if isinstance(one, Stone)}
        self._seasons = [
            Identity(one.identity)
            for one in secrets
            if isinstance(one, Season) and not one.is_custodian
        ]
        self._read: set[str] = set()
        self._tried: set[str] = set()
        for one in secrets:
            if isinstance(one, CaseSecret):
                self._case(one.case).secrets.append(one)

    @property
    def writers(self) -> frozenset[str]:
        """Everybody who was ever named a caseworker by a charter that counts."""
        charters = self.group.charters.values()
        return frozenset(one.key for charter in charters for one in charter.caseworkers)

    def meet(self, group: Group) -> None:
        """Take the group as it is now."""
        self.group = group
        for case in self.cases.values():
            case.named = self.named

    @property
    def named(self) -> frozenset[str]:
        """The caseworkers of the charter in force."""
        return frozenset(one.key for one in self.group.charter.caseworkers)

    def file(self, case: Case) -> CaseFile:
        """Give the fold of a case."""
        return case.file(self.law, len(self.group.charter.caseworkers))

    def read(self, envelopes: Iterable[Record]) -> None:
        """Open what was not opened yet, until nothing more comes to light."""
        waiting = [one for one in envelopes if one.id not in self._read]
        while waiting:
            expected = self._expected()
            left = [one for one in waiting if not self._opens(one, expected)]
            if len(left) == len(waiting):
                break
            waiting = left

    def forget(self, case: Case) -> None:
        """Drop a case that was erased; what else of it comes is not looked at."""
        self.stones.add(case.id)
        self.cases.pop(case.id, None)

    def _expected(self) -> dict[str, Case]:
        writers = self.writers
        return {slot: case for case in self.cases.values() for slot in case.expected(writers)}

    def _opens(self, record: Record, expected: dict[str, Case]) -> bool:
        """Open one envelope, if it can be; what cannot is asked again when more is known."""
        envelope = Envelope.of(record)
        case = expected.get(envelope.slot)
        if case is None and record.id in self._tried:
            return False
        own = [Identity(one.identity) for one in case.secrets] if case else []
        place = Place(envelope.group, envelope.charter, envelope.slot)
        self._tried.add(record.id)
        try:
            sealed = b64decode(record.content)
            body, under = open_body_with(sealed, place, [*own, *self._seasons])
            self._place(body, case, envelope.expires, Way(under, envelope.charter))
        except Drawer as found:
            self.drawer[record.id] = found.word
            if case and found.word == "not-for-us":
                case.sealed[record.id] = record
                case.slots.add(envelope.slot)
            return found.word != "not-for-us"
        self._read.add(record.id)
        self.drawer.pop(record.id, None)
        if case:
            case.sealed.pop(record.id, None)
        return True

    def _place(self, body: Body, case: Case | None, lapses: int, way: Way) -> None:
        """Put a body into its case, and what it says once more.

        Raises:
            Drawer: it belongs to none, or its writer may not say such a thing.
        """
        name = _name(body, case)
        if not name and not isinstance(body.said, _AGAIN):
            raise Drawer("not-for-us")
        charter = self.group.charters.get(body.place.charter)
        writers = [one.key for one in charter.caseworkers] if charter else []
        known = self.cases.get(name)
        if not is_by_right(body, known.family if known else "", writers):
            raise Drawer("bad-writer")
        if name in self.stones:
            return
        found = self._case(name) if name else None
        if found:
            found.add(body, lapses, way)
            self._learn(body.said, found)
        for one in self._again(body, way.under):
            with contextlib.suppress(Drawer):
                self._place(one, found, lapses, way)

    def _again(self, body: Body, under: str) -> list[Body]:
        """Give what a body says once more; the report first, for it says which case it is."""
        match body.said:
            case said.Snapshot() as snapshot:
                return sorted(kept_in(snapshot), key=lambda one: not _is_report(one))
            case said.Piece():
                whole = self._pieces.add(body, under)
                found = whole_of(whole) if whole else None
                return [found] if found else []
        return []

    def _learn(self, what: said.Statement, case: Case) -> None:
        if isinstance(what, said.CaseKey):
            secret = CaseSecret(case.id, what.identity, what.desk)
            if secret not in case.secrets:
                case.secrets.append(secret)
                self.found.append(secret)

    def _case(self, name: str) -> Case:
        return self.cases.setdefault(name, Case(name, named=self.named))


def _name(body: Body, case: Case | None) -> str:
    """Give the id of the case that a body belongs to; empty where it does not say."""
    match body.said:
        case said.CaseKey(case=name) | said.Opened(case=name) | said.Assign(case=name):
            return name
        case said.Report() if case is None or case.family not in ("", body.by):
            return case_of(body)
        case said.Snapshot() as snapshot if case is None:
            return next((case_of(one) for one in kept_in(snapshot) if _is_report(one)), "")
    return case.id if case else ""


def _is_report(body: Body) -> bool:
    return isinstance(body.said, said.Report)
