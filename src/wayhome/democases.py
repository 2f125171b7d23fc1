"""The demo's casework: families report, two caseworkers answer and write, each on its own day.

The cases are a pack's invented ones. All else is real: what is said is sealed, handed in at the
group's node, and opened from there.
"""

import asyncio
import datetime as dt
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from wayhome.cases import said, service
from wayhome.cases.casefile import Entry
from wayhome.cases.figures import rows_of
from wayhome.cases.law import Law
from wayhome.cases.sealedfile import SealedFile
from wayhome.channel.savedform import line_of
from wayhome.channel.service import Writing, write
from wayhome.crypto import keys, receipts
from wayhome.crypto.receipts import FamilyKeys
from wayhome.crypto.recipients import new_identity, recipient_of
from wayhome.demohistory import Voice, at_day
from wayhome.desk import reporting
from wayhome.desk.case import Case
from wayhome.desk.casework import Casework
from wayhome.desk.desk import Desk, caseworker_of, new_desk
from wayhome.desk.known import DeskFault
from wayhome.desk.post import ByHttp
from wayhome.groups.caseworker import Caseworker
from wayhome.records.draft import Draft
from wayhome.samplecases import Cast, SampleCase, Samples, played
from wayhome.web.help import sum_of
from wayhome.web.site import Site

DAY = 86_400
BEFORE = 71  # days before the start on which the charter names the caseworkers
PASSPHRASE = "шесть слов только для пробы здесь"  # noqa: S105 - it opens invented cases alone
_NAMES = ("caseworker-1", "caseworker-2")
_MORNING = 9 * 3_600
# what `Casework.take`, `reply` and `settle` write by themselves
_BY_THE_WAY = (said.CaseKey, said.Assign, said.Deadline)


@dataclass(slots=True)
class DemoClock:
    """The time of the demo's nodes and desks: set by hand until it is let run."""

    at: int | None

    def __call__(self) -> int:
        """Give the time, in Unix seconds."""
        return int(time.time()) if self.at is None else self.at


@dataclass(slots=True)
class Household:
    """A family of an invented case, with the words that lead back to it."""

    sample: SampleCase
    code: bytes = field(default_factory=receipts.new_code, repr=False)
    keys: FamilyKeys = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Stretch the code once: that takes a fifth of a second."""
        self.keys = receipts.family_keys(self.code)

    @property
    def words(self) -> str:
        """The words of its receipt."""
        return " ".join(receipts.write(self.code, "ru"))


class Office:
    """A group's two caseworkers, and the families that write to them."""

    def __init__(self, folder: Path, place: tuple[str, str], law: Law, now: int) -> None:
        """Make the desks; ``place`` is the group and its node's address.

        What the charter is to say of the caseworkers is in `named`.
        """
        self.group, self.address = place
        self.law = law
        self.folders = [folder / name for name in _NAMES]
        day = _day(now - BEFORE * DAY)
        self._vaults = [new_desk(one, self.group, PASSPHRASE, day) for one in self.folders]
        self.named: tuple[Caseworker, ...] = tuple(
            caseworker_of(one, "intake", is_custodian=True) for one in self._vaults
        )
        self.households: dict[str, Household] = {}
        self._desks: dict[str, Desk] = {}
        self._plan: dict[dt.date, list[tuple[Household, Entry]]] = {}
        self._written_to = ""

    def plan(self, samples: Samples, clock: Callable[[], int]) -> list[dt.date]:
        """Seat the caseworkers and give the days, in order, on which something is said."""
        for folder, one in zip(self.folders, self.named, strict=True):
            self._desks[one.key] = Desk(folder, [ByHttp(self.address)], self.law, clock)
        today, self._written_to = _day(clock()), samples.office
        for sample in samples.case:
            household = self.households[sample.word] = Household(sample)
            for entry in played(sample, self._cast(household.keys), self.law, today):
                self._plan.setdefault(entry.said.at, []).append((household, entry))
        return sorted(self._plan)

    def work(self, day: dt.date) -> None:
        """Let all that is planned for a day be said, by whoever says it.

        Raises:
            DeskFault: the node does not take it, or a case stands where it should not.
        """
        for one in self._open_desks():
            one.fetch()
        for household, entry in self._plan[day]:
            if isinstance(entry.said, said.Report):
                self._hand_in(household, entry.said)
            else:
                self._do(household, entry)

    def report(self, sample: SampleCase, now: int) -> Household:
        """Let one more family report what a sample tells, today.

        Raises:
            DeskFault: it is not taken.
        """
        household = Household(msgspec.structs.replace(sample, ago=0, step=()))
        cast = self._cast(household.keys)
        (told,) = (one.said for one in played(household.sample, cast, self.law, _day(now)))
        if isinstance(told, said.Report):
            self._hand_in(household, told)
        return household

    def desk(self) -> Desk:
        """Open the first caseworker's desk with its passphrase.

        Raises:
            DeskFault: the node does not answer.
        """
        found = self._desks[self.named[0].key]
        found.open(PASSPHRASE)
        return found

    def read(self, household: Household) -> said.Reply | None:
        """Come back with a family's words: the newest answer.

        Raises:
            DeskFault: the node does not answer.
        """
        family = receipts.family_keys(receipts.read(household.words))
        return reporting.visit(reporting.look([self.address], self.group), family).reply

    def lock(self) -> None:
        """Lock the desks, so that others can open them."""
        for one in self._desks.values():
            one.lock()
        while self._vaults:  # nothing was played: no desk has taken its vault
            self._vaults.pop().close()

    def _hand_in(self, household: Household, report: said.Report) -> None:
        """Seal a family's report and hand it to the group's node."""
        sight = reporting.look([self.address], self.group)
        sealed = reporting.seal_report(sight, household.keys, report)
        reporting.hand_over(sight.nodes, SealedFile((sealed,)))

    def _open_desks(self) -> Iterator[Desk]:
        for desk in self._desks.values():
            if desk.work is None:
                desk.open_with(self._vaults.pop(0))
            yield desk

    def _do(self, household: Household, entry: Entry) -> None:
        work = self._desks[entry.by].work
        if work is None:
            raise AssertionError("a desk is open while cases are played")
        case, what = case_of(work, household), entry.said
        if isinstance(what, said.Related):
            twin = case_of(work, self.households[household.sample.twin])
            what = msgspec.structs.replace(what, case=twin.id)
        _say(work, case, household.sample, what)
        if work.load.file(case).letters:
            work.settle(case)

    def _cast(self, family: FamilyKeys) -> Cast:
        return Cast(
            family=keys.public_key(family.sign),
            recipient=recipient_of(family.identity(self.named[0].sort)),
            box=family.box.hex(),
            holders=tuple(one.key for one in self.named),
            case="0" * 32,  # the desk makes its own, and the next two as well
            desk="0" * 64,
            identity=new_identity("x25519"),
            office=self._written_to,
        )


