"""A view is a function of the set of records, made once and told of each change."""

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Self

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import toys
from inside import Inside
from wayhome.crypto import keys
from wayhome.journal.fold import Fold
from wayhome.records.filter import Filter
from wayhome.records.kind import Fact
from wayhome.records.record import Record
from wayhome.store.memory import MemoryStore
from wayhome.store.store import Entry, StorageFault, Store


class Rows:
    """The plainest view: the set itself; it says how often one was made of all rows."""

    made = 0

    def __init__(self, rows: Iterable[bytes]) -> None:
        self.rows = frozenset(rows)

    def __init_subclass__(cls) -> None:
        cls.made = 0

    @classmethod
    def of(cls, rows: Iterable[bytes]) -> Self:
        cls.made += 1
        return cls(rows)

    def noting(self, rows: Iterable[bytes]) -> Self:
        return type(self)(self.rows.union(rows))

    def __len__(self) -> int:
        return len(self.rows)


def test_a_view_is_made_once_and_is_told_what_is_new_of_its_own(inside: Inside) -> None:
    class Mine(Rows):
        pass

    one, other = toys.plea("one"), toys.plea("other")
    inside.take(one, other)
    before = inside.fold.view("hands", one.id, Mine)
    assert len(before) == 0
    inside.take(toys.hand(other.id), toys.word("w"))
    assert inside.fold.view("hands", one.id, Mine) is before
    inside.take(toys.hand(one.id))
    assert len(inside.fold.view("hands", one.id, Mine)) == 1
    assert len(before) == 0, "who reads a view is not disturbed"
    assert len(inside.fold.view("hands", None, Mine)) == 2
    inside.take(toys.hand(other.id))
    assert len(inside.fold.view("hands", None, Mine)) == 3, "the whole is told what a part is"
    assert len(inside.fold.view("hands", one.id, Mine)) == 1
    assert Mine.made == 2, "the part and the whole, once each"


def test_two_sorts_of_view_of_the_same_facts_are_both_told(inside: Inside) -> None:
    class Other(Rows):
        pass

    plea = toys.plea()
    inside.take(plea)
    assert [len(inside.fold.view("hands", plea.id, sort)) for sort in (Rows, Other)] == [0, 0]
    inside.take(toys.hand(plea.id))
    assert [len(inside.fold.view("hands", plea.id, sort)) for sort in (Rows, Other)] == [1, 1]


def test_what_gives_way_leaves_the_views_too(inside: Inside) -> None:
    class Of(Rows):
        pass

    plea, author = toys.plea(), keys.new_secret_key()
    inside.take(plea)
    hands = sorted((toys.hand(plea.id, author, f"{n}") for n in range(5)), key=lambda one: one.id)
    for hand in reversed(hands):
        inside.take(hand)
        assert len(inside.fold.view("hands", plea.id, Of)) == 1
    assert Of.made == 1, "the same row came as went"
    facts = [Fact("odd", "", bytes([n])) for n in range(2)]
    inside.fold.note(facts)
    assert len(inside.fold.view("odd", "", Of)) == 0, "it asks the store"
    inside.fold.note(facts)
    assert len(inside.fold.view("odd", "", Of)) == 2
    inside.fold.note((), facts[:1])
    assert len(inside.fold.view("odd", "", Of)) == 0, "and asks it again when something left"


def test_a_view_that_nobody_asks_for_is_let_go(inside: Inside) -> None:
    class Unasked(Rows):
        pass

    inside.fold.view("odd", "", Unasked)
    inside.fold.note(Fact("odd", "", n.to_bytes(4)) for n in range(20_000))
    assert len(inside.fold.view("odd", "", Unasked)) == 20_000
    inside.fold.note(Fact("odd", "", n.to_bytes(4)) for n in range(20_001))
    assert len(inside.fold.view("odd", "", Unasked)) == 0
    assert Unasked.made == 2


def test_a_view_that_cannot_be_read_is_made_when_it_can() -> None:
    class Broken(MemoryStore):
        faults = 1

        def facts(self, view: str, subject: str | None = None) -> Iterator[bytes]:
            if self.faults:
                self.faults -= 1
                raise StorageFault("a toy's fault")
            return super().facts(view, subject)

    store = Broken()
    fold = Fold(store)
    plea = toys.plea()
    store.keep([entry(plea), entry(toys.hand(plea.id))])
    with pytest.raises(StorageFault):
        fold.view("hands", plea.id, Rows)
    assert len(fold.view("hands", plea.id, Rows)) == 1


def test_the_records_of_a_kind_are_read_once_and_a_false_sig_is_not_believed() -> None:
    class Counted(MemoryStore):
        given = 0

        def lines(self, wanted: Filter) -> Iterator[bytes]:
            for line in super().lines(wanted):
                self.given += 1
                yield line

    store = Counted()
    fold = Fold(store)
    words = sorted((toys.word(f"{n}") for n in range(4)), key=lambda one: one.id)
    assert fold.records(toys.WORD) == ()
    for at in (2, 0, 3, 1):
        store.keep([entry(words[at])])
        fold.note((), (), [words[at], toys.plea()])
        assert words[at] in fold.records(toys.WORD)
    assert fold.records(toys.WORD) == tuple(words)
    assert store.given == 0
    forged = toys.unsigned("0" * 64, "x")
    store.keep([entry(forged), *map(entry, HANDS)])
    assert set(fold.records(toys.HAND)) == set(store.find(Filter(kinds=(toys.HAND,)))) - {forged}


