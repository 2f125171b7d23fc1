"""A view is a function of the set of records, made once for each change."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import toys
from inside import Inside
from wayhome.crypto import keys
from wayhome.records.filter import Filter
from wayhome.records.record import Record
from wayhome.store.memory import MemoryStore
from wayhome.store.store import Entry, Store


def counted(rows: Iterator[bytes]) -> int:
    return sum(1 for _ in rows)


def test_a_view_is_made_again_only_when_one_of_its_facts_is_new(inside: Inside) -> None:
    made: list[str] = []

    def make(rows: Iterator[bytes]) -> list[bytes]:
        made.append("again")
        return list(rows)

    one, other = toys.plea("one"), toys.plea("other")
    inside.take(one, other)
    assert inside.fold.view("hands", one.id, make) == inside.fold.view("hands", one.id, make) == []
    assert len(made) == 1
    inside.take(toys.hand(other.id), toys.word("w"))
    assert inside.fold.view("hands", one.id, make) == []
    assert len(made) == 1
    inside.take(toys.hand(one.id))
    assert len(inside.fold.view("hands", one.id, make)) == 1
    assert len(inside.fold.view("hands", None, make)) == 2
    assert len(made) == 3
    inside.take(toys.hand(other.id))
    assert len(inside.fold.view("hands", None, make)) == 3, "the whole is older when a part is"
    assert len(inside.fold.view("hands", one.id, make)) == 1
    assert len(made) == 4


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
            seen.append(inside.fold.view("hands", plea.id, counted))
        return seen

    assert asyncio.run(one_by_one()) == list(range(1, 21))


def test_facts_made_anew_are_those_that_were_collected(inside: Inside) -> None:
    plea, author = toys.plea(), keys.new_secret_key()
    inside.take(plea)
    inside.take(*(toys.hand(plea.id, author, filler=f"{n}") for n in range(5)), toys.hand(plea.id))
    collected = facts_of(inside.store)
    assert inside.fold.view("hands", plea.id, counted) == 2
    inside.store.recount_facts([])
    asyncio.run(inside.intake.recount_facts())
    assert facts_of(inside.store) == collected
    assert inside.fold.view("hands", plea.id, counted) == 2


def test_a_recount_is_seen_by_views_made_before_it(inside: Inside) -> None:
    plea = toys.plea()
    inside.take(plea)
    inside.store.recount_facts([])
    assert inside.fold.view("pleas", "", counted) == 0
    asyncio.run(inside.intake.recount_facts())
    assert inside.fold.view("pleas", "", counted) == 1


PLEAS = [toys.plea("one"), toys.plea("other")]
AUTHORS = [keys.new_secret_key() for _ in range(3)]
HANDS = [
    toys.hand(plea.id, author, filler=f"{n}")
    for plea in PLEAS
    for author in AUTHORS
    for n in range(3)
]
RECORDS = [*PLEAS, *HANDS]


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
    subjects = {plea.id: list(store.facts("hands", plea.id)) for plea in PLEAS}
    return subjects | {"hands": list(store.facts("hands")), "pleas": list(store.facts("pleas"))}
