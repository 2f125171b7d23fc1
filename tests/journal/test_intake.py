"""The one door: what it answers, and that its answers are true."""

import asyncio
import os
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

import toys
from inside import Inside
from wayhome.crypto import keys
from wayhome.journal.answer import HeldUntil, Kept, Outcome
from wayhome.journal.lines import in_order_of_need
from wayhome.journal.verifier import Answers, ask_here
from wayhome.journal.workers import Settled
from wayhome.records.draft import Draft
from wayhome.records.filter import Filter
from wayhome.records.kind import Kind, KindBook
from wayhome.records.record import Question, Record
from wayhome.records.refused import Refused
from wayhome.records.signing import sign
from wayhome.store.memory import MemoryStore
from wayhome.store.sqlite import SqliteStore
from wayhome.store.store import StorageFault


def test_what_is_public_is_kept_and_told_again(inside: Inside) -> None:
    word = toys.word("here")
    assert inside.take(word) == [Kept(word.id, new=True)]
    assert inside.take(word) == [Kept(word.id, new=False)]
    assert inside.store.get(word.id) == word


def test_the_same_line_with_another_sig_is_looked_at_and_not_kept_twice(inside: Inside) -> None:
    word = toys.word("here")
    inside.take(word)
    forged = word.line[:-3] + (b"0" if word.line[-3:-2] != b"0" else b"1") + word.line[-2:]
    [answer] = inside.take_raw(forged)
    assert isinstance(answer, Refused)
    assert answer.reason == "bad-sig"


def test_who_forges_a_sig_is_told_so_whatever_else_is_wrong(inside: Inside) -> None:
    records = [toys.word("badly made"), toys.word("our own mistake"), toys.hand("0" * 64)]
    forged = [one.line[:-130] + toys.word(f"{n}").line[-130:] for n, one in enumerate(records)]
    answers = inside.take_raw(*forged)
    assert [one.reason for one in answers if isinstance(one, Refused)] == ["bad-sig"] * 3
    assert inside.store.ids(Filter()) == []


def test_a_refused_record_does_not_stop_the_next(inside: Inside) -> None:
    good = [toys.word(f"{n}") for n in range(3)]
    bad = [b"", b"{}", toys.word("badly made").line, toys.hand("0" * 64).line]
    one, two, three = (word.line for word in good)
    answers = inside.take_raw(bad[0], one, bad[1], bad[2], two, bad[3], three)
    reasons = [one.reason if isinstance(one, Refused) else None for one in answers]
    assert reasons == ["bad-form", None, "bad-form", "bad-content", None, "unknown-petition", None]
    assert inside.store.ids(Filter()) == sorted(word.id for word in good)


def test_a_refusal_holds_nothing_of_what_it_was_said_of(inside: Inside) -> None:
    word = toys.word("here").line
    forged = word[:-3] + (b"0" if word[-3:-2] != b"0" else b"1") + word[-2:]
    bad = [b"{", forged, toys.word("badly made").line, toys.hand("0" * 64).line]

    async def ask() -> list[Settled]:
        settled = asyncio.Queue[Settled]()
        for one in bad:
            inside.intake.ask(one, settled.put_nowait, "person")
        return [await settled.get() for _ in bad]

    refused = [one for one in asyncio.run(ask()) if isinstance(one, Refused)]
    assert [(one.__traceback__, one.__context__) for one in refused] == [(None, None)] * len(bad)


