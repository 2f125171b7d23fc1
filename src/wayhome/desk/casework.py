"""Casework: what a caseworker does with a case; each deed is bodies in envelopes.

A deed is written under the case's key for all who hold it. What the family reads is sealed to it
and to the case, so that the other holders read it as well.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from wayhome.cases import said
from wayhome.cases.body import Place, fitted
from wayhome.cases.casefile import Entry, fold
from wayhome.cases.familytalk import TALKS, tell_case
from wayhome.cases.said import Statement
from wayhome.cases.snapshots import packed
from wayhome.cases.storedsum import stored
from wayhome.codec import limits
from wayhome.codec.age import Sort
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.crypto.recipients import Identity, Recipient, kind_of, new_identity, recipient_of
from wayhome.crypto.secretpages import new_secret
from wayhome.desk import conversation
from wayhome.desk.case import Case
from wayhome.desk.caseload import Caseload
from wayhome.desk.known import DeskFault
from wayhome.desk.names import Name, opened_names
from wayhome.desk.opening import open_envelope
from wayhome.desk.papers import Papers, said_again
from wayhome.desk.post import Post
from wayhome.desk.readable import unreadable
from wayhome.desk.sealing import Enclosed, Outside, make_envelope, places
from wayhome.desk.vault import CaseSecret
from wayhome.groups.caseworker import Caseworker
from wayhome.records.record import Record

_MINE = 32  # bytes of a desk secret


@dataclass(slots=True)
class Casework:
    """One caseworker at work. `now` is the time, `since` when she first saw the charter in force.

    `details` are the names that she opened as a custodian since the desk was, `receipts` the words
    of reports that she wrote down for families since then, by case; nobody keeps them.
    """

    load: Caseload
    post: Post
    secret: SecretKey = field(repr=False)
    now: Callable[[], int]
    custodian: tuple[Identity, ...] = field(default=(), repr=False)
    details: dict[str, said.PersonalDetails] = field(default_factory=dict, repr=False)
    receipts: dict[str, str] = field(default_factory=dict, repr=False)
    since: int = 0
    papers: Papers = field(init=False, repr=False)
    me: str = field(init=False)  # her public key

    def __post_init__(self) -> None:
        """Have no papers yet."""
        self.papers = Papers(self.post)
        self.me = keys.public_key(self.secret)

    @property
    def today(self) -> dt.date:
        """The day, UTC."""
        return dt.datetime.fromtimestamp(self.now(), dt.UTC).date()

    @property
    def there(self) -> Collection[str]:
        """The slots in which something lies at nodes now."""
        return self.post.envelopes.living(self.now())

    @property
    def colleagues(self) -> tuple[Caseworker, ...]:
        """Those whom the charter in force names."""
        return self.load.group.charter.caseworkers

    def take(self, case: Case, title: str, holders: Sequence[str]) -> None:
        """Make a case of a report, held by her and others; the lead is hers.

        Raises:
            DeskFault: nobody else holds it though there are others; see `_give`.
        """
        names = tuple(dict.fromkeys([self.me, *holders]))
        if len(names) < 2 and len(self.colleagues) > 1:  # noqa: PLR2004 - two must be able to read it
            raise DeskFault("choose one more: two must be able to read a case")
        secret = _new_secret(case, self.load.group.charter.sort)
        self._share(case, secret, names)
        self._write(
            case,
            secret,
            _made(said.Opened, case, self.today, case=case.id, desk=secret.desk, title=title),
        )
        self.assign(case, names)
        self._write_down(case, names)

    def share(self, case: Case, to: str) -> None:
        """Let one more caseworker read a case and work on it.

        Raises:
            DeskFault: the other is no caseworker, or holds it already; see `_give`.
        """
        key, staying = self._key(case), self.staying(case)
        if to in staying or to not in self.load.named:
            raise DeskFault("give it to a caseworker who does not hold it yet")
        names = (*staying, to)
        self._share(case, key, names)
        self.assign(case, names)
        self._write_down(case, names)

    def staying(self, case: Case) -> tuple[str, ...]:
        """Give those holders of a case who are caseworkers now."""
        return tuple(one for one in self.load.file(case).holders if one in self.load.named)

    def change_key(self, case: Case) -> None:
        """Put a case under a key that those holders alone have who are caseworkers now.

        Raises:
            DeskFault: she is none of them; see `_give`.
        """
        names = self.staying(case)
        if self.me not in names:
            raise DeskFault("somebody who left knows the key of this case: a holder must change it")
        self._share(case, _new_secret(case, self.load.group.charter.sort), names)

    def share_key(self, case: Case) -> None:
        """Seal the key of a case once more, to what its holders are sealed to now.

        Raises:
            DeskFault: as `say`.
        """
        self._share(case, self._key(case), self.staying(case))

    def assign(self, case: Case, names: Sequence[str]) -> None:
        """Say who holds a case; the lead stays who she is, if she does.

        Raises:
            DeskFault: as `say`.
        """
        lead = self.load.file(case).lead
        lead = lead if lead in names else self.me
        made = _made(said.Assign, case, self.today, case=case.id, holders=tuple(names), lead=lead)
        self._tell_intake(case, made, names)

    def hand_over(self, case: Case, to: str, why: str, sender: str = "") -> None:
        """Give her own place in a case, or another holder's, to somebody; the key is made anew.

        Raises:
            DeskFault: the other is no caseworker, or holds it already; see `_give`.
        """
        leaves = sender or self.me
        file, key = self.load.file(case), self._key(case)
        if to in file.holders or to not in self.load.named:
            raise DeskFault("give it to a caseworker who does not hold it yet")
        if leaves not in file.holders:
            raise DeskFault("only a holder's place can be given")
        self.say(case, said.Handover, sender=leaves, to=to, why=why)
        # what the family writes before it hears of the new key is sealed to the old one
        self._share(case, key, [to])
        names = (*(one for one in self.staying(case) if one not in (leaves, to)), to)
        self._share(case, _new_secret(case, self.load.group.charter.sort), names)
        self._write_down(case, names)

    def say(self, case: Case, what: type[said.Said], /, **fields: object) -> None:
        """Write one thing for the holders of a case.

        Raises:
            DeskFault: it would be a bad step here, or no node takes it.
            Refused: it is not well made.
        """
        self._write(case, self._key(case), self._checked(case, what, **fields))

    def reply(
        self,
        case: Case,
        text: str,
        asks: Sequence[str] = (),
        files: Sequence[said.File] = (),
    ) -> None:
        """Write to the family; with asks the case waits for its answer.

        The newest answer is all that the family takes, so it names the files given before as well.

        Raises:
            DeskFault, Refused: as `say`.
        """
        key, file = self._key(case), self.load.file(case)
        report = case.report
        if report is None or not isinstance(report.said, said.Report):
            raise DeskFault("the report of this case cannot be read; nobody knows whom to answer")
        lang = report.said.lang if report.said.lang in TALKS else "en"
        told = tell_case(file, self.load.law, self.today, lang)
        earlier = tuple(conversation.turns(case))
        reply = said.Reply(
            1,
            case.next_number,
            self.today,
            text,
            conversation.status_after(file.state, asks),
            recipient_of(Identity(key.identity)),
            told[1:],
            tuple(asks),
            earlier,
            (*conversation.given_files(case), *files)[-limits.FILES :],
        )
        family = Recipient(report.said.recipient)
        sort = kind_of(family) or "x25519"
        # who wrote before the group had keys of this sort: the holders get a copy of their own
        is_one = sort == kind_of(reply.recipient)
        own = Identity(key.identity) if is_one else new_identity(sort)
        sealed = self._give(
            case, fitted(reply), case.next_reply(self.there), [family, recipient_of(own)]
        )
        for what, fields in packed([] if is_one else [open_envelope(sealed, own)]):
            self.say(case, what, **fields)
        if asks and file.state == "taken":
            self.say(case, said.StatusChange, to="asked")

    def decline(self, case: Case, reason: str, text: str) -> None:
        """Decline a report, with a word to the family; nobody holds it, so intake is told.

        Raises:
            DeskFault, Refused: as `say`.
        """
        report = case.report
        if report is None or not isinstance(report.said, said.Report):
            raise DeskFault("there is no report to decline")
        self._tell_intake(
            case, self._checked(case, said.StatusChange, to="declined", reason=reason), ()
        )
        # nobody reads what is written to it later
        own = recipient_of(new_identity(self.load.group.charter.sort))
        reply = said.Reply(1, case.next_number, self.today, text, "declined", own)
        self._give(case, reply, case.next_reply(self.there), [Recipient(report.said.recipient)])

    def erase(self, case: Case, why: str) -> None:
        """Erase a case, as far as it is hers to say; the last one who must agree ends it.

        Raises:
            DeskFault, Refused: as `say`.
        """
        erase = self._checked(case, said.Erase, why=why)
        if case.key is None:
            self._tell_intake(case, erase, ())
        else:
            self._write(case, case.key, erase)

    def open_identity(self, case: Case, reason: str) -> None:
        """Open who the family is. The other holders and the family learn of it, and why, first.

        Raises:
            DeskFault: she is no custodian, or nothing is sealed to her here.
            Refused: as `say`.
        """
        found = sorted(self.names(case), key=lambda one: one.body.said.n)
        if not reason or not found:
            raise DeskFault("say why; and it opens only to the custodians it was sealed to")
        letter = max(1, self.load.file(case).newest)
        self.say(case, said.IdentityOpened, reason=reason, letter=letter)
        self.reply(case, conversation.OPENED[conversation.lang_of(case)].format(reason=reason))
        if isinstance(told := found[-1].body.said, said.PersonalDetails):
            self.details[case.id] = told

    def names(self, case: Case) -> list[Name]:
        """Give the names of a case that she could open as a custodian; they are shown to nobody."""
        found: dict[str, Name] = {}
        for sealed in self.post.envelopes.each(sorted(case.sealed)):
            for body, under in opened_names(sealed, case.family, self.load.writers, self.custodian):
                name = found.setdefault(body.sig, Name(body))
                name.under.add(under)
                name.until = max(name.until, sealed.expires)
        return list(found.values())

    def renew(self, case: Case) -> None:
        """Write everything down again, before its envelopes lapse, and name its files again.

        Raises:
            DeskFault, Refused: as `say`.
        """
        for (what, fields), files in said_again(case.first_said):
            with self.papers.kept_up(files):
                self.say(case, what, **fields)

    def tell(
        self, case: Case, what: type[said.Said], fields: Mapping[str, object], to: Sequence[str]
    ) -> None:
        """Write for these recipients alone, in the slots of those who read reports.

        Raises:
            DeskFault, Refused: as `say`.
        """
        made = _made(what, case, self.today, **fields)
        self._give(case, made, case.next_for_intake(self.me), [Recipient(one) for one in to])

    def settle(self, case: Case) -> None:
        """Write down every date by law that is new, or has moved, so that all see the same sum."""
        law = self.load.law
        for no, due, was in list(self.load.file(case).unwritten(law, self.today)):
            found = stored(due.dates[-1])
            self.say(case, said.Deadline, letter=no, rule=due.rule.id, derivation=found, was=was)

    def attachment(self, case: Case, blob: str) -> bytes:
        """Fetch and open a file that a case names. It is bytes, and safe nowhere.

        An original is named with the family's name alone, and opens once that was opened.

        Raises:
            DeskFault: as `Papers.open`.
        """
        details = self.details.get(case.id)
        return self.papers.open(case, blob, details.originals if details else ())

    def _checked(self, case: Case, what: type[said.Said], /, **fields: object) -> Statement:
        """Make a statement; refuse one that would be a bad step where the case stands.

        Raises:
            DeskFault: it would.
        """
        made = _made(what, case, self.today, **fields)
        entries = [Entry(name, one.by, one.said) for name, one in case.bodies.items()]
        here = Entry("f" * 128, self.me, made)
        after = fold([*entries, here], self.load.law, len(self.colleagues))
        if any(one.entry == here and one.is_bad for one in after.placed):
            raise DeskFault("this cannot be done where the case stands now")
        return made

    def _share(self, case: Case, secret: CaseSecret, names: Sequence[str]) -> None:
        """Write the case's key, for each holder's season."""
        key = _made(
            said.CaseKey,
            case,
            self.today,
            case=case.id,
            desk=secret.desk,
            identity=secret.identity,
            holders=tuple(names),
        )
        self._give(case, key, case.next_note(secret, self.me), self._seasons_of(names))

    def _tell_intake(self, case: Case, what: Statement, holders: Sequence[str]) -> None:
        """Write what everybody on intake is to know, and the holders, who need not be."""
        intake = [one.key for one in self.colleagues if one.role == "intake"]
        names = dict.fromkeys([*intake, *holders])
        self._give(case, what, case.next_for_intake(self.me), self._seasons_of(list(names)))

    def _seasons_of(self, names: Sequence[str]) -> list[Recipient]:
        known = {one.key: Recipient(one.recipient) for one in self.colleagues}
        if not set(names) <= known.keys():
            raise DeskFault("a holder is not a caseworker any more: hand the case over")
        return [known[one] for one in names]

    def _write_down(self, case: Case, names: Sequence[str]) -> None:
        """Say once more, under the case's key, what some holder could not read."""
        for what, fields in packed(unreadable(case, names, self.load.group)):
            self.say(case, what, **fields)

    def _key(self, case: Case) -> CaseSecret:
        key = case.key
        if key and case.is_known_to_strangers(key.identity):  # she would read on
            self.change_key(case)
            key = case.key
        if key is None:
            raise DeskFault("you do not hold this case")
        return key

    def _write(self, case: Case, secret: CaseSecret, what: Statement) -> None:
        to = [recipient_of(Identity(secret.identity))]
        self._give(case, what, case.next_note(secret, self.me), to)

    def _give(self, case: Case, what: Statement, slot: str, to: Sequence[Recipient]) -> Record:
        """Seal, hand in, and read it back as everybody else will; give the envelope.

        Raises:
            DeskFault: no node takes it.
            Refused: it is not well made.
        """
        group = self.load.group
        outgoing = self.papers.outgoing(what)
        outside = Outside(self.now(), group.bits, self.papers.named(outgoing))
        enclosed = Enclosed(what, Place(group.id, group.head, slot), self.secret)
        record = make_envelope(enclosed, to, places(group.charter), outside)
        self.post.hand_in([record])
        self.load.read([record.id])
        # what is sealed to others alone lies in its slot all the same
        self.load.take_slot(case, slot)
        self.papers.hand_in(outgoing)
        return record


def _made(what: type[said.Said], case: Case, day: dt.date, /, **fields: object) -> Statement:
    made = what(v=1, n=case.next_number, at=day, **fields)
    return cast("Statement", made)  # each kind of statement is one


def _new_secret(case: Case, sort: Sort) -> CaseSecret:
    return CaseSecret(case.id, new_identity(sort), new_secret(_MINE).hex())
