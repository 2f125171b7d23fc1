"""Judge: from bytes to a verdict. It reads and decides; it keeps nothing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from threading import Lock
from typing import TypeAlias

from wayhome.journal.answer import HeldUntil, Kept, Waits
from wayhome.journal.held import HeldRecords
from wayhome.journal.trial import Case, Trial, bare, entry
from wayhome.journal.waiting import NEWS
from wayhome.records.filter import Filter
from wayhome.records.kind import Ground, KindBook, Origin
from wayhome.records.record import Question, Reading, Record, glance, read
from wayhome.records.refused import Refused
from wayhome.store.store import Entry, Reader

_REMEMBERED = 256  # lookups; a node carries fewer petitions than that at a time

_PART = 32  # records that are verified together: 3 ms of work

# as `Verifier.ask`
Ask: TypeAlias = Callable[[Iterable[Sequence[Question]]], Callable[[], list[bool]]]


class Judge:
    """Asks a record's kind its questions. Safe for threads."""

    def __init__(
        self,
        book: KindBook,
        reader: Reader,
        ground: Callable[[], Ground],
        held: HeldRecords,
        ask: Ask,
    ) -> None:
        self._book = book
        self._reader = reader
        self._ground = ground
        self._held = held
        self._ask = ask
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

    def begin(self, asked: Sequence[tuple[bytes, Origin]], now: int) -> Trial:
        """Look at each, and ask what must hold; its end says what is to be done with them.

        What they claim is asked for all of them together, and while one part of them is verified
        the next is looked at. A fault of one, a refusal as a rule, is no fault of another.
        """
        cases: list[Case | Exception] = []
        found = _Found(self._ground(), self._lookups)

        def parts() -> Iterator[list[Question]]:
            for start in range(0, len(asked), _PART):
                some = [self._case(line, found) for line, _ in asked[start : start + _PART]]
                cases.extend(some)
                yield [asked for one in some if isinstance(one, Case) for asked in one.questions]

        answers = self._ask(parts())
        return Trial(cases, [origin for _, origin in asked], found.ground, now, answers)

    def waits_for(self, raw: bytes) -> Waits:
        """Tell what, by coming, could change the answer to a refused record.

        Raises:
            Refused: none could: its own rule refuses it.
        """
        record = read(raw)
        kind = self._book.of(record)
        kind.rule(record)
        needed = (wanted.kinds or () for wanted in kind.needs(record))
        named = tuple([tag[1] for tag in record.tags if tag[0] == "e"])
        return Waits(NEWS.union(*needed), named)

    def needed(self, raw: bytes) -> frozenset[str]:
        """Give the ids of what a record names and is judged by; none where it is no good itself."""
        try:
            record = read(raw)
            kind = self._book.of(record)
            kind.rule(record)
            return frozenset(one for wanted in kind.needs(record) for one in wanted.ids or ())
        except Refused:
            return frozenset()

    def entry(self, record: Record) -> Entry:
        """Say how a record that was admitted before enters the store."""
        return entry(self._book.of(record), record)

    def forget(self, kinds: set[int]) -> None:
        """Look up again what names one of these kinds, for a commit has touched them."""
        self._lookups.forget(kinds)

    def _case(self, line: bytes, found: "_Found") -> Case | Exception:
        try:
            reading = glance(line)
        except Exception as error:  # noqa: BLE001 - a refusal or our own error: it rises where it is asked
            return bare(error)
        try:
            return self._laid_out(reading, found)
        except Exception as error:  # noqa: BLE001 - as above, if it is a record
            return Case(reading, (reading.question,), bare(error))

    def _laid_out(self, reading: Reading, found: "_Found") -> Case:
        record = reading.claimed
        kind = self._book.of(record)
        kind.rule(record)
        held = found.of(kind.needs(record))
        questions = (reading.question, *kind.claims(record, held, found.ground))
        return Case(reading, questions, kind, held)

    def _search(self, wanted: Filter) -> list[Record]:
        found = self._held.find(wanted)  # before the store, for the same reason as above
        public = self._reader.find(wanted)
        if not found:
            return public
        ids = {record.id for record in public}
        both = public + [record for record in found if record.id not in ids]
        return sorted(both, key=lambda record: (record.kind, record.id))


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


def _id_of(line: bytes) -> str:
    return line[7:71].decode("ascii")
