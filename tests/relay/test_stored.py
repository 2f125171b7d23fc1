"""Every filter gives what a dumb reading of all records gives, whichever way it is answered."""

import asyncio
import random
import secrets
import threading
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stores
import toys
from wayhome.codec import limits, nip01
from wayhome.crypto import keys
from wayhome.records.filter import Filter
from wayhome.records.record import Record, read_line
from wayhome.relay import ledger, stored
from wayhome.relay.connection import Caller, Connection
from wayhome.relay.lately import Lately
from wayhome.relay.ledger import Ledger
from wayhome.relay.library import Carried, Library
from wayhome.relay.listeners import Listeners
from wayhome.relay.roll import Roll, id_in
from wayhome.relay.stored import Effort, TooBroad
from wayhome.relay.wanted import Wanted
from wayhome.store.line import key_of, key_of_line
from wayhome.store.memory import MemoryStore
from wayhome.store.store import Entry, Store

KINDS = (toys.HAND, toys.PLEA, toys.WORD, toys.ECHO)
AUTHORS = [secrets.token_hex(32) for _ in range(4)]
IDS = [secrets.token_hex(32) for _ in range(4)]
NOW = 500
PATIENCE = 60.0  # seconds


def record(chance: random.Random) -> Record:
    """Give a record whose sig is rubbish, of few kinds, authors, tags and times."""
    tags = [("g", chance.choice("abc")), ("t", chance.choice("xy")), ("e", chance.choice(IDS))]
    kept = tuple(tag for tag in tags if chance.random() < 0.7)
    kind, at = chance.choice(KINDS), chance.randrange(20)
    if kind == toys.ECHO:
        kept = (*kept, ("expiration", str(chance.choice([NOW, NOW + 1]))))
    author, said = chance.choice(AUTHORS), str(chance.random())
    parts = nip01.body(kept, said)
    head = (nip01.id_of(author, at, kind, parts).hex(), author, at, kind)
    return read_line(nip01.line(head, parts, secrets.token_hex(64)), sig_is_known=True)


def long_word(chance: random.Random, tag: tuple[str, str]) -> Record:
    """Give a record of two kilobytes whose sig is rubbish."""
    parts = nip01.body((tag,), f"{chance.random()}" + "x" * 2_000)
    author = AUTHORS[0]
    head = (nip01.id_of(author, 1, toys.WORD, parts).hex(), author, 1, toys.WORD)
    return read_line(nip01.line(head, parts, secrets.token_hex(64)), sig_is_known=True)


def some(chance: random.Random, of: Sequence[str]) -> frozenset[str] | None:
    return frozenset(chance.sample(of, chance.randint(1, 2))) if chance.random() < 0.3 else None


def wanted(chance: random.Random, ids: Sequence[str]) -> Wanted:
    tags = [(name, some(chance, of)) for name, of in (("g", "abcd"), ("t", "xyz"), ("e", IDS))]
    kinds = chance.choice([None, KINDS, (toys.WORD,), (toys.ECHO, 1), (1,)])
    return Wanted(
        ids=some(chance, ids),
        authors=some(chance, AUTHORS),
        kinds=None if kinds is None else frozenset(kinds),
        tags=tuple((name, values) for name, values in tags if values is not None),
        since=chance.choice([0, 0, 5, 15]),
        until=chance.choice([limits.NUMBER_MAX, limits.NUMBER_MAX, 10, 3]),
        limit=chance.choice([None, None, 0, 1, 7]),
    )


def has_lapsed(one: Record) -> bool:
    return one.kind == toys.ECHO and one.tags[-1] == ("expiration", str(NOW))


def dumb(records: Sequence[Record], filters: Sequence[Wanted], *, limit: bool) -> list[str]:
    found: dict[str, Record] = {}
    for one in filters:
        matching = [record for record in records if one.matches(record) and not has_lapsed(record)]
        matching.sort(key=lambda record: (-record.created_at, record.id))
        found |= {record.id: record for record in matching[: one.limit if limit else None]}
    return sorted(found, key=lambda one: (-found[one].created_at, one))


def entry(record: Record) -> Entry:
    return Entry(record, toys.facts_of(record), toys.slot_of(record))


def library(store: Store) -> Library:
    return Library(store, Carried.of(toys.BOOK.in_order()), lambda: NOW)


@pytest.fixture(params=sorted(stores.EVERY))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = stores.EVERY[request.param](tmp_path)
    yield opened
    opened.close()


