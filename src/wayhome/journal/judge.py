"""Judge: from bytes to a verdict. It reads and decides; it keeps nothing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TypeAlias

from wayhome.crypto.claims import Claim, verifies
from wayhome.journal.answer import HeldUntil, Kept
from wayhome.journal.held import HeldRecords
from wayhome.journal.waiting import NEWS
from wayhome.records.filter import Filter
from wayhome.records.kind import Ground, Kind, KindBook, Moment, Origin
from wayhome.records.record import Reading, Record, begin, read
from wayhome.records.refused import Refused
from wayhome.store.store import Entry, Reader

_REMEMBERED = 256  # lookups; a node carries fewer petitions than that at a time

_PART = 32  # records that are verified together: 3 ms of work

Verify: TypeAlias = Callable[[Iterable[Sequence[Claim]]], list[bool]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The record is good; it is to be kept, or held until `until`."""

    entry: Entry
    until: int | None
    quotas: tuple[str, ...] = ()


class Judge:
    """Asks a record's kind its questions. Safe for threads."""

    def __init__(
        self,
        book: KindBook,
        reader: Reader,
        ground: Callable[[], Ground],
        held: HeldRecords,
        verify: Verify,
    ) -> None:
        self._book = book
        self._reader = reader
        self._ground = ground
        self._held = held
        self._verify = verify
        self._lookups = _Lookups(self._search)

    def known(self, lines: Sequence[bytes]) -> dict[bytes, Kept | HeldUntil]:
        """Answer, before anything is verified, what is held or kept already to the byte.

        Raises:
            StorageFault: the store cannot be read.
        """
        # held first: what leaves there has entered the store before
        held = {line: until for line in lines if (until := self._held.until_of(line)) is not None}
        answers: dict[bytes, Kept | HeldUntil] = {
            line: HeldUntil(_id_of(line), until) for line, until in held.items()
        }
        for line in self._reader.known(lines):
            answers[line] = Kept(_id_of(line), new=False)
        return answers

    def judge_all(
        self, asked: Sequence[tuple[bytes, Origin]], now: int
    ) -> list[Verdict | Exception]:
        """Say of each, and of where it comes from, what is to be done with it.

        What they claim is verified for all of them together, and while one part of them is
        verified the next is read. A fault of one, a refusal as a rule, is no fault of another.
        """
        cases: list[_Case | Exception] = []
        claims: list[Claim] = []
        found = _Found(self._ground(), self._lookups)

        def parts() -> Iterator[list[Claim]]:
            for start in range(0, len(asked), _PART):
                some = [self._case(line, found) for line, _ in asked[start : start + _PART]]
                cases.extend(some)
                part = [claim for one in some if isinstance(one, _Case) for claim in one.claims]
                claims.extend(part)
                yield part

        holding = self._verify(parts())
        known = dict(zip(claims, holding, strict=True))

        def verifies_known(claim: Claim) -> bool:
            holds = known.get(claim)
            return verifies(claim) if holds is None else holds

        origins = {origin for _, origin in asked}
        moments = {origin: Moment(now, origin, verifies_known) for origin in origins}
        return [
            _verdict(case, found.ground, moments[origin])
            for case, (_, origin) in zip(cases, asked, strict=True)
        ]

    def waits_for(self, raw: bytes) -> frozenset[int]:
        """Tell which kinds, by a record that comes, could change the answer to a refused one.

        Raises:
            Refused: none could: its own rule refuses it.
        """
        record = read(raw)
        kind = self._book.of(record)
        kind.rule(record)
        needed = (wanted.kinds or () for wanted in kind.needs(record))
        return NEWS.union(*needed)

    def entry(self, record: Record) -> Entry:
        """Say how a record that was admitted before enters the store."""
        return _entry(self._book.of(record), record)

    def forget(self, kinds: set[int]) -> None:
        """Look up again what names one of these kinds, for a commit has touched them."""
        self._lookups.forget(kinds)

    def _case(self, line: bytes, found: "_Found") -> "_Case | Exception":
        try:
            reading = begin(line)
        except Exception as error:  # noqa: BLE001 - a refusal or our own error: it rises where it is asked
            return _bare(error)
        try:
            return self._laid_out(reading, found)
        except Exception as error:  # noqa: BLE001 - as above, if the sig is good
            return _Case(reading, (reading.claim,), _bare(error))

    def _laid_out(self, reading: Reading, found: "_Found") -> "_Case":
        record = reading.claimed
        kind = self._book.of(record)
        kind.rule(record)
        held = found.of(kind.needs(record))
        claims = (reading.claim, *kind.claims(record, held, found.ground))
        return _Case(reading, claims, kind, held)

    def _search(self, wanted: Filter) -> list[Record]:
        found = self._held.find(wanted)  # before the store, for the same reason as above
        public = self._reader.find(wanted)
        if not found:
            return public
        ids = {record.id for record in public}
        both = public + [record for record in found if record.id not in ids]
        return sorted(both, key=lambda record: (record.kind, record.id))


