"""Who may read a folder, whether its keys are keys, and which records are damaged."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

import toys
from wayhome.crypto.keypage import KeyPage
from wayhome.doctor.finding import Finding
from wayhome.doctor.folder import (
    look_at_attachments,
    look_at_folder,
    look_at_held,
    look_at_records,
)
from wayhome.nodekey import node_key
from wayhome.pages.words import words
from wayhome.store.blobfile import BlobFile, Shelved
from wayhome.store.migrate import BadDatabase
from wayhome.store.sqlite import SqliteStore
from wayhome.store.store import Entry, Held

EN = words("en")
CHUNKS = (b"sealed" * 100, b"and sealed" * 50)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A node's folder with a record and a key page."""
    made = tmp_path / "node-data"
    (made / "held").mkdir(parents=True, mode=0o700)
    made.chmod(0o700)
    node_key(made)
    KeyPage.make(made / "held" / "1801440000.page")
    store = SqliteStore(made / "records.db")
    store.keep([Entry(one, toys.facts_of(one)) for one in (toys.plea(), toys.word("say"))])
    store.close()
    return made


def open_folder(folder: Path) -> None:
    folder.chmod(0o755)


def open_key(folder: Path) -> None:
    (folder / "node.key").chmod(0o640)


def open_page(folder: Path) -> None:
    (folder / "held" / "1801440000.page").chmod(0o604)


def cut_page(folder: Path) -> None:
    (folder / "held" / "1801440000.page").write_bytes(b"wayhome key page")


def cut_key(folder: Path) -> None:
    (folder / "node.key").write_text("abc")


def lose_key(folder: Path) -> None:
    (folder / "node.key").unlink()


def test_a_folder_as_the_program_makes_it_is_well(folder: Path) -> None:
    assert [(one.name, one.state) for one in look_at_folder(folder, EN)] == [
        ("permissions", "well"),
        ("keys", "well"),
    ]


@pytest.mark.parametrize(
    ("spoil", "name", "words"),
    [
        (open_folder, "permissions", "others may read node-data."),
        (open_key, "permissions", "node-data/node.key"),
        (open_page, "permissions", "node-data/held/1801440000.page"),
        (cut_page, "keys", "node-data/held/1801440000.page cannot be read as keys"),
        (cut_key, "keys", "node-data/node.key cannot be read as keys"),
        (lose_key, "keys", "node.key is missing"),
    ],
)
def test_what_is_wrong_is_named(
    folder: Path, spoil: Callable[[Path], None], name: str, words: str
) -> None:
    spoil(folder)
    bad = [one for one in look_at_folder(folder, EN) if one.state == "bad"]
    assert [one.name for one in bad] == [name]
    assert words in bad[0].words


def test_nothing_of_a_key_is_said(folder: Path) -> None:
    secret = (folder / "node.key").read_text()
    (folder / "node.key").write_text(secret + "x")
    assert secret[:8] not in repr(look_at_folder(folder, EN))


def test_all_damaged_records_are_named(folder: Path) -> None:
    assert look_at_records(folder, toys.facts_of, lambda: None, EN)[0].words == "2, each verified"
    with closing(sqlite3.connect(folder / "records.db", isolation_level=None)) as db:
        ids = [row[0][7:71].decode() for row in db.execute("select line from record")]
        db.execute("update record set sum = sum + 1")
    [found] = look_at_records(folder, toys.facts_of, lambda: None, EN)
    assert found.state == "bad"
    assert all(f"record {one}" in found.words for one in ids)


def test_another_programs_records_are_said_to_be_so(folder: Path) -> None:
    (folder / "records.db").write_bytes(b"not a database at all" * 1_000)
    [found] = look_at_records(folder, toys.facts_of, lambda: None, EN)
    assert found.state == "bad"


@pytest.fixture
def sealed(folder: Path) -> Path:
    """A node's folder with something held and a file of attachments."""
    hashes = b"".join(sha256(one).digest() for one in CHUNKS)
    blob = Shelved(sha256(hashes).hexdigest(), "a" * 64, 20_000, 1_100, hashes, frozenset())
    file = BlobFile(folder / "blobs.db")
    file.put_list(blob)
    for number, chunk in enumerate(CHUNKS):
        file.put(blob.id, number, chunk)
    file.close()
    store = SqliteStore(folder / "records.db")
    store.hold([Held(1_801_440_000, bytes([n]) * 32, b"sealed" * 100) for n in range(100)])
    store.close()
    return folder


def look_at_sealed(folder: Path) -> list[Finding]:
    return [*look_at_held(folder, EN), *look_at_attachments(folder, lambda: None, EN)]


def states_of(folder: Path) -> dict[str, str]:
    return {one.name: one.state for one in look_at_sealed(folder)}


def test_sealed_files_are_looked_at_and_not_written(sealed: Path) -> None:
    before = [(sealed / name).read_bytes() for name in ("held.db", "blobs.db")]
    assert states_of(sealed) == {"held": "well", "attachments": "well"}
    assert [(sealed / name).read_bytes() for name in ("held.db", "blobs.db")] == before


@pytest.mark.parametrize(("file", "name"), [("held.db", "held"), ("blobs.db", "attachments")])
def test_what_a_node_would_not_start_with_is_called_bad(sealed: Path, file: str, name: str) -> None:
    (sealed / file).write_bytes(b"not a database at all" * 1_000)
    with pytest.raises(BadDatabase):
        BlobFile(sealed / file)
    assert [one.name for one in look_at_sealed(sealed) if one.state == "bad"] == [name]


def test_a_page_in_the_middle_that_is_spoilt_is_found(sealed: Path) -> None:
    size = (sealed / "held.db").stat().st_size
    with (sealed / "held.db").open("r+b") as file:
        file.seek(size - 3 * 4096)
        file.write(b"\xff" * 4096)
    [bad] = [one for one in look_at_sealed(sealed) if one.state == "bad"]
    assert "held.db is damaged; places:" in bad.words


def flip_chunk(db: sqlite3.Connection) -> None:
    db.execute("update chunk set body = cast('S' || substr(body, 2) as blob) where number = 1")


def flip_list(db: sqlite3.Connection) -> None:
    db.execute("update blob set list = cast(zeroblob(32) || substr(list, 33) as blob)")


def cut_chunk(db: sqlite3.Connection) -> None:
    db.execute("update chunk set body = substr(body, 1, 9) where number = 0")


def lose_list(db: sqlite3.Connection) -> None:
    db.execute("delete from blob")


@pytest.mark.parametrize("spoil", [flip_chunk, flip_list, cut_chunk, lose_list])
def test_an_attachment_with_one_byte_that_is_not_as_it_came_is_named(
    sealed: Path, spoil: Callable[[sqlite3.Connection], None]
) -> None:
    [well] = look_at_attachments(sealed, lambda: None, EN)
    assert (well.state, well.words) == ("well", "chunks: 2, each as it came")
    with closing(sqlite3.connect(sealed / "blobs.db", isolation_level=None)) as db:
        blob = db.execute("select hex(id) from blob").fetchone()[0].lower()
        spoil(db)
    [bad] = look_at_attachments(sealed, lambda: None, EN)
    assert bad.state == "bad"
    assert blob in bad.words
    assert "sealed" not in bad.words