@pytest.mark.parametrize("narrow", [0, 3, 10_000])
def test_answers_are_those_of_a_dumb_reader(
    store: Store, narrow: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "_NARROW", narrow)  # which way is taken is nobody's business
    chance = random.Random(narrow)  # noqa: S311 - the same questions in every run
    records = [record(chance) for _ in range(150)]
    store.keep([Entry(one) for one in records])
    ids = [one.id for one in records[:20]]

    async def run() -> None:
        shelf = library(store)
        for _ in range(60):
            filters = [wanted(chance, ids) for _ in range(chance.choice([1, 1, 2, 3]))]
            shelves = await shelf.shelves(filters)
            told = [
                line[7:71].decode() for part in shelves.find(filters, Effort()) for line in part
            ]
            assert told == dumb(records, filters, limit=True), filters
            assert sum(shelves.count(filters, Effort())) == len(
                dumb(records, filters, limit=False)
            ), filters

    asyncio.run(run())


def test_told_are_those_who_would_say_so_if_everybody_were_asked() -> None:
    chance = random.Random(3)  # noqa: S311 - the same questions in every run
    records = [record(chance) for _ in range(80)]
    ids = [one.id for one in records[:20]]
    listeners, waiting = Listeners[int](), dict[int, list[Wanted]]()
    found = 0
    for step in range(400):
        if chance.random() < 0.6:
            waiting[step] = [wanted(chance, ids) for _ in range(chance.choice([1, 1, 2, 3]))]
            listeners.add(step, waiting[step])
        elif waiting:
            gone = chance.choice(list(waiting))
            del waiting[gone]
            listeners.remove(gone)
            listeners.remove(gone)
        for one in chance.sample(records, 8):
            asked = {who for who, said in waiting.items() if any(f.matches(one) for f in said)}
            assert listeners.of(one) == asked, one
            found += len(asked)
    assert found > 10_000, "the questions find something"
    for who in waiting:
        listeners.remove(who)
    assert len(listeners) == 0


def test_who_waits_for_something_else_costs_nothing() -> None:
    """Counted are the filters that are asked whether they match."""

    class Asked(Wanted):
        times = 0

        def matches(self, record: Record) -> bool:
            Asked.times += 1
            return super().matches(record)

    one, listeners = toys.word("x", ("e", IDS[0])), Listeners[int]()
    kinds = frozenset({toys.WORD})
    for n in range(1_000):
        other = frozenset({f"{n:064x}"})
        listeners.add(4 * n, [Asked(kinds=frozenset({toys.PLEA}))])
        listeners.add(4 * n + 1, [Asked(kinds=kinds, ids=other)])
        listeners.add(4 * n + 2, [Asked(kinds=kinds, authors=other)])
        listeners.add(4 * n + 3, [Asked(kinds=kinds, tags=(("e", other),))])
    assert listeners.of(one) == set()
    assert Asked.times == 0
    listeners.add(-1, [Asked(kinds=kinds, tags=(("e", frozenset(IDS)),)), Asked(kinds=kinds)])
    assert listeners.of(one) == {-1}
    assert Asked.times <= 2


def test_reconciled_are_all_that_match_lapsed_or_not(store: Store) -> None:
    chance = random.Random(1)  # noqa: S311 - the same questions in every run
    records = [record(chance) for _ in range(150)]
    store.keep([Entry(one) for one in records])

    async def run() -> None:
        for _ in range(30):
            one = replace(wanted(chance, [record.id for record in records]), limit=None)
            items = await library(store).items(one)
            expected = [record for record in records if one.matches(record)]
            expected.sort(key=lambda record: (record.created_at, record.id))
            assert [found.hex() for found in items.ids(0, len(items))] == [
                record.id for record in expected
            ]

    asyncio.run(run())