@dataclass(frozen=True, slots=True)
class _Case:
    """A record as far as it can be judged before what it claims is verified."""

    reading: Reading
    claims: tuple[Claim, ...]  # the first is its author's
    kind: Kind | Exception  # or what is wrong, if the sig is good
    held: tuple[Record, ...] = ()  # what the kind needs


class _Found:
    """What one batch is judged by. Most of its records name the same petition, by one tuple."""

    def __init__(self, ground: Ground, lookups: "_Lookups") -> None:
        self.ground = ground
        self._lookups = lookups
        self._known: dict[int, tuple[tuple[Filter, ...], tuple[Record, ...]]] = {}

    def of(self, needs: tuple[Filter, ...]) -> tuple[Record, ...]:
        known = self._known.get(id(needs))
        if known is None:  # kept with what was asked: nothing else is at its address meanwhile
            found = tuple([one for wanted in needs for one in self._lookups.find(wanted)])
            known = self._known[id(needs)] = (needs, found)
        return known[1]


class _Lookups:
    """Answers of the store, remembered until a commit touches a kind that was asked for.

    What names authors is not remembered: there is one such question a person.
    """

    def __init__(self, search: Callable[[Filter], list[Record]]) -> None:
        self._search = search
        self._lock = Lock()
        self._known: dict[Filter, Sequence[Record]] = {}
        self._commits = 0

    def find(self, wanted: Filter) -> Sequence[Record]:
        known = self._known.get(wanted)
        if known is not None:
            return known
        commits = self._commits
        found = self._search(wanted)
        if wanted.authors is None and wanted.kinds is not None:
            self._remember(wanted, found, commits)
        return found

    def forget(self, kinds: set[int]) -> None:
        with self._lock:
            self._commits += 1
            for wanted in [one for one in self._known if kinds.intersection(one.kinds or ())]:
                del self._known[wanted]

    def _remember(self, wanted: Filter, found: Sequence[Record], commits: int) -> None:
        with self._lock:
            if commits != self._commits:
                return
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[wanted] = found


def _verdict(case: _Case | Exception, ground: Ground, moment: Moment) -> Verdict | Exception:
    if isinstance(case, Exception):
        return case
    try:
        record = case.reading.end(holds=moment.verifies(case.reading.claim))
        kind, held = case.kind, case.held
        if isinstance(kind, Exception):
            return kind
        kind.admit(record, held, ground, moment)
        until = kind.held_until(record, held, moment)
        if until is not None:  # what it adds to the views is asked when it becomes public
            return Verdict(Entry(record, slot=kind.slot(record)), until, kind.quotas(record))
        return Verdict(_entry(kind, record), None, kind.quotas(record))
    except Exception as error:  # noqa: BLE001 - as above
        return _bare(error)


def _bare(error: Exception) -> Exception:
    """Let go of where a refusal rose: those frames hold its whole batch, and the batch holds it.

    Such a ring waits for the garbage collector; of the largest records it was 400 MB.
    """
    if isinstance(error, Refused):
        error.__traceback__ = error.__context__ = None
    return error


def _entry(kind: Kind, record: Record) -> Entry:
    return Entry(record, kind.count(record), kind.slot(record))


def _id_of(line: bytes) -> str:
    return line[7:71].decode("ascii")
