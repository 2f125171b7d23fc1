"""Desk: a caseworker's folder, open or locked; while it is locked no secret is in memory."""

import contextlib
import datetime as dt
import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wayhome.cases.casefile import OPEN
from wayhome.cases.law import Law
from wayhome.cases.rules import Said, local
from wayhome.codec.age import Sort
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.crypto.recipients import Identity, new_identity, recipient_of
from wayhome.desk.case import Case
from wayhome.desk.caseload import Caseload
from wayhome.desk.casework import Casework
from wayhome.desk.known import DeskFault
from wayhome.desk.losses import Loss, losses, refuse_losses
from wayhome.desk.openedfile import Before, OpenedFile
from wayhome.desk.post import Post, Way
from wayhome.desk.renewing import order_of, renew, soon_for
from wayhome.desk.seasons import Reminder, Term, newest, refuse_ending, reminders, terms_of
from wayhome.desk.vault import Season, Stone, Vault, Writer
from wayhome.groups.caseworker import Caseworker, Role, named_by
from wayhome.records.refused import Refused

LOCK_AFTER = 15 * 60  # seconds without a deed


def new_desk(
    folder: Path, group: str, passphrase: str, day: dt.date, sort: Sort = "hybrid"
) -> Vault:
    """Make a vault with a writer key, a season's identity, and a custodian's.

    Raises:
        DeskFault: there is one, or the disk did not take it.
    """
    vault = Vault.make(folder, passphrase)
    vault.put(Writer(keys.new_secret_key().hex(), group))
    new_season(vault, day, sort)
    return vault


def new_season(vault: Vault, day: dt.date, sort: Sort = "hybrid") -> None:
    """Add identities for a new season; the old ones open what is sealed to them until erased.

    Raises:
        DeskFault: the disk did not take it.
    """
    no = 1 + max((one.no for one in vault.secrets if isinstance(one, Season)), default=0)
    for is_custodian in (False, True):
        vault.put(Season(new_identity(sort), day.isoformat(), is_custodian, no))


def caseworker_of(vault: Vault, role: Role, *, is_custodian: bool) -> Caseworker:
    """Give what a charter says of her, with her consent to it; her recipients stand there whole.

    Raises:
        DeskFault: a page of the vault is gone.
    """
    secret = SecretKey(bytes.fromhex(vault.writer.secret))
    season = newest(vault.secrets, is_custodian=False)
    custodian = newest(vault.secrets, is_custodian=True)
    if season is None or custodian is None:
        raise DeskFault("the vault has no season's identity; begin one: wayhome desk season")
    names = recipient_of(Identity(custodian.identity)) if is_custodian else ""
    reads = recipient_of(Identity(season.identity))
    keys_ = {named_by(one): one for one in (reads, names)}
    return Caseworker.agreed(secret, reads, role, names).with_keys(keys_)