def test_a_line_of_records_that_need_each_other_is_not_judged_as_often_as_it_is_long(
    tmp_path: Path,
) -> None:
    """A stranger's posts, each correcting the one before, kept a core busy for minutes."""
    asked = 0

    def counted(parts: Iterable[Sequence[Question]]) -> Answers:
        nonlocal asked
        every = list(parts)
        asked += sum(map(len, every))
        return ask_here(every)

    def needs(record: Record) -> tuple[Filter, ...]:
        return tuple(Filter(kinds=(toys.WORD,), ids=(tag[1],)) for tag in record.tags)

    def admit(record: Record, held: Sequence[Record], *_: object) -> None:
        if len(held) < len(record.tags):
            raise Refused("unknown-record", "a toy's refusal")

    kind = Kind(toys.WORD, "word", 1, lambda _: None, admit, toys.facts_of, needs)
    inside = Inside(MemoryStore(), tmp_path, KindBook((kind,)), ask=counted)
    line = [toys.word("first")]
    for number in range(120):
        line.append(toys.word(str(number), ("e", line[-1].id)))

    async def take() -> list[Outcome]:
        lines = [one.line for one in reversed(line)]
        return [outcome async for outcome in inside.intake.receive_lines(lines, "peer")]

    assert all(isinstance(one, Kept) and one.new for one in asyncio.run(take()))
    assert asked < 20 * len(line)
    inside.intake.close()


def test_our_own_mistake_rises_where_it_was_asked_and_stops_nobody_else(inside: Inside) -> None:
    good = toys.word("good")
    mistake, kept = inside.take(toys.word("our own mistake"), good)
    assert isinstance(mistake, ZeroDivisionError)
    assert kept == Kept(good.id, new=True)


@pytest.mark.skipif(not hasattr(os, "SCHED_BATCH"), reason="only Linux puts threads off")
def test_what_judges_commits_and_writes_goes_behind_what_answers(tmp_path: Path) -> None:
    judging: list[int] = []

    def ask(parts: Iterable[Sequence[Question]]) -> Answers:
        judging.append(os.sched_getscheduler(0))
        return ask_here(parts)

    store = SqliteStore(tmp_path / "records.db")
    inside = Inside(store, tmp_path, ask=ask)
    word = toys.word("here")
    assert inside.take(word) == [Kept(word.id, new=True)]
    named = {one.name: one.native_id for one in threading.enumerate()}
    working = {
        name: os.sched_getscheduler(named[name] or 0) for name in ("commit", "write records.db")
    }
    inside.intake.close()
    store.close()
    assert judging == [os.SCHED_BATCH]
    assert working == {"commit": os.SCHED_BATCH, "write records.db": os.SCHED_BATCH}
    assert os.sched_getscheduler(0) == os.SCHED_OTHER


def test_a_fault_while_verifying_rises_where_it_was_asked_and_the_next_is_taken(
    tmp_path: Path,
) -> None:
    faults = [ZeroDivisionError(), ZeroDivisionError()]

    def ask(parts: Iterable[Sequence[Question]]) -> Answers:
        if len(faults) == 2:  # while it is asked
            raise faults.pop()
        answers = ask_here(parts)

        def waited() -> list[bool]:
            if faults:
                raise faults.pop()
            return answers()

        return waited

    inside = Inside(MemoryStore(), tmp_path, ask=ask)
    for _ in range(2):
        [mistake] = inside.take(toys.word("first"))
        assert isinstance(mistake, ZeroDivisionError)
    second = toys.word("second")
    assert inside.take(second) == [Kept(second.id, new=True)]
    inside.intake.close()


def test_who_stumbles_over_an_answer_keeps_it_from_nobody_else(inside: Inside) -> None:
    pleas = [toys.plea(f"{n}") for n in range(3)]
    told: list[Settled] = []
    risen: list[object] = []

    async def story() -> None:
        loop, all_told = asyncio.get_running_loop(), asyncio.Event()
        loop.set_exception_handler(lambda _, context: risen.append(context["exception"]))

        def tell(answer: Settled) -> None:
            told.append(answer)
            if len(told) == 1:
                raise LookupError("ours")
            if len(told) == len(pleas):
                all_told.set()

        for plea in pleas:
            inside.intake.ask(plea.line, tell, "peer")
        assert told == [], "nobody is told before it is durable"
        await all_told.wait()

    asyncio.run(story())
    assert told == [Kept(plea.id, new=True) for plea in pleas]
    assert [type(one) for one in risen] == [LookupError]


