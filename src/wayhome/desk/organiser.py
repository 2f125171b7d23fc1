"""Organiser: her key, open or forgotten, what her program knows, and the way of what she signs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.desk import keyring
from wayhome.desk.keyring import KeyringFault
from wayhome.desk.known import BOOK, DeskFault, Known
from wayhome.desk.nodes import read_ways
from wayhome.desk.outgoing import Outgoing, Sent, keep_lines, read_lines
from wayhome.desk.post import Way
from wayhome.desk.proposals import cosign_with, place_of, signed_by, with_sigs
from wayhome.desk.vouchers import Opening, Order, draw_slips, job_at
from wayhome.groups.kinds import charter
from wayhome.groups.service import charter_of
from wayhome.journal.lines import in_order_of_need
from wayhome.records.record import Record

LOCK_AFTER = 15 * 60  # seconds without a deed
READ = "records.jsonl"  # what organisers wrote, as it was read last: for a day without a node
WAITING = "outgoing.jsonl"


@dataclass(frozen=True, slots=True)
class Slips:
    """Sheets of voucher slips, in memory alone until she has saved them."""

    pdf: bytes = field(repr=False)
    number: int
    total: int  # parts that the stamping desk has then
    ceiling: int


@dataclass(slots=True)
class Organiser:
    """One organiser at her desk. Opening takes the key's passphrase; deeds put off its locking."""

    key: Path
    folder: Path
    ways: Sequence[Way]
    now: Callable[[], int]
    known: Known = field(default_factory=lambda: Known.of(()), repr=False)
    faults: Sequence[DeskFault] = ()  # why a node could not be read
    sent: Sent = field(default_factory=Sent)  # what became of what waited, when it was tried last
    chosen: str = ""  # the group that she looks at, where her key is in several
    stamping: Opening | None = None  # the group's stamping desk, where it is on this machine
    slips: Slips | None = None
    _secret: SecretKey | None = field(default=None, repr=False)
    _used: int = 0

    def open(self, passphrase: str) -> None:
        """Open the key and read what there is.

        Raises:
            DeskFault: the passphrase is another, the key file is none, or the disk fails.
        """
        self.lock()
        try:
            self._secret = keyring.open_key(self.key, passphrase)
        except KeyringFault as fault:
            raise DeskFault(str(fault), "no-key") from fault
        self.touch()
        self.fetch()

    @property
    def asks_passphrase(self) -> bool:
        """Tell whether the key file is sealed under one.

        Raises:
            DeskFault: it cannot be read.
        """
        try:
            return keyring.is_locked(self.key)
        except KeyringFault as fault:
            raise DeskFault(str(fault), "no-key") from fault

    def touch(self) -> None:
        """Say that somebody is at the desk."""
        self._used = self.now()

    def lock(self) -> None:
        """Forget the secret key, what was read, and codes that were printed."""
        self._secret, self.known, self.faults = None, Known.of(()), ()
        self.slips = None

    def is_open(self) -> bool:
        """Tell whether it is; nobody there for too long locks it."""
        if self._secret is not None and self.now() - self._used >= LOCK_AFTER:
            self.lock()
        return self._secret is not None

    @property
    def secret(self) -> SecretKey:
        """The secret key.

        Raises:
            DeskFault: the desk is locked.
        """
        if self._secret is None:
            raise DeskFault("the desk is locked", "locked")
        return self._secret

    @property
    def public(self) -> str:
        """The key's public half."""
        return keys.public_key(self.secret)

    @property
    def waiting(self) -> list[Record]:
        """What was signed here and no node is known to keep."""
        return self._outgoing.records

    def fetch(self) -> None:
        """Hand in what waits, and take what is new; what was read stays for days without a node.

        Raises:
            DeskFault: the disk fails.
        """
        self.sent = self._outgoing.send(self.ways)
        lines = [*read_lines(self.folder / READ), *read_lines(self.folder / WAITING)]
        self.known, self.faults = read_ways(self.ways, lines)
        self._keep()

    def bring(self, raw: bytes) -> list[Record]:
        """Take records that came as a file; give those that were not known.

        What is official by them is handed in; a proposal only once she signs it.

        Raises:
            DeskFault: there is no record of organisers in it, or the disk fails.
        """
        brought = Known.of(raw.splitlines())
        if not brought.records:
            raise DeskFault("that file has no record of organisers in it", "no-records")
        news = [one for one in brought.records.values() if one.id not in self.known.records]
        self.known = self.known.plus(*news)
        self._keep()
        if ready := [one for one in news if self.known.standing.is_official(signed_by(one))]:
            self.give(ready)
        return news

    def cosign(self, asked: str) -> Record:
        """Sign a record too, and give it to the nodes with everybody's sigs that are here.

        Raises:
            DeskFault: it is not for this key to sign, or the disk fails.
        """
        record = self.known.record(asked)
        cosign = cosign_with(self.known, record, self.secret, self.now())
        self.give([*with_sigs(self.known, record), cosign])
        return record

    def let_go(self, record_id: str) -> None:
        """Hand something in no more that nodes do not take.

        Raises:
            DeskFault: the disk fails.
        """
        self._outgoing.let_go(record_id)

    def may_cosign(self, record: Record) -> str:
        """Give the word for why this key cannot sign a record; empty where it can."""
        try:
            place_of(self.known, record, self.public)
        except DeskFault as fault:
            return fault.word
        return ""

    def give(self, records: Sequence[Record]) -> None:
        """Keep what was signed, durably, then hand it to the nodes; what none takes waits.

        Raises:
            DeskFault: the disk fails.
        """
        self._outgoing.add(records)
        self.known = self.known.plus(*records)
        self._keep()
        self.sent = self._outgoing.send(self.ways)

    def print_slips(self, order: Order) -> None:
        """Draw voucher slips for the stamping desk, whatever key the order names.

        Raises:
            DeskFault: no stamping desk was named, it does not take them, or earlier slips wait.
        """
        if self.stamping is None:
            raise DeskFault("no stamping desk was named: --stamping FOLDER", "no-stamps")
        if self.slips is not None:
            raise DeskFault("save the slips that were printed, or forget them", "slips-wait")
        with self.stamping() as desk:
            ours = replace(order, kid=desk.kid)
            job = job_at(self.known, desk, ours)
            pdf, total = draw_slips(job, ours, desk.keep, lambda: None)
            self.slips = Slips(pdf, ours.number, total, desk.ceiling)

    def carried(self, record: Record) -> bytes:
        """Give a record as a file for the others: with its sigs and its group's charters."""
        group = charter_of(record)[0]
        charters = [one for one in self.known.of_kind(charter.NUMBER) if _is_of(one, group)]
        found = [line.line for one in [*charters, record] for line in with_sigs(self.known, one)]
        lines = dict.fromkeys(in_order_of_need(BOOK, lambda: found))
        return b"".join(one + b"\n" for one in lines)

    @property
    def _outgoing(self) -> Outgoing:
        return Outgoing(self.folder / WAITING)

    def _keep(self) -> None:
        keep_lines(self.folder / READ, (one.line for one in self.known.records.values()))


def _is_of(record: Record, group: str) -> bool:
    return charter_of(record)[0] == group
