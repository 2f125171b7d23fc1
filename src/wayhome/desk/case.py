"""Case: one family's trouble as a desk holds it in memory: bodies, secrets, and where more lies."""

import datetime as dt
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256

from wayhome.cases import said
from wayhome.cases.body import Body
from wayhome.cases.casefile import CaseFile, Entry, fold
from wayhome.cases.law import Law
from wayhome.cases.likeness import long_words
from wayhome.crypto.slots import SLOT_BYTES, desk_slot, family_slot
from wayhome.desk.known import DeskFault
from wayhome.desk.slotrows import Row
from wayhome.desk.vault import CaseSecret

_CASE = b"wayhome/case/1"
_INTAKE = b"wayhome/intake/1"
AGAIN = frozenset((said.Snapshot, said.Piece))  # what says again what was said


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
    sealed: set[str] = field(default_factory=set, repr=False)
    until: dict[str, int] = field(default_factory=dict, repr=False)  # when a body's envelope lapses
    ways: dict[str, set[Way]] = field(default_factory=dict, repr=False)
    named: frozenset[str] = frozenset()
    report: Body | None = field(default=None, repr=False)  # what the case began with
    keys: list[Body] = field(default_factory=list, repr=False)  # that give a key to its holders
    _long: frozenset[str] | None = field(default=None, repr=False)
    _rows: dict[tuple[str, str, str], Row] = field(default_factory=dict, repr=False)
    _key: tuple[tuple[int, int, frozenset[str]], CaseSecret | None] | None = field(
        default=None, repr=False
    )
    _folded: CaseFile | None = field(default=None, repr=False)
    _due: tuple[CaseFile, dt.date, dt.date | None] | None = field(default=None, repr=False)

    def add(self, body: Body, until: int, way: Way) -> None:
        """Take a body; the same one in an envelope and in a snapshot is one."""
        if isinstance(body.said, said.CaseKey) and body.sig not in self.bodies:
            self.keys.append(body)
        self.bodies[body.sig] = body
        self.until[body.sig] = max(until, self.until.get(body.sig, 0))
        self.ways.setdefault(body.sig, set()).add(way)
        self.slots.add(body.place.s)
        if isinstance(body.said, said.Report) and case_of(body) == self.id:
            # of two that a family sent into one slot every desk takes the same
            known = [one for one in (self.report, body) if one is not None]
            self.report = min(known, key=lambda one: (one.said.n, one.sig))
        self._folded = None

    def file(self, law: Law, caseworkers: int) -> CaseFile:
        """Give the fold."""
        if self._folded is None:
            entries = (Entry(name, one.by, one.said) for name, one in self.bodies.items())
            self._folded = fold(entries, law, caseworkers)
        return self._folded

    def due(self, law: Law, caseworkers: int, today: dt.date) -> dt.date | None:
        """Give the earliest day on which an office must have acted, or should have.

        Counting it takes far longer than anything else that the board asks of a case.
        """
        file = self.file(law, caseworkers)
        if self._due is None or self._due[0] is not file or self._due[1] != today:
            days = [
                one.dates[-1].day
                for dues in file.dues(law, today).values()
                for one in dues
                if one.is_running() and not one.acted and one.rule.ends and not one.rule.conditional
            ]
            self._due = (file, today, min(days, default=None))
        return self._due[2]

    @property
    def lapses(self) -> int:
        """The moment at which the first body is in no envelope any more."""
        return min((self.until[one.sig] for one in self.first_said), default=0)

    @property
    def first_said(self) -> Iterator[Body]:
        """What was said; not what says it once more."""
        # to ask a type is quicker than `isinstance` here, by far: a board asks tens of thousands
        return (one for one in self.bodies.values() if type(one.said) not in AGAIN)

    @property
    def family(self) -> str:
        """The key of the family; empty until a report was read."""
        return self.report.by if self.report else ""

    @property
    def story(self) -> str:
        """What the family told first; empty until a report was read."""
        what = self.report.said if self.report else None
        return what.story if isinstance(what, said.Report) else ""

    @property
    def long_words(self) -> frozenset[str]:
        """The long words of the story."""
        if not self._long:  # the report may come later
            self._long = long_words(self.story)
        return self._long

    @property
    def box(self) -> str:
        """The secret under the family's slots, in hex; empty where no report was read."""
        what = self.report.said if self.report else None
        return what.box if isinstance(what, said.Report) else ""

    @property
    def key(self) -> CaseSecret | None:
        """The newest secret that it is written under; one that strangers know where none else is.

        Who was dismissed can still write under her charter, and a key of her own.
        """
        of = (len(self.keys), len(self.secrets), self.named)  # the lists only ever grow
        if self._key is None or self._key[0] != of:
            self._key = of, self._newest_key()
        return self._key[1]

    def _newest_key(self) -> CaseSecret | None:
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

    def is_known_to_strangers(self, identity: str) -> bool:
        """Tell whether somebody made or was given a key who is no caseworker now."""
        told = [one for one in self.keys if _identity(one) == identity]
        known = {one.by for one in told}
        for one in told:
            known.update(one.said.holders if isinstance(one.said, said.CaseKey) else ())
        return not known <= self.named

    @property
    def next_number(self) -> int:
        """One more than the highest number that the others lead to; there always is one."""
        most = said.highest(one.said.n for one in self.bodies.values())
        return min(most + 1, said.NUMBERS)

    def next_reply(self, there: Container[str]) -> str:
        """Give the slot of the next reply to a family that finds these slots at nodes."""
        row = self._row("r", self.box, "")
        return row.made[row.seen(there)]

    def last_reply(self, there: Container[str]) -> str | None:
        """Give the slot in which it looks for the newest answer, if there is one."""
        row = self._row("r", self.box, "")
        seen = row.seen(there) if self.box else 0
        return row.made[seen - 1] if seen else None

    def next_note(self, secret: CaseSecret, writer: str) -> str:
        """Give the slot of the next thing that a caseworker writes for the desk."""
        return self._row("d", secret.desk, writer).next(self.slots)

    def next_for_intake(self, writer: str) -> str:
        """Give the slot of the next thing that a caseworker writes for all who read reports."""
        return self._row("d", self._intake(), writer).next(self.slots)

    def rows_of(self, writers: Iterable[str]) -> Iterator[Row]:
        """Give every row in which something of the case may lie."""
        desks = [one.desk for one in self.secrets]
        desks += [self._intake()] if self.report else []
        for writer in writers:
            for desk in desks:
                yield self._row("d", desk, writer)
        if self.box:
            yield self._row("f", self.box, "")
            yield self._row("r", self.box, "")

    def _intake(self) -> str:
        """Give the secret that follows from the report: whoever may read it knows where to look."""
        if self.report is None:
            raise DeskFault("the report of this case cannot be read")
        return sha256(_INTAKE + bytes.fromhex(self.report.sig)).hexdigest()

    def _row(self, way: str, secret: str, writer: str) -> Row:
        key = (way, secret, writer)
        if key not in self._rows:
            slots = _slots_of(way, bytes.fromhex(secret), writer)
            for_intake = self.report is not None and secret == self._intake()
            self._rows[key] = Row(slots, for_intake=for_intake)
        return self._rows[key]


def _identity(key: Body) -> str:
    return key.said.identity if isinstance(key.said, said.CaseKey) else ""


def _slots_of(way: str, secret: bytes, writer: str) -> Callable[[int], str]:
    if way == "d":
        return partial(desk_slot, secret, writer)
    return partial(family_slot, secret, "r" if way == "r" else "f")