def test_what_was_refused_for_want_of_another_is_taken_once_that_is_there(inside: Inside) -> None:
    plea = toys.plea()
    hand = toys.hand(plea.id)
    [refused] = inside.take(hand)
    assert isinstance(refused, Refused)
    inside.take(plea)
    assert inside.take(hand) == [Kept(hand.id, new=True)]


def test_of_64_at_once_for_one_slot_exactly_one_is_kept(inside: Inside) -> None:
    plea, author = toys.plea(), keys.new_secret_key()
    inside.take(plea)
    hands = [toys.hand(plea.id, author, filler=f"{n}") for n in range(64)]
    answers = inside.take(*hands)
    lowest = min(hand.id for hand in hands)
    assert inside.store.ids(Filter(kinds=(toys.HAND,))) == [lowest]
    assert Kept(lowest, new=True) in answers
    refusals = {one.reason for one in answers if isinstance(one, Refused)}
    assert refusals <= {"superseded"}
    assert len(list(inside.store.facts("hands", plea.id))) == 1


def test_of_64_copies_at_once_one_is_new(inside: Inside) -> None:
    word = toys.word("once")
    answers = inside.take(*[word] * 64)
    assert sorted(one.new for one in answers if isinstance(one, Kept)) == [False] * 63 + [True]


def test_what_was_refused_is_refused_again_for_the_same_reason_at_every_door_and_restart(
    tmp_path: Path,
) -> None:
    word, draft = toys.word("here"), Draft(4_999, (), "of no kind", 1_700_000_000)
    bad = {
        b"{": "bad-form",
        word.line.replace(b"here", b"gone"): "bad-id",
        word.line[:-130] + toys.plea().line[-130:]: "bad-sig",
        sign(draft, keys.new_secret_key()).line: "unknown-kind",
        toys.word("badly made").line: "bad-content",
        toys.hand("0" * 64).line: "unknown-petition",
    }

    async def ways(inside: Inside) -> list[list[Outcome | BaseException]]:
        told = asyncio.Queue[Settled]()
        for one in bad:
            inside.intake.ask(one, told.put_nowait, "person")
        by_relay = [await told.get() for _ in bad]
        by_hand = [inside.intake.receive(one, "person") for one in bad]
        return [
            [one async for one in inside.intake.receive_lines(bad, "peer")],
            [*by_relay],
            await asyncio.gather(*by_hand, return_exceptions=True),
        ]

    for _ in range(2):
        store = SqliteStore(tmp_path / "records.db")
        inside = Inside(store, tmp_path)
        for _ in range(2):
            for answers in asyncio.run(ways(inside)):
                said = [one.reason for one in answers if isinstance(one, Refused)]
                assert said == list(bad.values())
        inside.intake.close()
        assert store.ids(Filter()) == []
        store.close()


def test_lines_of_a_file_are_taken_whatever_their_order_was(inside: Inside) -> None:
    plea = toys.plea()
    records = [plea, *(toys.hand(plea.id) for _ in range(5)), toys.word("w")]
    lines = [record.line + b"\n" for record in sorted(records, key=lambda r: (r.kind, r.id))]
    lines[3:3] = [b"rubbish\n"]

    async def take() -> list[Outcome]:
        ordered = in_order_of_need(toys.BOOK, lambda: lines)
        return [one async for one in inside.intake.receive_lines(ordered, "peer")]

    outcomes = asyncio.run(take())
    assert len(outcomes) == len(lines)
    assert [one.reason for one in outcomes if isinstance(one, Refused)] == ["bad-form"]
    assert inside.store.count(Filter()) == len(records)


def test_nothing_is_answered_after_the_end(inside: Inside) -> None:
    inside.intake.close()
    [answer] = inside.take(toys.word("late"))
    assert isinstance(answer, StorageFault)