def test_a_question_that_costs_too_much_says_so(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RELAY_LOOKS", 100)
    chance = random.Random(2)  # noqa: S311 - the same records in every run
    store.keep([Entry(record(chance)) for _ in range(150)])
    nowhere = [Wanted(tags=(("t", frozenset({"nowhere"})),))]

    async def run() -> None:
        shelves = await library(store).shelves(nowhere)
        with pytest.raises(TooBroad):
            list(shelves.find(nowhere, Effort()))
        with pytest.raises(TooBroad):
            sum(shelves.count(nowhere, Effort()))

    asyncio.run(run())


class Counted(MemoryStore):
    """Counts the lines that it gives."""

    given = 0

    def lines(self, wanted: Filter) -> Iterator[bytes]:
        for line in super().lines(wanted):
            self.given += 1
            yield line


def test_what_never_leaves_is_read_once_and_what_may_leave_each_time() -> None:
    store, author = Counted(), keys.new_secret_key()
    plea = toys.plea()
    hands = sorted((toys.hand(plea.id, author, f"{n}") for n in range(2)), key=lambda one: one.id)
    words = [toys.word(f"{n}") for n in range(100)]
    store.keep([entry(one) for one in (plea, hands[1], *words)])
    shelf = library(store)

    async def asked(kind: int) -> tuple[list[bytes], int]:
        wanted = [Wanted(kinds=frozenset({kind}))]
        shelves = await shelf.shelves(wanted)
        before = store.given
        return [
            line for part in shelves.find(wanted, Effort()) for line in part
        ], store.given - before

    async def run() -> None:
        first, again = await asked(toys.WORD), await asked(toys.WORD)
        assert (len(first[0]), first[1], again) == (100, 100, (first[0], 0))
        assert await asked(toys.HAND) == ([hands[1].line], 1)
        assert store.keep([entry(hands[0])]).gave_way == [hands[1]]
        assert await asked(toys.HAND) == ([], 0), "the feed has not told what took its place"
        shelf.ledger.tell([hands[0]])
        assert await asked(toys.HAND) == ([hands[0].line], 1)

    asyncio.run(run())


def test_few_lines_are_remembered_and_what_is_asked_for_again_the_longest() -> None:
    lately, line = Lately(frozenset({1})), bytes(64 * 1024)
    favourite = {b"favourite": line}
    lately.remember(1, favourite)
    lately.remember(2, {b"other kind": line})
    for n in range(1_000):
        lately.remember(1, {b"%d" % n: line})
        assert lately.find([b"favourite"]) == favourite
    kept = lately.find([b"other kind", *(b"%d" % n for n in range(1_000))])
    assert b"999" in kept
    assert sum(map(len, kept.values())) <= 9 * 1024 * 1024


KEYS = st.sets(st.tuples(st.integers(0, 30), st.binary(min_size=32, max_size=32)), max_size=40)


@given(st.lists(KEYS, max_size=8), st.integers(0, 31), st.integers(0, 31))
def test_a_roll_is_a_sorted_set_however_it_grew(
    parts: list[set[tuple[int, bytes]]], since: int, until: int
) -> None:
    roll, every = Roll(), set()
    for part in parts:
        new = part - every
        roll = roll.plus(key_of(at, one.hex()) for at, one in new)
        every |= new
    ordered = sorted(every, key=lambda pair: (-pair[0], pair[1]))
    assert [(id_in(key)) for key in roll.keys()] == [one.hex() for _, one in ordered]  # noqa: SIM118
    dated = [one.hex() for at, one in ordered if since <= at <= until]
    assert [id_in(key) for key in roll.keys(since, until)] == dated
    assert (len(roll), roll.count(since, until)) == (len(every), len(dated))
    assert all(key_of(at, one.hex()) in roll for at, one in every)
    assert key_of(99, "ab" * 32) not in roll


def test_a_key_is_read_out_of_a_line() -> None:
    one = toys.word("x")
    assert key_of_line(one.line) == key_of(one.created_at, one.id)


def test_what_the_feed_tells_is_fresh_once(store: Store) -> None:
    old, new = toys.word("old"), toys.word("new")
    store.keep([Entry(old)])

    async def run() -> None:
        ledger = Ledger(store, KINDS)
        assert ledger.tell([old]) == [old], "nobody was answered yet"
        rolls = await ledger.rolls([toys.WORD])
        assert len(rolls[toys.WORD]) == 1
        assert ledger.tell([old, new, new]) == [new]
        assert ledger.tell([new]) == []
        assert len((await ledger.rolls([toys.WORD]))[toys.WORD]) == 2
        assert len(rolls[toys.WORD]) == 1, "an answer's moment does not move"

    asyncio.run(run())


def test_what_is_told_while_a_kind_is_read_is_known_after_it(store: Store) -> None:
    old, new = toys.word("old"), toys.word("new")
    store.keep([Entry(old)])

    async def run() -> None:
        ledger = Ledger(store, KINDS)
        reading = asyncio.create_task(ledger.rolls([toys.WORD]))  # type: ignore[arg-type]
        await asyncio.sleep(0)  # it has begun
        assert ledger.tell([new]) == [new]
        assert len((await reading)[toys.WORD]) == 2

    asyncio.run(run())


def test_who_asks_for_little_waits_for_a_part_of_what_others_ask(store: Store) -> None:
    store.keep([Entry(toys.word(f"{n}")) for n in range(400)])
    everywhere = [Wanted(tags=(("t", frozenset({"nowhere"})),))]
    newest = [Wanted(limit=1)]
    turns: list[str] = []

    async def run() -> None:
        shelf = library(store)
        await shelf.shelves(everywhere)

        async def ask(name: str, filters: list[Wanted]) -> None:
            parts = (await shelf.shelves(filters)).find(filters, Effort())
            while await shelf.part(filters, parts) is not None:
                turns.append(name)

        async with asyncio.TaskGroup() as group:
            for _ in range(10):
                group.create_task(ask("much", everywhere))
            group.create_task(ask("little", newest))

    asyncio.run(run())
    assert len(turns) > 3 * 10
    assert turns.index("little") < 2 * 10


def test_who_leaves_in_the_middle_sets_no_more_threads_going() -> None:
    begun, go_on = list[str](), threading.Event()

    def looking(name: str) -> Iterator[str]:
        begun.append(name)
        go_on.wait()
        yield name

    async def run() -> None:
        shelf = library(MemoryStore())
        asked = [asyncio.create_task(shelf.part([Wanted()], looking(name))) for name in "abcdefgh"]
        while len(begun) < 2:
            await asyncio.to_thread(str)
        for one in asked[:2]:
            one.cancel()
        for _ in range(10):  # what was handed to a thread before has begun by then
            await asyncio.to_thread(str)
        going = list(begun)
        go_on.set()
        assert going == ["a", "b"]
        said = await asyncio.gather(*asked, return_exceptions=True)
        assert said[2:] == list("cdefgh")
        assert all(isinstance(one, asyncio.CancelledError) for one in said[:2])

    asyncio.run(run())


def test_a_crowd_that_counts_has_one_thread_together() -> None:
    begun, go_on = list[int](), threading.Event()

    class Slow(MemoryStore):
        def count(self, wanted: Filter) -> int:
            begun.append(1)
            go_on.wait()
            return super().count(wanted)

    async def run() -> None:
        shelf, one = library(Slow()), [Wanted(kinds=frozenset({toys.WORD}))]
        go_on.set()
        await shelf.shelves(one)
        go_on.clear()
        begun.clear()
        crowd = [asyncio.create_task(shelf.settled(one)) for _ in range(3)]
        for _ in range(10):  # what was handed to a thread before has begun by then
            await asyncio.to_thread(str)
        going = len(begun)
        go_on.set()
        await asyncio.gather(*crowd)
        assert (going, len(begun)) == (1, 3)

    asyncio.run(run())


def test_what_an_answer_remembers_is_counted_while_nobody_reads_it() -> None:
    chance = random.Random(5)  # noqa: S311 - the same records in every run
    store = MemoryStore()
    store.keep([Entry(long_word(chance, ("g", "a"))) for _ in range(300)])
    asked = asyncio.Queue[dict[str, object]]()
    asked.put_nowait({"type": "websocket.connect"})
    asked.put_nowait({"type": "websocket.receive", "bytes": b'["REQ","a",{"#g":["a"]}]'})

    async def send(message: MutableMapping[str, object]) -> None:
        if message["type"] == "websocket.send":
            await asyncio.Event().wait()

    async def run() -> None:
        shelf = library(store)
        connection = Connection(shelf, Listeners(), lambda *_: None, Caller(asked.get, send))
        running = asyncio.create_task(connection.run())
        async with asyncio.timeout(PATIENCE):
            while connection.unread < 256 * 1024:  # as much as waits before who can wait does
                await asyncio.to_thread(str)
        assert shelf.wanted.size == connection.wanted >= 300 // 8
        connection.end(1000)
        await running
        assert shelf.wanted.size == 0

    asyncio.run(run())


@pytest.mark.parametrize("most", [None, 7])
def test_what_is_remembered_is_what_an_index_led_to(most: int | None) -> None:
    store = MemoryStore()
    store.keep([Entry(toys.word(f"{n}", ("g", "ab"[n % 2]))) for n in range(80)])
    each = Wanted(tags=(("g", frozenset({"a", "b"})),), limit=most)
    effort = Effort()

    async def run() -> None:
        shelves = await library(store).shelves([each, each])
        parts = shelves.find([each, each], effort)
        assert sum(map(len, parts)) == (most or 80)
        assert effort.remembered == 2 * (most or 80)

    asyncio.run(run())


def test_what_an_index_leads_to_is_not_read_where_it_is_too_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stored, "_NARROW", 50)
    monkeypatch.setattr(ledger, "_PROVED", 0)
    store = Counted()
    store.keep([Entry(toys.word(f"{n}", ("g", "a"))) for n in range(80)])
    wanted = [Wanted(tags=(("g", frozenset({"a"})),), limit=3)]

    async def run() -> None:
        shelves, effort = await library(store).shelves(wanted), Effort()
        assert len([line for part in shelves.find(wanted, effort) for line in part]) == 3
        assert effort.remembered == 0

    asyncio.run(run())
    assert store.given == 3