@dataclass(slots=True)
class Desk:
    """One desk. Opening takes the passphrase; every deed puts off its locking."""

    folder: Path
    ways: Sequence[Way]
    law: Law
    now: Callable[[], int]
    work: Casework | None = None
    fault: DeskFault | None = None  # why nothing new could be fetched
    behind: int = 0  # cases that are still to be sealed anew
    places: Mapping[str, Said] = field(default_factory=dict)  # the names of regions, by code
    _vault: Vault | None = field(default=None, repr=False)
    _aside: OpenedFile | None = field(default=None, repr=False)
    _used: int = 0

    def open(self, passphrase: str) -> None:
        """Open the vault and read all that is there.

        Raises:
            DeskFault: the passphrase is another, or no node says who the group is.
        """
        self.lock()
        self.open_with(Vault.open(self.folder, passphrase))

    def open_with(self, vault: Vault) -> None:
        """Read all that is there with a vault that is open.

        Raises:
            DeskFault: no node says who the group is; the vault is closed.
        """
        try:
            writer = vault.writer
            met = vault.met
            post = Post(self.folder, writer.group, self.ways, met.charter if met else "")
            load = Caseload(post.group(), self.law, vault.secrets, post.envelopes)
        except DeskFault:
            vault.close()
            raise
        secret = SecretKey(bytes.fromhex(writer.secret))
        own = [one for one in vault.secrets if isinstance(one, Season) and one.is_custodian]
        custodian = tuple(Identity(one.identity) for one in own)
        self._vault, self._aside = vault, OpenedFile(self.folder, vault.aside)
        self.work = Casework(load, post, secret, self.now, custodian)
        self.touch()
        with _nothing_collected():
            self._restore(load, self._aside)
            self.fetch()

    def _restore(self, load: Caseload, aside: OpenedFile) -> None:
        before = aside.read(load.identities, load.seasons)
        load.restore(before)
        if aside.is_worn():
            aside.write(before, load.seasons)

    def touch(self) -> None:
        """Say that somebody is at the desk."""
        self._used = self.now()

    def lock(self) -> None:
        """Forget every secret and every text."""
        if self._vault is not None:
            self._vault.close()
        self._vault, self._aside, self.work = None, None, None
        gc.unfreeze()

    def is_open(self) -> bool:
        """Tell whether it is; nobody there for too long locks it."""
        if self.work is not None and self.now() - self._used >= LOCK_AFTER:
            self.lock()
        return self.work is not None

    def fetch(self) -> None:
        """Take what is new, open it, keep new secrets, erase what was agreed to be erased."""
        work = self._work()
        try:
            work.load.meet(work.post.group())  # it may have been amended since
            self._remember(work)
            work.post.fetch()
            self.fault = None
        except DeskFault as fault:
            self.fault = fault
        work.load.read(work.post.envelopes.ids)
        self.keep()
        self.behind = renew(work)
        self.keep()
        for case in list(work.load.cases.values()):
            # what cannot be done now is tried at the next look; the board shows it meanwhile
            with contextlib.suppress(DeskFault, Refused):
                self._attend(case)
        self.keep()
        work.post.envelopes.drop(work.load.lapsed(self.now()))

    def _remember(self, work: Casework) -> None:
        """Remember the charter in force, so that no node leads back behind it."""
        group = work.load.group
        if self._vault is not None:
            met = self._vault.meet(group.head, len(group.charters), self.now())
            work.post.met, work.since = met.charter, met.since

    def _attend(self, case: Case) -> None:
        """Renew an open case that would be lost; agree to erase one whose time has come."""
        work = self._work()
        file = work.load.file(case)
        if case.key is None:
            return
        if file.state in OPEN and case.lapses <= soon_for(work, order_of(work, case)):
            work.renew(case)
        is_over = file.erase_on is not None and file.erase_on <= work.today
        if is_over and work.me in file.holders and work.me not in file.erasers:
            work.erase(case, "")

    def keep(self) -> None:
        """Keep the secrets that were read, and let go of cases that have ended for good.

        Raises:
            DeskFault: the disk did not take it.
        """
        work, vault = self._work(), self._vault
        if vault is None:
            return
        vault.put_all(work.load.found)
        work.load.found.clear()
        self._put_aside(work.load)
        gone = [one for one in work.load.cases.values() if work.load.file(one).state == "erased"]
        for case in gone:
            # which envelopes are of it nobody can tell any more once its key is gone
            work.post.envelopes.intend(work.load.erased(case))
            vault.put(Stone(case.id, work.today.isoformat()))
            for secret in case.secrets:
                vault.erase(secret)
            work.load.forget(case)
        work.post.envelopes.finish()
        work.post.envelopes.drop(work.load.erased())
        if gone and self._aside is not None:
            self._aside.forget(work.load.stones, work.load.identities, work.load.seasons)

    def terms(self) -> list[Term]:
        """Give her seasons, oldest first."""
        work, vault = self._work(), self._vault
        return terms_of(vault.secrets if vault else (), work.load.group, work.me)

    def place(self, region: str, lang: str) -> str:
        """Give what a region is called; its code where the campaign has no name for it."""
        return local(self.places.get(region, {}), lang) or region

    def reminders(self) -> list[Reminder]:
        """Give what she is to do about keys today."""
        work = self._work()
        return reminders(self.terms(), work.load.group, work.me, work.today)

    def lost_with(self, term: Term) -> list[Loss]:
        """Give what only a season opens that has ended; of another nothing is to be lost."""
        return losses(self._work(), term) if term.standing == "ended" else []

    def end_season(self, number: int, passphrase: str, *, even_so: bool = False) -> None:
        """Destroy the identities of a season that has ended, by its number from the oldest on.

        What was sealed to them alone is gone then. The desk is opened anew.

        Raises:
            DeskFault: it serves; or, unless ``even_so``, it ended a short while ago, or open cases
                would be lost; or the passphrase is another.
        """
        work, terms, vault = self._work(), self.terms(), self._vault
        if not 1 <= number <= len(terms) or vault is None:
            raise DeskFault("there is no such season")
        term = terms[number - 1]
        refuse_ending(term, work.today, even_so=even_so)
        if not even_so:
            refuse_losses(self.lost_with(term))
        vault.destroy(term.pages, passphrase)
        self.open(passphrase)

    def _put_aside(self, load: Caseload) -> None:
        """Put aside what was opened since, so that the next start need not open it again."""
        aside = self._aside
        if aside is None or not (load.opened or load.shut_since):
            return
        aside.add(Before(load.opened, load.shut_since), load.seasons)
        load.opened, load.shut_since = [], {}

    def readers(self, case_id: str) -> tuple[str, ...]:
        """Give the keys of those who can read a case: its holders, or else everybody on intake."""
        work = self._work()
        staying = work.staying(work.load.cases[case_id])
        return staying or tuple(one.key for one in work.colleagues if one.role == "intake")

    def _work(self) -> Casework:
        if self.work is None:
            raise DeskFault("the desk is locked")
        return self.work


@contextlib.contextmanager
def _nothing_collected() -> Iterator[None]:
    """Look for no garbage among a million things that are made to stay, then or later.

    That is half a second at the start, and a quarter each time that a page happens to be drawn.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was:
            gc.enable()