def test_whoever_reads_while_others_commit_sees_each_commit_whole() -> None:
    """Two rows belong to each commit, and no view has one of them without the other."""
    store = MemoryStore()
    fold = Fold(store)
    seen: list[int] = []
    ended = Event()

    def read() -> None:
        while not ended.is_set():
            size = len(fold.view("pairs", "", Rows))
            seen.append(size)

    readers = [Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for n in range(300):
        facts = tuple(Fact("pairs", "", bytes([half]) + n.to_bytes(2)) for half in range(2))
        store.keep([Entry(WORDS[n], facts)])
        fold.note(facts)
        assert len(fold.view("pairs", "", Rows)) == 2 * n + 2, "what a commit kept is seen after it"
    ended.set()
    for reader in readers:
        reader.join()
    assert all(size % 2 == 0 for size in seen)


def test_the_version_grows_with_what_is_new_and_with_nothing_else(inside: Inside) -> None:
    word = toys.word("w")
    before = inside.fold.version
    inside.take(word)
    after = inside.fold.version
    inside.take(word, toys.word("badly made"))
    assert before < after == inside.fold.version


def test_an_answer_is_in_the_views_that_are_read_after_it(inside: Inside) -> None:
    plea = toys.plea()

    async def one_by_one() -> list[int]:
        await inside.intake.receive(plea.line, "own")
        seen = []
        for _ in range(20):
            await inside.intake.receive(toys.hand(plea.id).line, "peer")
            seen.append(len(inside.fold.view("hands", plea.id, Rows)))
        return seen

    assert asyncio.run(one_by_one()) == list(range(1, 21))


def test_facts_made_anew_are_those_that_were_collected(inside: Inside) -> None:
    plea, author = toys.plea(), keys.new_secret_key()
    inside.take(plea)
    inside.take(*(toys.hand(plea.id, author, filler=f"{n}") for n in range(5)), toys.hand(plea.id))
    collected = facts_of(inside.store)
    assert len(inside.fold.view("hands", plea.id, Rows)) == 2
    inside.store.recount_facts([])
    asyncio.run(inside.intake.recount_facts())
    assert facts_of(inside.store) == collected
    assert len(inside.fold.view("hands", plea.id, Rows)) == 2


def test_a_recount_is_seen_by_views_made_before_it(inside: Inside) -> None:
    plea = toys.plea()
    inside.take(plea)
    inside.store.recount_facts([])
    assert len(inside.fold.view("pleas", "", Rows)) == 0
    asyncio.run(inside.intake.recount_facts())
    assert len(inside.fold.view("pleas", "", Rows)) == 1


PLEAS = [toys.plea("one"), toys.plea("other")]
AUTHORS = [keys.new_secret_key() for _ in range(3)]
HANDS = [
    toys.hand(plea.id, author, filler=f"{n}")
    for plea in PLEAS
    for author in AUTHORS
    for n in range(3)
]
RECORDS = [*PLEAS, *HANDS]
WORDS = [toys.unsigned("0" * 64, f"{n}") for n in range(300)]


@settings(max_examples=60, deadline=None)
@given(
    sent=st.lists(st.tuples(st.sampled_from(RECORDS), st.booleans()), max_size=60),
    batch=st.integers(1, 7),
)
def test_any_order_repetition_and_split_gives_the_same_facts(
    sent: list[tuple[Record, bool]], batch: int
) -> None:
    left, right, whole = MemoryStore(), MemoryStore(), MemoryStore()
    for start in range(0, len(sent), batch):
        some = sent[start : start + batch]
        left.keep([entry(record) for record, to_left in some if to_left])
        right.keep([entry(record) for record, to_left in some if not to_left])
    whole.keep([entry(record) for record in sorted({r for r, _ in sent}, key=lambda r: r.id)])
    for here, there in ((left, right), (right, left)):
        here.keep([entry(record) for record in there.find(Filter())])
    assert facts_of(left) == facts_of(right) == facts_of(whole)
    assert list(left.lines(Filter())) == list(right.lines(Filter())) == list(whole.lines(Filter()))


def test_memory_and_sqlite_collect_the_same(tmp_path: Path) -> None:
    from stores import EVERY  # noqa: PLC0415 - the two stores by name

    kept = [EVERY[name](tmp_path) for name in sorted(EVERY)]
    for store in kept:
        for record in reversed(RECORDS):
            store.keep([entry(record)])
    assert facts_of(kept[0]) == facts_of(kept[1])
    for store in kept:
        store.close()


def entry(record: Record) -> Entry:
    return Entry(record, toys.facts_of(record), toys.slot_of(record))


def facts_of(store: Store) -> dict[str, list[bytes]]:
    subjects = {plea.id: sorted(set(store.facts("hands", plea.id))) for plea in PLEAS}
    wholes = {name: sorted(set(store.facts(name))) for name in ("hands", "pleas")}
    return subjects | wholes