def test_a_full_disk_is_said_and_refusals_are_still_refusals(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "node.db")
    inside = Inside(store, tmp_path)
    plea, words = toys.plea(), [toys.word(f"{n}" * 9_000) for n in range(20)]
    inside.take(plea)
    store.limit(100_000)
    *answers, refused = inside.take(*words, toys.word("badly made"))
    assert any(isinstance(one, StorageFault) for one in answers)
    assert isinstance(refused, Refused)
    kept = {one.id for one in answers if isinstance(one, Kept)}
    assert set(store.ids(Filter(kinds=(toys.WORD,)))) == kept
    hands = [toys.hand(plea.id, filler="x" * 20_000) for _ in range(9)]
    waits = inside.take(*hands, origin="person")
    assert any(isinstance(one, StorageFault) for one in waits)
    answered = [one.id for one in waits if isinstance(one, HeldUntil)]
    assert sorted(answered) == [one.id for one in inside.held.find(Filter())]
    store.limit(10_000_000)
    assert all(isinstance(one, Kept) for one in inside.take(*words))
    assert store.count(Filter(kinds=(toys.WORD,))) == 20
    assert list(store.damaged()) == []
    assert not store.broken
    inside.intake.close()
    store.close()


def test_who_listens_hears_what_became_public_and_nothing_held(inside: Inside) -> None:
    plea = toys.plea()
    hand, word = toys.hand(plea.id), toys.word("w")

    async def listen() -> list[str]:
        heard: list[str] = []
        listener = inside.intake.feed.listen()
        first = asyncio.ensure_future(anext(listener))
        await asyncio.sleep(0)
        await inside.intake.receive(plea.line, "own")
        heard += [record.id for record in await first]
        assert isinstance(await inside.intake.receive(hand.line, "person"), HeldUntil)
        await inside.intake.receive(word.line, "peer")
        heard += [record.id for record in await anext(listener)]
        inside.now += 60
        await inside.intake.release(inside.now)
        heard += [record.id for record in await anext(listener)]
        inside.intake.feed.close()
        with pytest.raises(StopAsyncIteration):
            await anext(listener)
        return heard

    assert asyncio.run(listen()) == [plea.id, word.id, hand.id]


def test_a_listener_who_does_not_listen_is_cut_and_the_others_are_not(inside: Inside) -> None:
    word = toys.word("w")

    async def hear(most: int) -> bool:
        slow, quick = inside.intake.feed.listen(), inside.intake.feed.listen()
        heard = [asyncio.ensure_future(anext(one)) for one in (slow, quick)]
        await asyncio.sleep(0)
        for _ in range(most):
            inside.intake.feed.tell([word])
            await heard[1]
            heard[1] = asyncio.ensure_future(anext(quick))
        await heard[0]
        more = await anext(slow, None) is not None
        heard[1].cancel()
        return more

    assert asyncio.run(hear(900))
    assert not asyncio.run(hear(1_500))


def test_what_lapsed_is_not_served_and_is_refused_when_somebody_brings_it_again(
    inside: Inside,
) -> None:
    plea, word = toys.plea(), toys.word("stays")
    inside.take(plea, word)
    assert views(inside) == [bytes.fromhex(plea.id)]
    before = inside.fold.version
    assert asyncio.run(inside.intake.lapse([plea.id])) == 1
    assert inside.store.ids(Filter()) == [word.id]
    assert views(inside) == []
    assert inside.fold.version > before
    [answer] = inside.take(plea)
    assert isinstance(answer, Refused)
    assert answer.reason == "expired"
    [hand] = inside.take(toys.hand(plea.id))
    assert isinstance(hand, Refused), "what needs it looks it up again"
    assert asyncio.run(inside.intake.lapse([plea.id])) == 0


class Pleas(frozenset[bytes]):
    @classmethod
    def of(cls, rows: Iterable[bytes]) -> "Pleas":
        return cls(rows)

    def noting(self, rows: Iterable[bytes]) -> "Pleas":
        return Pleas(self.union(rows))


def views(inside: Inside) -> list[bytes]:
    return sorted(inside.fold.view("pleas", "", Pleas))