async def play_cases(
    office: Office,
    samples: Samples,
    clock: DemoClock,
    tick: Callable[[], Awaitable[None]],
) -> None:
    """Let the clock run through the days of the cases, up to where it stands now."""
    start = clock.at
    for day in office.plan(samples, clock):
        clock.at = at_day(day) + _MORNING
        await tick()  # what was handed in before is shown
        await asyncio.to_thread(office.work, day)
    office.lock()
    clock.at = start
    await tick()


def name_caseworkers(office: Office, voice: Voice, others: Iterable[Voice], now: int) -> None:
    """Let a group's charter name the office; the others link to it anew, as its witnesses."""
    day = now - now % DAY - BEFORE * DAY
    voice.name_caseworkers(office.named, day)
    for other in others:
        if other is not voice:
            other.link(voice, day + DAY)


def figures_of(samples: Samples, speaker: tuple[str, str], now: int) -> Draft:
    """Draft the invented figures of the last whole quarter."""
    rows = rows_of(samples.total, samples.figures)
    return service.draft_figures(speaker, last_quarter(_day(now)).isoformat(), rows, now)


def form_post(samples: Samples, speaker: tuple[str, str], site: Site, now: int) -> Draft:
    """Draft the post by which a group signs the form as one file, in each language of its node."""
    sums = (sum_of(site, lang) for lang in site.face.languages)
    text = "\n\n".join((samples.form.text, *(line_of(one) for one in sums)))
    return write(speaker, Writing(samples.form.title, samples.form.lang, text), now)


def last_quarter(today: dt.date) -> dt.date:
    """Give the first day of the last whole quarter of a year."""
    before = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1) - dt.timedelta(1)
    return before.replace(month=(before.month - 1) // 3 * 3 + 1, day=1)


def case_of(work: Casework, household: Household) -> Case:
    """Give a family's case at a desk.

    Raises:
        DeskFault: the desk could not open its report.
    """
    name = keys.public_key(household.keys.sign)
    found = next((one for one in work.load.cases.values() if one.family == name), None)
    if found is None:
        raise DeskFault(f"the report `{household.sample.word}` is not at the desk")
    return found


def _say(work: Casework, case: Case, sample: SampleCase, what: said.Statement) -> None:
    match what:
        case said.Opened(title=title):
            others = [one.key for one in work.colleagues if one.key != work.me]
            work.take(case, title, others)
        case said.Reply(text=text, asks=asks):
            work.reply(case, text, asks)
        case said.StatusChange(to="declined", reason=reason):
            work.decline(case, reason, sample.farewell)
        case said.StatusChange(to="asked"):
            pass  # the reply that asked has said so
        case _ if not isinstance(what, _BY_THE_WAY):
            fields = msgspec.structs.asdict(what)
            work.say(case, type(what), **{k: v for k, v in fields.items() if k not in _EVERY})


def _day(moment: int) -> dt.date:
    return dt.datetime.fromtimestamp(moment, dt.UTC).date()


_EVERY = frozenset(said.Said.__struct_fields__)  # the desk numbers and dates what it says itself
