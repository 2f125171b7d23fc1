"""Workers: the threads of an intake. One judges, one commits; each takes all that waits for it.

Judging spends its time in libraries that let other threads run. A commit waits for the disk; what
was judged meanwhile goes into the next one together, so a hundred records cost one wait. A second
judge was tried: the two and the door fought over the interpreter's lock, and a third less went in.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from wayhome.background import in_background
from wayhome.journal.answer import HeldUntil, Kept
from wayhome.journal.trial import Verdict
from wayhome.records.kind import Origin
from wayhome.store.store import StorageFault

_BATCH = 64  # records judged at once, while 64 more are verified
_COMMIT = 2_000  # records in one commit: what a power cut can make us not answer

_Given = TypeVar("_Given")
Judged = Verdict | Kept | HeldUntil | Exception
Settled = Kept | HeldUntil | Exception
_UNJUDGED = StorageFault("the node is closing")


@dataclass(slots=True)
class Asked:
    """A record somebody waits for an answer to, and as far as it is known, the answer."""

    raw: bytes
    origin: Origin
    loop: asyncio.AbstractEventLoop
    tell: Callable[[Settled], None]
    judged: Judged = _UNJUDGED


@dataclass(slots=True)
class _Job:
    """Something to do between two commits."""

    do: Callable[[], None]


class Workers:
    """`judge` begins a batch, and gives what fills in what is `judged` of it; `commit` answers."""

    def __init__(
        self,
        judge: Callable[[Sequence[Asked]], Callable[[], None]],
        commit: Callable[[Sequence[Asked]], list[Settled]],
    ) -> None:
        self._judge = judge
        self._commit = commit
        self._arrivals: SimpleQueue[list[Asked] | None] = SimpleQueue()
        self._verdicts: SimpleQueue[list[Asked] | _Job | None] = SimpleQueue()
        self._gathered: list[Asked] = []
        self._closed = False
        self._judges = Thread(target=self._judging, name="judge")
        self._commits = Thread(target=self._committing, name="commit")
        for thread in (self._judges, self._commits):
            thread.daemon = True  # a program that forgot to close us must still be able to end
            thread.start()

    def ask(self, raw: bytes, tell: Callable[[Settled], None], origin: Origin) -> None:
        """Hand over a record; all that one turn of the event loop hands over goes together.

        ``tell`` is called once with the answer, by the same event loop.

        Raises:
            StorageFault: closed already.
        """
        if self._closed:
            raise StorageFault("the node is closing")
        loop = asyncio.get_running_loop()
        if not self._gathered:
            loop.call_soon(self._hand_over)
        self._gathered.append(Asked(raw, origin, loop, tell))

    def between_commits(self, do: Callable[[], _Given]) -> Future[_Given]:
        """Do something in the thread that commits, when no commit is under way.

        Raises:
            StorageFault: closed already.
        """
        if self._closed:
            raise StorageFault("the node is closing")
        given: Future[_Given] = Future()

        def job() -> None:
            try:
                given.set_result(do())
            except BaseException as error:  # noqa: BLE001 - it rises where the result is asked for
                given.set_exception(error)

        self._verdicts.put(_Job(job))
        return given

    def close(self) -> None:
        """Answer everything that was handed over, then end the threads; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._hand_over()
        self._arrivals.put(None)
        self._judges.join()
        self._verdicts.put(None)
        self._commits.join()

    def _hand_over(self) -> None:
        gathered, self._gathered = self._gathered, []
        for start in range(0, len(gathered), _BATCH):
            self._arrivals.put(gathered[start : start + _BATCH])

    def _judging(self) -> None:
        """Begin a batch before the one before it ends, so that there is always some to verify."""
        in_background()
        end_before = _nothing
        while (first := self._arrivals.get()) is not None:
            batch = self._arrived(first)
            end = partial(self._end, batch, self._judge(batch))
            end_before()
            end_before = end
            if self._arrivals.empty():  # nobody waits for who may come
                end_before()
                end_before = _nothing
        end_before()

    def _end(self, batch: list[Asked], judged: Callable[[], None]) -> None:
        judged()
        self._verdicts.put(batch)

    def _arrived(self, batch: list[Asked]) -> list[Asked]:
        while len(batch) < _BATCH:
            try:
                more = self._arrivals.get_nowait()
            except Empty:
                break
            if more is None:
                self._arrivals.put(None)  # the end, after this batch
                break
            batch.extend(more)
        return batch

    def _committing(self) -> None:
        in_background()
        while (first := self._verdicts.get()) is not None:
            if isinstance(first, _Job):
                first.do()
                continue
            batch, job = self._gather(first)
            try:
                settled = self._commit(batch)
            except Exception as error:  # noqa: BLE001 - it rises where the records were brought
                settled = [error] * len(batch)
            _settle(batch, settled)
            if job is not None:
                job.do()

    def _gather(self, batch: list[Asked]) -> tuple[list[Asked], "_Job | None"]:
        batch = list(batch)
        while len(batch) < _COMMIT:
            try:
                more = self._verdicts.get_nowait()
            except Empty:
                break
            if more is None:
                self._verdicts.put(None)  # the end, after this commit
                break
            if isinstance(more, _Job):
                return batch, more
            batch.extend(more)
        return batch, None


def _nothing() -> None:
    """There is no batch before the first."""


def _settle(batch: Sequence[Asked], settled: Sequence[Settled]) -> None:
    loops: dict[asyncio.AbstractEventLoop, list[tuple[Asked, Settled]]] = {}
    for asked, answer in zip(batch, settled, strict=True):
        loops.setdefault(asked.loop, []).append((asked, answer))
    for loop, answers in loops.items():
        if not loop.is_closed():  # else nobody waits any more
            loop.call_soon_threadsafe(_answer, iter(answers))


def _answer(answers: Iterator[tuple[Asked, Settled]]) -> None:
    for asked, answer in answers:
        try:
            asked.tell(answer)
        except BaseException:  # it rises; those who come after it are told all the same
            asked.loop.call_soon(_answer, answers)
            raise
