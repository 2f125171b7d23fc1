"""What the store in SQLite promises beyond the others: its file, size, upgrades and rot."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import toys
from wayhome.crypto import keys
from wayhome.records.filter import Filter
from wayhome.records.kind import Fact
from wayhome.records.record import Record
from wayhome.stamping.book import Book, Desk
from wayhome.store.migrate import BadDatabase, Step, identify, migrate, steps_of
from wayhome.store.shelf import Item
from wayhome.store.shelving import take
from wayhome.store.sqlite import SqliteStore
from wayhome.store.store import Entry, Held, StorageFault, Taken

SOMEBODY = "5" * 64


def entry(record: Record) -> Entry:
    return Entry(record, toys.facts_of(record), toys.slot_of(record))


@contextmanager
def opened(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def plain(path: Path) -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(path, isolation_level=None)
    try:
        yield db
    finally:
        db.close()


def test_what_was_kept_is_there_after_opening_again(tmp_path: Path) -> None:
    plea = toys.plea()
    with opened(tmp_path / "n.db") as store:
        store.keep([entry(plea), entry(toys.hand(plea.id))])
        facts = set(store.facts("hands"))
    with opened(tmp_path / "n.db") as store:
        assert store.get(plea.id) == plea
        assert set(store.facts("hands")) == facts
        assert len(facts) == 1


def test_the_file_is_what_was_decided(tmp_path: Path) -> None:
    with opened(tmp_path / "n.db") as store:
        store.keep([entry(toys.plea())])
        with plain(tmp_path / "n.db") as db:
            assert db.execute("pragma journal_mode").fetchone() == ("wal",)
            assert db.execute("pragma application_id").fetchone() == (0x77617968,)
            tables = db.execute("select name, strict from pragma_table_list where schema = 'main'")
            assert all(strict for name, strict in tables if not name.startswith("sqlite_"))


class Heard(sqlite3.Connection):
    """Writes down what is said to it."""

    def __init__(self, *where: Any, **how: Any) -> None:
        super().__init__(*where, **how)
        self.said: list[str] = []
        self.set_trace_callback(lambda one: self.said.append(one.lower()))


@pytest.mark.parametrize(
    ("sort", "journal"),
    [("store", "wal"), ("store without shared memory", "delete"), ("book", "wal")],
)
def test_a_new_file_is_durable_before_its_first_page_and_without_shared_memory_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sort: str, journal: str
) -> None:
    """Where WAL is not to be had SQLite falls back to a journal, and says nothing."""
    found: list[Heard] = []
    connect = sqlite3.connect

    def heard(where: Any, **how: Any) -> sqlite3.Connection:
        where = f"{where}&vfs=unix-dotfile" if "without" in sort else where
        found.append(connect(where, factory=Heard, **how))
        return found[-1]

    monkeypatch.setattr(sqlite3, "connect", heard)
    if sort == "book":
        Book.make(tmp_path / "book.db", Desk(b"", "", b"", b""))
        Book(tmp_path / "book.db").close()
    else:
        with opened(tmp_path / "n.db") as store:
            store.keep([entry(toys.plea())])
            for db in found[:2]:
                assert db.execute("pragma synchronous").fetchone() == (3,)
                assert db.execute("pragma journal_mode").fetchone() == (journal,)
    writing = [one for one in found if any("journal_mode = " in said for said in one.said)]
    assert len(writing) == 2
    for db in writing:
        writes = ("create", "insert", "pragma journal_mode", "pragma user_version =")
        first = next(at for at, said in enumerate(db.said) if said.startswith(writes))
        assert "pragma synchronous = extra" in db.said[:first]


def test_no_column_tells_when_anything_came(tmp_path: Path) -> None:
    columns: set[str] = set()
    with opened(tmp_path / "n.db"):
        for name in ("n.db", "held.db"):
            with plain(tmp_path / name) as db:
                asked = "select c.name from sqlite_schema s, pragma_table_info(s.name) c"
                columns |= {column for (column,) in db.execute(asked)}
    records = {"row", "kind", "head", "sum", "marks", "line", "hash", "slot", "id"}
    dated = {"age"}  # what the author says in created_at
    facts = {"number", "view", "subject", "topic", "record"}
    held = {"place", "until", "key", "sealed"}  # the end of a window, when it will be public
    lapsed = {"id"}
    assert columns <= records | dated | facts | held | lapsed


def test_a_newer_database_is_refused_in_plain_words(tmp_path: Path) -> None:
    with opened(tmp_path / "n.db") as store:
        store.keep([entry(toys.plea())])
    with plain(tmp_path / "n.db") as db:
        db.execute("pragma user_version = 99")
    before = (tmp_path / "n.db").read_bytes()
    with pytest.raises(BadDatabase, match=r"n\.db was written by a newer wayhome \(schema 99"):
        SqliteStore(tmp_path / "n.db")
    assert (tmp_path / "n.db").read_bytes() == before


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    with plain(tmp_path / "n.db") as db:
        db.execute("create table theirs (x)")
    with pytest.raises(BadDatabase, match="another program"):
        SqliteStore(tmp_path / "n.db")
    (tmp_path / "text.db").write_text("no database at all" * 100)
    with pytest.raises(BadDatabase, match="cannot be opened"):
        SqliteStore(tmp_path / "text.db")


def test_a_changed_migration_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path / "n.db"):
        pass
    with plain(tmp_path / "n.db") as db:
        db.execute("update migration set sum = 'another'")
    with pytest.raises(BadDatabase, match="other migrations"):
        SqliteStore(tmp_path / "n.db")


def test_a_migration_that_fails_leaves_the_schema_before_it(tmp_path: Path) -> None:
    good = Step(1, "create table one (x integer) strict")
    bad = Step(2, "create table two (x integer) strict; insert into missing values (1)")
    with plain(tmp_path / "n.db") as db:
        migrate(db, [good], identify(db, "n.db", [good]))
        with pytest.raises(sqlite3.OperationalError):
            migrate(db, [good, bad], identify(db, "n.db", [good, bad]))
    with plain(tmp_path / "n.db") as db:
        assert identify(db, "n.db", [good, bad]) == 1
        names = {name for (name,) in db.execute("select name from sqlite_schema")}
        assert "two" not in names
        again = Step(2, "create table two (x integer) strict")
        migrate(db, [good, again], 1)
        assert identify(db, "n.db", [good, again]) == 2


def test_a_reader_sees_a_batch_whole_or_not_at_all(tmp_path: Path) -> None:
    pleas = [toys.plea(f"{n}") for n in range(300)]
    with opened(tmp_path / "n.db") as store:
        batches = [pleas[start : start + 10] for start in range(0, 300, 10)]

        def write() -> None:
            for batch in batches:
                store.keep([entry(plea) for plea in batch])

        writer = Thread(target=write)
        writer.start()
        while writer.is_alive():
            kept = {line[7:71].decode() for line in store.lines(Filter())}
            whole = [sum(plea.id in kept for plea in batch) for batch in batches]
            assert set(whole) <= {0, 10}
        writer.join()
        assert store.count(Filter()) == 300


def test_a_stream_that_was_begun_stays_in_its_moment(tmp_path: Path) -> None:
    pleas = sorted((toys.plea(f"{n}") for n in range(10)), key=lambda plea: plea.id)
    with opened(tmp_path / "n.db") as store:
        store.keep([entry(plea) for plea in pleas[:5]])
        stream = store.lines(Filter())
        first = next(stream)
        store.keep([entry(plea) for plea in pleas[5:]])
        assert [first, *stream] == [plea.line for plea in pleas[:5]]
        assert len(list(store.lines(Filter()))) == 10


def test_ids_that_begin_alike_are_still_in_order(tmp_path: Path) -> None:
    with opened(tmp_path / "n.db") as store:
        pleas = [toys.plea(f"{n}") for n in range(20)]
        store.keep([entry(plea) for plea in pleas])
    with plain(tmp_path / "n.db") as db:  # as if somebody had made such ids on purpose
        db.execute("update record set head = 7")
    with opened(tmp_path / "n.db") as store:
        assert [one.record_id for one in store.damaged()] == sorted(plea.id for plea in pleas)


@pytest.mark.parametrize("seed", range(2))
def test_a_flipped_bit_is_never_given_out(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - places of bits, no secret
    plea = toys.plea()
    kept = [plea, *(toys.hand(plea.id, filler="y" * rng.randint(0, 900)) for _ in range(60))]
    with opened(tmp_path / "n.db") as store:
        store.keep([entry(record) for record in kept])
        rows = set(store.facts("hands", plea.id))
    clean = (tmp_path / "n.db").read_bytes()
    lines = {record.line for record in kept}
    seen = 0
    for n in range(100):
        spoilt = bytearray(clean)
        spoilt[rng.randrange(len(clean))] ^= 1 << rng.randrange(8)
        path = tmp_path / str(n) / "n.db"
        path.parent.mkdir()
        path.write_bytes(spoilt)
        seen += not _reads_as_written(path, lines, rows)
    assert seen > 20, "the flips hit something"


def _reads_as_written(path: Path, lines: set[bytes], rows: set[bytes]) -> bool:
    """Read everything; nothing may come out that was not put in. Whether all of it came."""
    try:
        with opened(path) as store:
            given = list(store.lines(Filter()))
            facts = list(store.facts("hands"))
            found = [record.line for record in store.find(Filter())]
            named = list(store.damaged())
    except (BadDatabase, StorageFault):
        return False
    assert set(given) <= lines
    assert set(found) <= lines
    assert set(facts) <= rows
    whole = len(given) == len(lines) and len(facts) == len(rows)
    return whole and not named


def test_a_damaged_record_is_named_and_taken_again(tmp_path: Path) -> None:
    plea = toys.plea()
    hand = toys.hand(plea.id)
    with opened(tmp_path / "n.db") as store:
        store.keep([entry(plea), entry(hand)])
    with plain(tmp_path / "n.db") as db:
        spoilt = hand.line.replace(b'"x"', b'"z"')
        db.execute("update record set line = ? where kind = ?", (spoilt, toys.HAND))
    with opened(tmp_path / "n.db") as store:
        assert len(b"".join(store.keys(toys.HAND))) == 40, "it was not looked at yet"
        assert store.get(hand.id) is None
        assert store.unsound > 0
        assert b"".join(store.keys(toys.HAND)) == b""
        assert [one.record_id for one in store.damaged()] == [hand.id]
        assert store.keep([entry(hand)]).new == [True]
        assert store.get(hand.id) == hand
        assert len(b"".join(store.keys(toys.HAND))) == 40
        assert list(store.damaged()) == []
        assert store.count(Filter(tags=(("e", plea.id),))) == 1
        assert len(list(store.facts("hands", plea.id))) == 1


def test_a_forged_sig_in_the_file_is_not_believed(tmp_path: Path) -> None:
    from zlib import crc32  # noqa: PLC0415 - what somebody who edits the file would use too

    plea = toys.plea()
    with opened(tmp_path / "n.db") as store:
        store.keep([entry(plea)])
    forged = plea.line[:-130] + b"0" * 128 + plea.line[-2:]
    with plain(tmp_path / "n.db") as db:
        db.execute("update record set line = ?, sum = ?", (forged, crc32(forged)))
    with opened(tmp_path / "n.db") as store:
        assert store.get(plea.id) is None
        assert store.find(Filter()) == []


def test_our_own_mistake_in_a_batch_harms_nobody_else(tmp_path: Path) -> None:
    with opened(tmp_path / "n.db") as store:
        plea = toys.plea()
        store.keep([entry(plea)])

        def broken_facts() -> Iterator[tuple[str, tuple[()]]]:
            yield plea.id, ()
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            store.recount_facts(broken_facts())
        assert len(list(store.facts("pleas"))) == 1
        assert store.keep([entry(toys.plea("next"))]).new == [True]
        assert not store.broken


@pytest.mark.slow
def test_a_new_database_is_at_most_1_6_times_its_lines(tmp_path: Path) -> None:
    plea = toys.plea()
    filler = "y" * (1_170 - len(toys.unsigned(plea.id, "").line))
    hands = [toys.unsigned(plea.id, filler) for _ in range(20_000)]
    assert {len(hand.line) for hand in hands} == {1_170}
    with opened(tmp_path / "n.db") as store:
        for start in range(0, len(hands), 1_000):
            store.keep([entry(hand) for hand in hands[start : start + 1_000]])
    size = sum(file.stat().st_size for file in tmp_path.iterdir())
    assert size <= 1.6 * sum(len(hand.line) + 1 for hand in hands)


def test_what_was_let_go_gives_its_room_back_to_the_disk(tmp_path: Path) -> None:
    with opened(tmp_path / "n.db") as store:
        store.hold([Held(60, bytes([n]) * 32, bytes(40_000)) for n in range(64)])
        store.let_go(60)
    assert (tmp_path / "held.db").stat().st_size < 100_000


def test_a_file_of_an_earlier_schema_holds_the_same_after_it_was_brought_to_this_one(
    tmp_path: Path,
) -> None:
    """Before its third step, tags and facts lay in another order, and a record noted where."""
    plea, author = toys.plea(), keys.new_secret_key()
    lower, higher = sorted((toys.hand(plea.id, author, f"{n}") for n in range(2)), key=id_of)
    kept = [plea, higher, toys.word("say", ("g", "a")), *(toys.hand(plea.id) for _ in range(70))]
    with plain(tmp_path / "n.db") as db:
        migrate(db, steps_of("records")[:2], 0)
        db.execute("create temp table dated (kind, age, row, id)")  # what `take` fills besides
        db.execute("begin")
        take(db, [Item.of(entry(one)) for one in kept])
        for record, topic, row in db.execute("select record, topic, row from fact").fetchall():
            mark = topic.to_bytes(4) + b"\x08" + row[:8]
            db.execute("update record set marks = ? where row = ?", (mark, record))
        db.execute("commit")
    (tmp_path / "new").mkdir()
    with opened(tmp_path / "n.db") as store, opened(tmp_path / "new" / "n.db") as new:
        new.keep([entry(one) for one in kept])
        hands = Filter(tags=(("e", plea.id),), kinds=(toys.HAND,))
        for wanted in (Filter(), hands, Filter(authors=(higher.pubkey, plea.pubkey))):
            assert list(store.lines(wanted)) == list(new.lines(wanted))
            assert store.count(wanted) == new.count(wanted)
        for kind in (toys.PLEA, toys.HAND, toys.WORD):
            assert list(store.keys(kind)) == list(new.keys(kind))
        assert set(store.facts("hands")) == set(new.facts("hands"))
        assert list(store.damaged()) == []
        assert store.lapse([entry(plea)]) == [True]
        assert set(store.facts("pleas")) == set()
        assert store.keep([entry(lower)]) == Taken([True], [higher])
        assert set(store.facts("hands")) == set(new.facts("hands"))


def test_a_batch_of_one_group_writes_a_page_for_each_record_at_most_and_few_besides(
    tmp_path: Path,
) -> None:
    """Counted beside a full file: what the batch wrote is all that lies there."""
    words = [toys.unsigned("a" * 64, f"{n}", SOMEBODY) for n in range(4_064)]
    facts = [(Fact("said", "", bytes.fromhex(one.id) * 8),) for one in words]
    entries = [Entry(one, said) for one, said in zip(words, facts, strict=True)]
    with opened(tmp_path / "n.db") as store:
        for start in range(0, 4_000, 1_000):
            store.keep(entries[start : start + 1_000])
    with opened(tmp_path / "n.db") as store:
        store.keep(entries[4_000:])
        pages = (tmp_path / "n.db-wal").stat().st_size // 4096
    assert 0 < pages <= 64 + 16


def id_of(record: Record) -> str:
    return record.id
