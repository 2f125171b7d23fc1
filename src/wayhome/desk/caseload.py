"""Caseload: a group's envelopes, opened with a vault's secrets and put together as cases.

All of it lives in memory and goes when the desk is locked. A case's envelopes are known by its next
slots; all others are tried with the season's identities. What is no part of a case lies in a
drawer, with the word why, and is never thrown away.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from contextlib import suppress

from wayhome.cases import said
from wayhome.cases.body import Body, Drawer, DrawerWord, is_by_right
from wayhome.cases.casefile import CaseFile
from wayhome.cases.law import Law
from wayhome.cases.snapshots import Pieces, kept_in, whole_of
from wayhome.crypto.recipients import Identity
from wayhome.crypto.unseal import Opener
from wayhome.desk.case import AGAIN, Case, Way, case_of
from wayhome.desk.envelopes import Envelopes, Sealed
from wayhome.desk.openedfile import Before, Opened
from wayhome.desk.opening import open_ready
from wayhome.desk.post import Group
from wayhome.desk.slotrows import Row
from wayhome.desk.vault import CaseSecret, Season, Secret, Stone


class Caseload:
    """All cases of one caseworker."""

    def __init__(
        self, group: Group, law: Law, secrets: Sequence[Secret], envelopes: Envelopes
    ) -> None:
        self.group, self.law = group, law
        self.named = _named(group)  # the caseworkers of the charter in force
        self.cases: dict[str, Case] = {}
        self.drawer: dict[str, DrawerWord] = {}
        self._pieces = Pieces()
        self.found: list[CaseSecret] = []  # secrets that were read and the vault does not have yet
        # what was opened, and what nothing opened, and is not put aside yet
        self.opened: list[Opened] = []
        self.shut_since: dict[str, str] = {}  # with the case in whose slot it lies, if in any
        self.stones = {one.case for one in secrets if isinstance(one, Stone)}
        self._envelopes = envelopes
        seasons = [one for one in secrets if isinstance(one, Season) and not one.is_custodian]
        self.seasons = [Identity(one.identity) for one in seasons]
        self._openers: dict[Identity, Opener] = {}
        self._writers = self.writers
        # where something of a case may lie; found out when there is something to look for
        self._spots: dict[str, tuple[Case, Row]] = {}
        self._is_spread = False
        self._shut: dict[str, set[str]] = {}  # envelopes that nothing opens yet, by slot
        self._woken: list[str] = []  # of these, what may open now
        self._looked_at: set[str] = set()
        self._of: dict[str, str] = {}  # the case of an envelope, where it has one
        for one in secrets:
            if isinstance(one, CaseSecret):
                self._case(one.case).secrets.append(one)

    @property
    def writers(self) -> frozenset[str]:
        """Everybody who was ever named a caseworker by a charter that counts."""
        charters = self.group.charters.values()
        return frozenset(one.key for charter in charters for one in charter.caseworkers)

    @property
    def identities(self) -> tuple[Identity, ...]:
        """All that open something here."""
        cases = (one for case in self.cases.values() for one in case.secrets)
        return (*self.seasons, *(Identity(one.identity) for one in cases))

    @property
    def shut(self) -> set[str]:
        """The envelopes that nothing here opens."""
        return {one for names in self._shut.values() for one in names}

    def file(self, case: Case) -> CaseFile:
        """Give the fold of a case."""
        return case.file(self.law, len(self.group.charter.caseworkers))

    def due(self, case: Case, today: dt.date) -> dt.date | None:
        """Give the earliest day on which an office must have acted in a case, or should have."""
        return case.due(self.law, len(self.group.charter.caseworkers), today)

    def meet(self, group: Group) -> None:
        """Take the group as it is now."""
        self.group, self.named = group, _named(group)
        for case in self.cases.values():
            case.named = self.named
        if self._writers != self.writers:
            self._writers = self.writers
            self._is_spread = False
            self._woken += [name for name, word in self.drawer.items() if word == "bad-writer"]

    def read(self, names: Iterable[str]) -> None:
        """Open what was not looked at yet, until nothing more comes to light."""
        waiting = [one for one in names if one not in self._looked_at]
        self._looked_at.update(waiting)
        waiting += self._woken
        if waiting:
            self._spread()
        while waiting:
            self._woken = []
            for sealed in self._envelopes.each(waiting):
                self._look(sealed)
            waiting = list(dict.fromkeys(self._woken))
        self._woken = []

    def restore(self, before: Before) -> None:
        """Begin with what was opened before, and leave alone what nothing opened."""
        for one in before.opened:
            if one.case in self.stones or one.envelope not in self._envelopes:
                continue
            self._looked_at.add(one.envelope)
            self._of[one.envelope] = one.case
            found = self._case(one.case) if one.case else None
            self._put(one.body, found, one.until, Way(one.identity, one.body.place.charter))
        for name, case_id in before.shut.items():
            if name in self._envelopes and name not in self._looked_at:
                self._looked_at.add(name)
                self._shut.setdefault(self._envelopes.slot(name), set()).add(name)
                if case_id in self.cases:
                    self.cases[case_id].sealed.add(name)
                    self.cases[case_id].slots.add(self._envelopes.slot(name))

    def erased(self, case: Case | None = None) -> list[str]:
        """Give the envelopes of a case, and those of cases erased before that came again."""
        names = {*self.stones, case.id} if case else self.stones
        again = [one for one, of in self._of.items() if of in names]
        return [*self._envelopes.within(case.slots if case else ()), *again]

    def lapsed(self, now: int) -> list[str]:
        """Give the envelopes whose time has ended, and that no case here rests on."""
        ended = self._envelopes.ended(now)
        if not ended:  # as on most days, and at thousands of cases it is not asked for nothing
            return []
        kept = {one for case in self.cases.values() for one in case.sealed}
        resting = {"", *(case.id for case in self.cases.values() if case.lapses <= now)}
        return [one for one in ended if one not in kept and self._of.get(one) not in resting]

    def forget(self, case: Case) -> None:
        """Drop a case that was erased; what else of it comes is not looked at."""
        self.stones.add(case.id)
        self.cases.pop(case.id, None)
        self._spots = {slot: one for slot, one in self._spots.items() if one[0] is not case}

    def take_slot(self, case: Case, slot: str) -> None:
        """Know that something of a case lies in a slot, whether we can read it or not."""
        case.slots.add(slot)
        found, row = self._spots.get(slot, (None, None))
        if found is case and row is not None:
            row.take(slot, case.slots, self._envelopes.slots)
            self._look_for(case, row)

    def _look(self, sealed: Sealed) -> None:
        """Open one envelope, if it can be; what cannot waits until more is known."""
        case, row = self._spots.get(sealed.place.s, (None, None))
        if case is not None:  # whatever it is: a family counts it, and so do we
            self.take_slot(case, sealed.place.s)
        own = [Identity(one.identity) for one in case.secrets[::-1]] if case else []
        try:
            body, under = open_ready(sealed.file, sealed.place, self._ready(own, row))
            way = Way(under, sealed.place.charter)
            name = self._place(body, case, sealed.expires, way)
        except Drawer as found:
            self.drawer[sealed.id] = found.word
            if found.word == "not-for-us":
                self.shut_since[sealed.id] = case.id if case else ""
                self._leave(sealed.id, sealed.place.s)
            return
        self.drawer.pop(sealed.id, None)
        self._shut.get(sealed.place.s, set()).discard(sealed.id)
        self._of[sealed.id] = name
        if name not in self.stones:
            self.opened.append(Opened(sealed.id, under, name, sealed.expires, body))
        if name in self.cases:
            self.cases[name].sealed.discard(sealed.id)

    def _leave(self, name: str, slot: str) -> None:
        self._shut.setdefault(slot, set()).add(name)
        case, _ = self._spots.get(slot, (None, None))
        if case is not None:
            case.sealed.add(name)

    def _ready(self, own: Sequence[Identity], row: Row | None) -> list[Opener]:
        """Give what may open an envelope: the case's identities, the newest first, the seasons'.

        What every try costs is a tenth of a millisecond for each place of the envelope.
        """
        is_first = row is not None and row.for_intake
        wanted = (*self.seasons, *own) if is_first else (*own, *self.seasons)
        for one in wanted:
            if one not in self._openers:
                self._openers[one] = Opener.of(one)
        return [self._openers[one] for one in wanted]

    def _place(self, body: Body, case: Case | None, lapses: int, way: Way) -> str:
        """Put a body into its case, and what it says once more; give the case's id, if it has one.

        Raises:
            Drawer: it belongs to none, or its writer may not say such a thing.
        """
        name = _name(body, case)
        if not name and type(body.said) not in AGAIN:
            raise Drawer("not-for-us")
        charter = self.group.charters.get(body.place.charter)
        writers = [one.key for one in charter.caseworkers] if charter else []
        known = self.cases.get(name)
        if not is_by_right(body, known.family if known else "", writers):
            raise Drawer("bad-writer")
        if name not in self.stones:
            self._put(body, self._case(name) if name else None, lapses, way)
        return name

    def _put(self, body: Body, case: Case | None, lapses: int, way: Way) -> None:
        if case:
            case.add(body, lapses, way)
            self.take_slot(case, body.place.s)
            self._learn(body.said, case)
        for one in self._again(body, way.under):
            with suppress(Drawer):  # one that is spoilt takes none of the others with it
                self._place(one, case, lapses, way)

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
                self._woken += case.sealed
        if self._is_spread and isinstance(what, said.CaseKey | said.Report):
            self._expect(case)

    def _spread(self) -> None:
        """Find out where something of any case may lie; among thousands it takes a second."""
        if not self._is_spread:
            self._is_spread = True
            for case in self.cases.values():
                self._expect(case)

    def _expect(self, case: Case) -> None:
        """Look for everything that may come of a case."""
        for row in case.rows_of(self._writers):
            self._look_for(case, row)

    def _look_for(self, case: Case, row: Row) -> None:
        row.reach(case.slots, self._envelopes.slots)
        for slot in row.untold():
            self._spots[slot] = case, row
            self._woken += self._shut.get(slot, ())

    def _case(self, name: str) -> Case:
        case = self.cases.get(name)
        if case is None:
            case = self.cases[name] = Case(name, named=self.named)
        return case


def _named(group: Group) -> frozenset[str]:
    return frozenset(one.key for one in group.charter.caseworkers)


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
