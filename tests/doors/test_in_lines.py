"""Every monster, wherever lines of others are read: one verdict, and the good ones besides."""

import asyncio
import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any, cast
from zlib import crc32

import pytest

import toys
from inside import Inside
from monsters import LINE, MONSTERS, ODD
from petition_world import Group, World
from wayhome.cases.sealedfile import SealedFile
from wayhome.channel.proof import read_proof
from wayhome.channel.savedform import read_form
from wayhome.codec import limits
from wayhome.crypto import keys
from wayhome.desk import checking
from wayhome.desk.known import Known
from wayhome.journal.answer import Kept, Outcome
from wayhome.mirror.checking import Records
from wayhome.mirror.folder import Folder
from wayhome.mirror.manifest import Manifest
from wayhome.petition.part import Scope, check_part
from wayhome.petition.recount import groups_in, petitions_in, recount
from wayhome.records.filter import Filter
from wayhome.records.record import read_line
from wayhome.records.refused import Refused
from wayhome.store.beside import examine
from wayhome.store.memory import MemoryStore
from wayhome.store.sqlite import SqliteStore
from wayhome.store.store import Entry

RAW = [one.raw for one in MONSTERS]
REASONS = {one.name: one.reason for one in MONSTERS}
# what a file can hold on one line, with the reason it gets there: a line has one spelling
IN_A_FILE = [
    (one.raw, one.reason) for one in MONSTERS if one.raw and b"\n" not in one.raw + b"\r"
] + [(raw, "bad-form") for raw in ODD.values() if b"\n" not in raw]


@pytest.fixture(scope="module")
def world() -> World:
    made = World(2, 2)
    made.sign_up()
    return made


def test_from_peers_relays_and_people_the_reason_is_the_same(tmp_path: Path) -> None:
    inside = Inside(MemoryStore(), tmp_path)

    async def in_turn() -> list[Outcome]:
        return [one async for one in inside.intake.receive_lines([*RAW, LINE], "peer")]

    *refused, kept = asyncio.run(in_turn())
    assert kept == Kept(read_line(LINE).id, new=True)
    by_lines = [one.reason for one in refused if isinstance(one, Refused)]
    by_hand = [cast("Refused", one).reason for one in inside.take_raw(*RAW, origin="person")]
    inside.intake.close()
    names = [one.name for one in MONSTERS]
    assert dict(zip(names, by_lines, strict=True)) == REASONS
    assert dict(zip(names, by_hand, strict=True)) == REASONS
    assert inside.store.ids(Filter()) == [read_line(LINE).id]


def test_a_file_is_checked_line_by_line() -> None:
    lines = [raw for raw, _ in IN_A_FILE]
    found = {one.line: one.reason for one in checking.flaws([*lines, LINE])}
    assert found == {at: reason for at, (_, reason) in enumerate(IN_A_FILE, 1)}


def test_a_mirrors_records_are_checked_line_by_line(tmp_path: Path) -> None:
    name = "records/4002.jsonl"
    path = tmp_path / name
    path.parent.mkdir()
    path.write_bytes(b"\n".join([*(raw for raw, _ in short_ones()), LINE, b""]))
    total = sha256(path.read_bytes()).hexdigest()
    manifest = Manifest(keys.public_key(keys.new_secret_key()), 0, "1", "0" * 64, {name: total})
    records = Records(Folder(tmp_path), manifest, toys.BOOK)
    assert [one.line for one in records.checked()] == [LINE]
    said = [one.what for one in records.flaws]
    assert said == [f"line {at}: {reason}" for at, (_, reason) in enumerate(short_ones(), 1)]


def short_ones() -> list[tuple[bytes, str]]:
    """Give those that come in one piece: of a longer one each piece is a flaw."""
    return [(raw, reason) for raw, reason in IN_A_FILE if len(raw) <= limits.RECORD_BYTES]


def forged() -> list[bytes]:
    """Give what a group would have said, had anybody signed it."""
    return [one.line.replace(one.sig.encode(), b"0" * 128) for one in Group("forged").records]


def test_a_desk_leaves_them_out_and_reads_the_rest(world: World) -> None:
    known = Known.of([*RAW, *ODD.values(), *forged(), *world.lines])
    assert known.records.keys() == Known.of(world.lines).records.keys()
    assert world.petition.id in known.records


def test_a_recount_is_what_it_is_without_them(world: World) -> None:
    mixed = [*RAW, *ODD.values(), *forged(), *world.lines, *RAW]
    assert petitions_in(mixed) == petitions_in(world.lines)
    assert groups_in(mixed) == groups_in(world.lines)
    own = said(world, world.lines)
    told = said(world, mixed)
    differing = {name for name in own if own[name] != told[name]}
    assert differing <= {"records", "refused"}
    part = check_part(RAW, Scope(world.petition.id, world.panel))
    assert part.rows == []


def said(world: World, lines: Iterable[bytes]) -> dict[str, Any]:
    kept = list(lines)
    found: dict[str, Any] = json.loads(recount(world.petition.id, lambda: kept, {}).json)
    return found


def test_what_is_damaged_on_the_disk_is_named_and_the_rest_is_whole(tmp_path: Path) -> None:
    """So a backup of it is not made, and none is put back that holds one."""
    path = tmp_path / "records.db"
    store = SqliteStore(path)
    words = [toys.word(str(number)) for number in range(len(RAW) + 1)]
    store.keep([Entry(one) for one in words])
    store.close()
    with closing(sqlite3.connect(path)) as db, db:
        rows = [row for (row,) in db.execute("select row from record order by row")]
        swap = [(raw, crc32(raw), row) for raw, row in zip(RAW, rows, strict=False)]
        db.executemany("update record set line = ?, sum = ? where row = ?", swap)
    looked: list[None] = []
    found = list(examine(path, toys.facts_of, lambda: looked.append(None)))
    assert len(looked) == len(words)
    assert len([one for one in found if one.where == "record"]) == len(RAW)


def test_files_of_one_thing_are_refused_whole() -> None:
    for raw in (*RAW, *ODD.values(), LINE):
        for read in (SealedFile.read, read_proof):
            with pytest.raises(Refused):
                read(raw)
        proof = b'{"proof":"%b","records":[%b]}' % (b"0" * 64, raw)
        with pytest.raises(Refused):
            read_proof(proof)
        form = read_form(raw) if len(raw) < 1_000_000 else None
        assert form is None or form.proof is None
