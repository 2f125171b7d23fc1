"""The one door: whoever brings a record, it enters here.

read -> its kind's rule, needs, admit -> kept or held, durably -> views -> answer.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from functools import partial

from wayhome.journal.answer import Answer, HeldUntil, Kept, Outcome, Waits
from wayhome.journal.feed import Feed
from wayhome.journal.fold import Fold
from wayhome.journal.held import HeldRecords, Wait
from wayhome.journal.judge import Ask, Judge
from wayhome.journal.lines import kind_of
from wayhome.journal.trial import Trial, Verdict
from wayhome.journal.waiting import CHARTER, COSIGN, MAY_CHANGE, NEWS, Waiting, WaitingRoom
from wayhome.journal.workers import Asked, Settled, Workers
from wayhome.records.filter import Filter
from wayhome.records.kind import Fact, Ground, KindBook, Origin
from wayhome.records.record import Record, read, read_line
from wayhome.records.refused import Refused
from wayhome.store.store import Entry, Store, Taken

_ROUNDS = 16  # in which all that was refused is asked again: links lead as far, charters seldom
_LINES_AT_ONCE = 2_000  # lines of a file that are under way together


class Intake:
    """Takes records from anywhere and answers once they are durable."""

    def __init__(  # noqa: PLR0913, PLR0917 - a composition, called once in node.py
        self,
        book: KindBook,
        store: Store,
        fold: Fold,
        ground: Callable[[], Ground],
        held: HeldRecords,
        clock: Callable[[], int],
        ask: Ask,
    ) -> None:
        self.feed = Feed()
        self._book = book
        self._store = store
        self._fold = fold
        self._held = held
        self._clock = clock
        self._ground = ground
        self._judge = Judge(book, store, ground, held, ask)
        self._waiting = WaitingRoom()
        self._workers = Workers(self._begin, self._commit)

    async def receive(self, raw: bytes, origin: Origin) -> Answer:
        """Take one record; the answer comes once it is durable.

        Raises:
            Refused: it was not taken, and why.
            StorageFault: the disk did not take it.
        """
        return await self._asked(raw, origin)

    def ask(self, raw: bytes, tell: Callable[[Settled], None], origin: Origin) -> None:
        """As `receive`, for whoever brings many records and does not wait for each.

        ``tell`` is called once, later and by the same event loop, with the answer or what `receive`
        would have raised. A task and a future for each record cost as much as its page.

        Raises:
            StorageFault: the node is closing.
        """
        self._workers.ask(raw, tell, origin)

    async def receive_lines(self, lines: Iterable[bytes], origin: Origin) -> AsyncIterator[Outcome]:
        """Take records of a file or a peer, a line each, in the order of need; answer each in turn.

        A refused one does not stop the next.

        Raises:
            StorageFault: the disk did not take one; those answered before it are kept.
        """
        together: list[bytes] = []
        before = kind = 0
        for line in map(_stripped, lines):
            before, kind = kind, kind_of(line)
            if together and (len(together) >= _LINES_AT_ONCE or kind != before):
                for outcome in await self._outcomes(together, origin):
                    yield outcome
                together = []
            together.append(line)
        for outcome in await self._outcomes(together, origin):
            yield outcome

    def waits_for(self, raw: bytes) -> Waits:
        """Tell what, by coming, could change the answer to a refused record.

        Raises:
            Refused: none could: its own rule refuses it, today and for ever.
        """
        return self._judge.waits_for(raw)

    async def release(self, now: int) -> int:
        """Make public what was held until ``now`` or earlier, and erase what it was sealed with.

        All of it enters the set in one transaction, ascending by id. Gives the number of new ones.

        Raises:
            StorageFault: all of it is still held.
        """
        return await asyncio.wrap_future(
            self._workers.between_commits(lambda: self._release(now)),
        )

    async def lapse(self, ids: Sequence[str]) -> int:
        """Take out for good what has ended by its own word; the ids stay known, and are refused.

        Gives the number of those that were here.

        Raises:
            StorageFault: all of it is still here.
        """
        return await asyncio.wrap_future(self._workers.between_commits(lambda: self._lapse(ids)))

    def drawn(self, quota: str) -> int:
        """Tell how many held records draw on a quota; what is public is in the views."""
        return self._held.drawn(quota)

    async def recount_facts(self) -> None:
        """Make every fact anew from the records, as if each had come again.

        Raises:
            StorageFault: the facts are as they were.
        """
        await asyncio.wrap_future(self._workers.between_commits(self._recount))

    def close(self) -> None:
        """Answer what is under way, then stop; the store stays open. Safe to call twice."""
        self._workers.close()
        self.feed.close()

    def _asked(self, raw: bytes, origin: Origin) -> "asyncio.Future[Kept | HeldUntil]":
        answer: asyncio.Future[Kept | HeldUntil] = asyncio.get_running_loop().create_future()
        self._workers.ask(raw, partial(_settle, answer), origin)
        return answer

    async def _outcomes(self, lines: Sequence[bytes], origin: Origin) -> list[Outcome]:
        """Take lines of one kind; what needed another of them is asked again.

        After some rounds that alone is asked which names what was kept in the last: a stranger's
        line of posts, each correcting the one before, would be judged as often as it is long.
        """
        outcomes: list[Outcome] = [Refused("unknown-record")] * len(lines)
        again = list(range(len(lines)))
        named: dict[str, list[int]] = {}
        for number in itertools.count(1):
            asked = [self._asked(lines[one], origin) for one in again]
            answers = await asyncio.gather(*asked, return_exceptions=True)
            for one, answer in zip(again, answers, strict=True):
                if isinstance(answer, BaseException) and not isinstance(answer, Refused):
                    raise answer
                outcomes[one] = answer
            # what was refused before and is here now was let in by the waiting room meanwhile
            kept = [
                answer.id
                for answer in answers
                if isinstance(answer, Kept) and (answer.new or number > 1)
            ]
            if number >= _ROUNDS:
                again = [one for each in kept for one in named.pop(each, ())]
            elif kept:
                again = [one for one in again if _is_to_be_asked_again(outcomes[one])]
            if not (kept and again):
                break
            if number == _ROUNDS - 1:
                named = self._naming(lines, again)
        return outcomes

    def _naming(self, lines: Sequence[bytes], some: Iterable[int]) -> dict[str, list[int]]:
        """Give by id those of the lines that need it."""
        found: dict[str, list[int]] = {}
        for one in some:
            for needed in self._judge.needed(lines[one]):
                found.setdefault(needed, []).append(one)
        return found

    def _begin(self, batch: Sequence[Asked]) -> Callable[[], None]:
        """Begin to judge a batch; give what ends it. A fault rises where records were brought."""
        try:
            fresh = self._fresh(batch)
            trial = self._judge.begin([(one.raw, one.origin) for one in fresh], self._clock())
        except Exception as error:  # noqa: BLE001 - as said
            _judge_all(batch, error)
            return _nothing_more
        return partial(_end, fresh, trial)

    def _fresh(self, batch: Sequence[Asked]) -> list[Asked]:
        """Answer what is here already; give the rest."""
        known = self._judge.known([asked.raw for asked in batch])
        fresh: list[Asked] = []
        for asked in batch:
            answer = known.get(asked.raw)
            if answer is None:
                fresh.append(asked)
            else:
                asked.judged = answer
        return fresh

    def _commit(self, batch: Sequence[Asked]) -> list[Settled]:
        verdicts = [one.judged for one in batch if isinstance(one.judged, Verdict)]
        answers = _carry_out(self._keep, [one for one in verdicts if one.until is None])
        answers |= _carry_out(self._hold, [one for one in verdicts if one.until is not None])
        settled = [
            answers[id(one.judged)] if isinstance(one.judged, Verdict) else one.judged
            for one in batch
        ]
        self._let_wait(batch)
        if any(_is_news(answer, one) for answer, one in zip(settled, batch, strict=True)):
            self._ask_waiting()
        return settled

    def _keep(self, verdicts: Sequence[Verdict]) -> list[Settled]:
        entries = [one.entry for one in verdicts]
        taken = self._store.keep(entries)
        self._tell(entries, taken)
        return [self._kept(entry, new=new) for entry, new in zip(entries, taken.new, strict=True)]

    def _kept(self, entry: Entry, *, new: bool) -> Settled:
        if new or self._store.get(entry.record.id) is not None:
            return Kept(entry.record.id, new=new)
        return _superseded() if entry.slot else Refused("expired", "it lapsed here before")

    def _hold(self, verdicts: Sequence[Verdict]) -> Iterator[Settled]:
        waits = [
            Wait(one.entry.record, one.entry.slot, one.until or 0, one.quotas) for one in verdicts
        ]
        held = self._held.hold(waits)
        self._judge.forget({wait.record.kind for wait in waits})
        for wait, is_held in zip(waits, held, strict=True):
            yield HeldUntil(wait.record.id, wait.until) if is_held else _superseded()

    def _tell(self, entries: Sequence[Entry], taken: Taken) -> None:
        new = [entry for entry, is_new in zip(entries, taken.new, strict=True) if is_new]
        if new:
            self._judge.forget({entry.record.kind for entry in new})
            facts = [fact for entry in new for fact in entry.facts]
            left = self._facts_of(taken.gave_way).difference(facts)
            self._fold.note(facts, left, [entry.record for entry in new])
            self.feed.tell([entry.record for entry in new])

    def _facts_of(self, records: Iterable[Record]) -> set[Fact]:
        return {fact for record in records for fact in self._book.of(record).count(record)}

    def _let_wait(self, batch: Sequence[Asked]) -> None:
        for one in batch:
            if _is_worth_waiting(one):
                self._waiting.offer(read(one.raw), one.origin)

    def _ask_waiting(self) -> None:
        """Ask what may enter now, one by one, until none of it was what another needs."""
        entered = 1
        while entered:
            entered = sum(self._enters(one) for one in self._waiting.let_go(self._ground()))

    def _enters(self, one: Waiting) -> bool:
        [verdict] = self._judge.begin([(one.line, one.origin)], self._clock()).end()
        if isinstance(verdict, Verdict):
            return any(isinstance(answer, Kept) and answer.new for answer in self._keep([verdict]))
        if not isinstance(verdict, Refused):
            raise verdict
        if verdict.reason in MAY_CHANGE:  # else each cosign would have it judged once more
            self._waiting.offer(read(one.line), one.origin)
        return False

    def _release(self, now: int) -> int:
        entries = [self._judge.entry(record) for record in self._held.due(now)]
        taken = self._store.keep(entries) if entries else Taken([], [])
        self._tell(entries, taken)
        self._held.let_go(now)
        return sum(taken.new)

    def _lapse(self, ids: Sequence[str]) -> int:
        entries = [self._judge.entry(one) for one in self._store.find(Filter(ids=tuple(ids)))]
        were = self._store.lapse(entries) if entries else []
        self._judge.forget({entry.record.kind for entry in entries})
        self._fold.note((), {fact for entry in entries for fact in entry.facts})
        return sum(were)

    def _recount(self) -> None:
        self._store.recount_facts(self._facts())
        self._fold.forget()

    def _facts(self) -> Iterator[tuple[str, tuple[Fact, ...]]]:
        for line in self._store.lines(Filter()):
            record: Record = read_line(line, sig_is_known=True)
            yield record.id, self._book.of(record).count(record)


def _end(fresh: Sequence[Asked], trial: Trial) -> None:
    try:
        for asked, verdict in zip(fresh, trial.end(), strict=True):
            asked.judged = verdict
    except Exception as error:  # noqa: BLE001 - it rises where the records were brought
        _judge_all(fresh, error)


def _judge_all(batch: Iterable[Asked], error: Exception) -> None:
    for asked in batch:
        asked.judged = error


def _nothing_more() -> None:
    """All is judged."""


def _carry_out(
    how: Callable[[Sequence[Verdict]], Iterable[Settled]], verdicts: Sequence[Verdict]
) -> dict[int, Settled]:
    """Keep or hold all of them; the answers by the verdicts' identity."""
    try:
        answers = list(how(verdicts)) if verdicts else []
    except Exception as error:  # noqa: BLE001 - it rises where the records were brought
        return {id(one): error for one in verdicts}
    return {id(one): answer for one, answer in zip(verdicts, answers, strict=True)}


def _settle(future: "asyncio.Future[Kept | HeldUntil]", answer: Settled) -> None:
    if future.done():  # whoever asked has gone
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)


def _superseded() -> Refused:
    return Refused("superseded", "a record with a lower id has its place")


def _is_news(answer: Settled, asked: Asked) -> bool:
    verdict = asked.judged
    return (
        isinstance(answer, Kept)
        and answer.new
        and isinstance(verdict, Verdict)
        and verdict.entry.record.kind in NEWS
    )


def _is_worth_waiting(asked: Asked) -> bool:
    refused = asked.judged
    return (
        isinstance(refused, Refused)
        and refused.reason in MAY_CHANGE
        and kind_of(asked.raw) in {CHARTER, COSIGN}
    )


def _stripped(line: bytes) -> bytes:
    return line.rstrip(b"\n")


def _is_to_be_asked_again(outcome: Outcome) -> bool:
    return isinstance(outcome, Refused) and outcome.reason.startswith("unknown-")
