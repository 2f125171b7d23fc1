"""Beside a writer a file of records is copied and examined as it was at one moment."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from zlib import crc32

import pytest

import toys
from wayhome.records.filter import Filter
from wayhome.records.record import Record
from wayhome.store.beside import copy_records, examine
from wayhome.store.migrate import BadDatabase
from wayhome.store.sqlite import SqliteStore
from wayhome.store.store import Entry, StorageFault


@pytest.fixture
def records() -> list[Record]:
    plea = toys.plea()
    return [plea, toys.word("say"), *(toys.hand(plea.id) for _ in range(5))]


@pytest.fixture
def store(tmp_path: Path, records: list[Record]) -> Iterator[SqliteStore]:
    made = SqliteStore(tmp_path / "records.db")
    made.keep([Entry(one, toys.facts_of(one), toys.slot_of(one)) for one in records])
    yield made
    made.close()


def damaged(path: Path) -> set[tuple[str, str]]:
    found = examine(path, toys.facts_of, lambda: None)
    return {(one.where, one.record_id) for one in found}


def changed(path: Path, *statements: tuple[str, tuple[object, ...]]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement, values in statements:
            assert db.execute(statement, values).rowcount > 0


def row_of(path: Path, record: Record) -> int:
    with closing(sqlite3.connect(path)) as db:
        for row, line in db.execute("select row, line from record"):
            if record.id.encode() in line[:80]:
                return int(row)
    raise AssertionError("not kept")


def test_what_was_written_well_is_whole(store: SqliteStore, tmp_path: Path) -> None:
    told: list[None] = []
    assert list(examine(tmp_path / "records.db", toys.facts_of, lambda: told.append(None))) == []
    assert len(told) == store.count(Filter()) == 7


@pytest.mark.usefixtures("store")
def test_every_damaged_record_is_named_and_no_other(tmp_path: Path, records: list[Record]) -> None:
    path = tmp_path / "records.db"
    for one in records[2:4]:
        flipped = one.line.replace(b'"stamp","x"', b'"stamp","y"')
        changed(path, ("update record set line = ? where row = ?", (flipped, row_of(path, one))))
    assert damaged(path) == {("record", one.id) for one in records[2:4]}


@pytest.mark.usefixtures("store")
def test_a_record_under_a_false_sig_is_named_though_its_sum_is_right(
    tmp_path: Path, records: list[Record]
) -> None:
    path, plea = tmp_path / "records.db", records[0]
    false = plea.line.replace(plea.sig.encode(), b"0" * 128)
    total = crc32(false)
    row = row_of(path, plea)
    changed(path, ("update record set line = ?, sum = ? where row = ?", (false, total, row)))
    assert damaged(path) == {("record", plea.id)}


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("delete from fact where record = ?", "fact"),
        ("update fact set row = x'00', sum = 3523407757 where record = ?", "fact"),
        ("delete from tag where row = ?", "tag"),
        ("delete from dated where row = ?", "date"),
        ("update dated set id = x'00' where row = ?", "date"),
    ],
)
@pytest.mark.usefixtures("store")
def test_a_record_that_lost_its_fact_its_tag_or_its_date_is_named(
    tmp_path: Path, records: list[Record], statement: str, where: str
) -> None:
    path = tmp_path / "records.db"
    changed(path, (statement, (row_of(path, records[3]),)))
    assert damaged(path) == {(where, records[3].id)}


@pytest.mark.usefixtures("store")
def test_a_fact_of_no_record_is_named(tmp_path: Path, records: list[Record]) -> None:
    path = tmp_path / "records.db"
    row = row_of(path, records[3])
    changed(path, ("update fact set record = 999 where record = ?", (row,)))
    assert damaged(path) == {("fact", records[3].id), ("fact", "")}


@pytest.mark.usefixtures("store")
def test_a_date_of_no_record_is_named(tmp_path: Path, records: list[Record]) -> None:
    path = tmp_path / "records.db"
    row = row_of(path, records[3])
    changed(path, ("update dated set row = 999 where row = ?", (row,)))
    assert damaged(path) == {("date", records[3].id), ("date", "")}


def test_broken_pages_are_named_and_nothing_is_raised(store: SqliteStore, tmp_path: Path) -> None:
    store.close()
    path = tmp_path / "records.db"
    raw = bytearray(path.read_bytes())
    raw[2 * 4096 : 2 * 4096 + 200] = bytes(200)
    path.write_bytes(raw)
    assert ("file", "") in damaged(path)


def test_a_copy_has_what_was_kept_before_and_what_comes_after_does_not_disturb(
    store: SqliteStore, tmp_path: Path, records: list[Record]
) -> None:
    later = toys.word("later")
    assert copy_records(tmp_path / "records.db", tmp_path / "copy.db") == len(records)
    store.keep([Entry(later)])
    copy = SqliteStore(tmp_path / "copy.db")
    assert set(copy.ids(Filter())) == {one.id for one in records}
    assert set(copy.facts("hands")) == set(store.facts("hands"))
    copy.close()
    assert damaged(tmp_path / "copy.db") == set()


def test_what_gave_way_is_not_in_a_copy(store: SqliteStore, tmp_path: Path) -> None:
    author = toys.keys.new_secret_key()
    plea = toys.plea("another")
    one, other = sorted(
        (toys.hand(plea.id, author, filler) for filler in ("first", "second")),
        key=lambda record: record.id,
    )
    for record in (plea, other, one):  # the higher id gives way to the lower
        store.keep([Entry(record, toys.facts_of(record), toys.slot_of(record))])
    copy_records(tmp_path / "records.db", tmp_path / "copy.db")
    raw = (tmp_path / "copy.db").read_bytes()
    assert one.id.encode() in raw
    assert other.id.encode() not in raw


@pytest.mark.parametrize(
    "use",
    [
        lambda path: copy_records(path, path.with_name("copy.db")),
        lambda path: list(examine(path, toys.facts_of, lambda: None)),
    ],
)
def test_another_programs_file_is_left_alone(tmp_path: Path, use: Callable[[Path], object]) -> None:
    path = tmp_path / "records.db"
    with pytest.raises(BadDatabase, match=r"there is no records\.db"):
        use(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table theirs (one)")
    with pytest.raises(BadDatabase, match="another program"):
        use(path)


@pytest.mark.usefixtures("store")
def test_a_copy_is_never_written_over_a_file(tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_bytes(b"something")
    with pytest.raises(StorageFault, match="was not copied"):
        copy_records(tmp_path / "records.db", tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_bytes() == b"something"
