"""Attachments at a node: named by an envelope, taken in pieces, never other than sealed."""

import asyncio
import secrets
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from cases.envelopes import DAY, NOW, Sealed
from cases.nodes import OfGroup
from wayhome.cases import blobs
from wayhome.cases.blobroom import Room
from wayhome.cases.slots import Named
from wayhome.codec import limits
from wayhome.records.record import Record

PIECE = blobs.CHUNK
LARGEST = 26_214_400


@dataclass(frozen=True)
class Blob:
    """A file as it is sent; `size` is what its envelope names."""

    pieces: tuple[bytes, ...]
    size: int

    @property
    def hashes(self) -> bytes:
        return b"".join(sha256(one).digest() for one in self.pieces)

    @property
    def id(self) -> str:
        return sha256(self.hashes).hexdigest()


def made(size: int) -> Blob:
    """Make a file as sealing leaves it: a little longer than its padded size."""
    body = secrets.token_bytes(size + 184 + 16 * -(-size // 65_536))
    return Blob(tuple(body[at : at + PIECE] for at in range(0, len(body), PIECE)), size)


def announce(of_group: OfGroup, *files: Blob, at: int = NOW) -> Record:
    """Hand in an envelope that names them, as a person does."""
    blobs = tuple(("blob", one.id, str(one.size)) for one in files)
    record = Sealed(of_group.charter, blobs=blobs, bits=0, at=at, slot=secrets.token_hex(16)).record
    assert of_group.send(record.line)[0][0] == 202
    return record


def put(of_group: OfGroup, blob: str, what: object, body: bytes) -> str:
    answer = of_group.ask("PUT", f"/blob/{blob}/{what}", body)
    said: dict[str, str] = answer.json()
    assert answer.status_code == (200 if "kept" in said else 400)
    return said.get("refused", "kept")


def give(of_group: OfGroup, blob: Blob, numbers: Iterator[int] | range | None = None) -> None:
    assert put(of_group, blob.id, "list", blob.hashes) == "kept"
    wanted = list(numbers if numbers is not None else range(len(blob.pieces)))

    async def all_at_once() -> list[httpx.Response]:
        async with of_group.client() as http:
            sent = (http.put(f"/blob/{blob.id}/{n}", content=blob.pieces[n]) for n in wanted)
            return await asyncio.gather(*sent)

    assert {one.status_code for one in asyncio.run(all_at_once())} <= {200}


def have(of_group: OfGroup, blob: Blob) -> list[bool]:
    bits = of_group.get(f"/blob/{blob.id}/have").content
    return [bool(bits[n // 8] << n % 8 & 128) for n in range(len(blob.pieces))] if bits else []


def test_a_file_comes_whole_in_any_order_and_is_given_out_once_its_envelope_is_public(
    of_group: OfGroup,
) -> None:
    blob = made(1_048_576)
    announce(of_group, blob)
    assert len(blob.pieces) == len(blobs.chunk_sizes(blob.size)) == 5
    assert have(of_group, blob) == []
    give(of_group, blob, iter((4, 0, 2)))
    assert have(of_group, blob) == [True, False, True, False, True]
    give(of_group, blob)
    assert have(of_group, blob) == [True] * 5
    assert of_group.get(f"/blob/{blob.id}/0").status_code == 404, "not public yet"
    of_group.pass_hour()
    assert of_group.get(f"/blob/{blob.id}/list").content == blob.hashes
    assert [of_group.get(f"/blob/{blob.id}/{n}").content for n in range(5)] == list(blob.pieces)
    of_group.again()
    assert of_group.get(f"/blob/{blob.id}/4").content == blob.pieces[4]
    assert of_group.get(f"/blob/{blob.id}/5").status_code == 404


def test_one_bit_flipped_in_a_piece_is_seen(of_group: OfGroup) -> None:
    blob = made(524_288)
    announce(of_group, blob)
    spoilt = bytearray(blob.hashes)
    spoilt[7] ^= 1
    assert put(of_group, blob.id, "list", bytes(spoilt)) == "chunk-mismatch"
    assert put(of_group, blob.id, "list", blob.hashes) == "kept"
    for number in range(3):
        spoilt = bytearray(blob.pieces[number])
        spoilt[secrets.randbelow(len(spoilt))] ^= 1 << secrets.randbelow(8)
        assert put(of_group, blob.id, number, bytes(spoilt)) == "chunk-mismatch"
    assert put(of_group, blob.id, 1, blob.pieces[0]) == "chunk-mismatch"
    assert put(of_group, blob.id, 3, b"") == "chunk-mismatch"
    assert put(of_group, blob.id, 2, blob.pieces[2][:-1]) == "chunk-mismatch"
    assert have(of_group, blob) == [False] * 3


def test_a_list_of_small_pieces_or_of_too_many_is_not_the_file_that_was_named(
    of_group: OfGroup,
) -> None:
    small = Blob((b"a" * 1_000, b"b" * 1_000), 262_144)
    long = Blob(tuple(secrets.token_bytes(10) for _ in range(9)), 65_536)
    announce(of_group, small, long)
    assert put(of_group, small.id, "list", small.hashes) == "kept"
    assert put(of_group, small.id, 0, small.pieces[0]) == "chunk-mismatch"
    assert put(of_group, long.id, "list", long.hashes) == "chunk-mismatch"


def test_what_no_envelope_names_is_not_taken(of_group: OfGroup) -> None:
    blob = made(65_536)
    assert put(of_group, blob.id, "list", blob.hashes) == "unknown-blob"
    assert put(of_group, blob.id, 0, blob.pieces[0]) == "unknown-blob"
    answer = of_group.get(f"/blob/{blob.id}/have")
    assert (answer.status_code, answer.json()) == (404, {"refused": "unknown-blob"})
    announce(of_group, blob)
    assert put(of_group, blob.id, 0, blob.pieces[0]) == "unknown-blob", "its list comes first"
    assert put(of_group, "x" * 64, "list", blob.hashes) == "unknown-blob"


def test_more_than_a_piece_is_too_large(of_group: OfGroup) -> None:
    blob = made(65_536)
    announce(of_group, blob)
    answer = of_group.ask("PUT", f"/blob/{blob.id}/0", bytes(PIECE + 1))
    assert (answer.status_code, answer.json()) == (413, {"refused": "too-large"})


def test_what_comes_after_seven_days_is_late_and_what_is_not_whole_then_is_dropped(
    of_group: OfGroup,
) -> None:
    whole, torn = made(65_536), made(524_288)
    announce(of_group, whole, torn)
    give(of_group, whole)
    give(of_group, torn, range(1))
    of_group.now = NOW + 8 * DAY - 1
    of_group.tick()
    assert put(of_group, torn.id, 1, torn.pieces[1]) == "kept"
    of_group.now = NOW + 8 * DAY
    assert put(of_group, torn.id, 2, torn.pieces[2]) == "blob-late"
    of_group.tick()
    assert set(of_group.node.attachments.there) == {whole.id}
    assert of_group.get(f"/blob/{whole.id}/0").content == whole.pieces[0]


def test_what_no_envelope_names_any_more_is_dropped_and_its_bytes_are_given_back(
    of_group: OfGroup,
) -> None:
    blob = made(1_048_576)
    announce(of_group, blob)
    give(of_group, blob)
    of_group.pass_hour()
    of_group.now = NOW + 365 * DAY
    of_group.tick()
    assert of_group.node.attachments.there == {}
    assert of_group.get(f"/blob/{blob.id}/0").status_code == 404
    of_group.node.close()
    assert (of_group.folder / "blobs.db").stat().st_size < 300_000


def test_a_group_has_room_for_so_much_a_day_in_all_and_unfinished() -> None:
    ours, theirs = "a" * 64, "b" * 64

    def named(group: str, day: int, size: int = LARGEST) -> Named:
        return Named(secrets.token_hex(32), size, group, day)

    asked = named(ours, 5)
    assert Room.of(asked, []).has(LARGEST)
    a_day = [(named(ours, 5), True)] * 20
    assert not Room.of(asked, a_day).has(LARGEST)
    assert Room.of(named(ours, 6), a_day).has(LARGEST)
    assert Room.of(named(theirs, 5), a_day).has(LARGEST)
    in_all = [(named(ours, day), True) for day in range(100, 182)]
    assert not Room.of(asked, in_all).has(LARGEST)
    unfinished = [(named(ours, day), False) for day in range(100, 141)]
    assert not Room.of(asked, unfinished).has(LARGEST)


def test_a_full_room_refuses_a_list_before_any_piece(
    of_group: OfGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BLOBS_A_DAY", 200_000)
    first, second = made(131_072), made(131_072)
    announce(of_group, first, second)
    give(of_group, first)
    assert put(of_group, second.id, "list", second.hashes) == "blob-quota"


def test_too_many_at_once_are_told_to_wait(
    of_group: OfGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = made(65_536)
    announce(of_group, blob)
    monkeypatch.setattr("wayhome.web.attachments.AT_ONCE", 0)
    answer = of_group.ask("PUT", f"/blob/{blob.id}/list", blob.hashes)
    assert (answer.status_code, answer.json()) == (503, {"refused": "busy"})
    monkeypatch.undo()
    give(of_group, blob)


def test_of_what_nobody_awaits_not_a_byte_is_read(of_group: OfGroup) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield bytes(1_000)

    async def once() -> int:
        scope = {"type": "http", "method": "PUT", "path": f"/blob/{'0' * 64}/0", "headers": []}
        scope |= {"query_string": b"", "scheme": "http", "http_version": "1.1"}
        body, sent = endless(), []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": await anext(body), "more_body": True}

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        await of_group.node.app(scope, receive, send)  # type: ignore[arg-type]
        status: int = sent[0]["status"]  # type: ignore[assignment]
        return status

    assert asyncio.run(once()) == 400
    assert read == 0


def test_a_browser_may_ask_from_another_page(of_group: OfGroup) -> None:
    for path in ("list", "7"):
        answer = of_group.ask("OPTIONS", f"/blob/{'0' * 64}/{path}")
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-methods"] == "GET, PUT"
        assert answer.headers["access-control-allow-origin"] == "*"
    assert of_group.get(f"/blob/{'0' * 64}/have").headers["cache-control"] == "no-store"


@pytest.mark.slow
def test_a_line_cut_after_forty_of_101_pieces_costs_no_piece_twice(of_group: OfGroup) -> None:
    blob = made(LARGEST)
    announce(of_group, blob)
    give(of_group, blob, range(40))
    of_group.again()
    missing = [number for number, is_here in enumerate(have(of_group, blob)) if not is_here]
    assert len(missing) == 61
    give(of_group, blob, iter(missing))
    assert all(have(of_group, blob))


@pytest.fixture
def other(tmp_path: Path) -> Iterator[OfGroup]:
    opened = OfGroup(tmp_path / "other")
    yield opened
    opened.node.close()


def hand_on(of_group: OfGroup, other: OfGroup, given: Mapping[Blob, range | None]) -> None:
    """Give these pieces of files, or all; the other node holds the envelope that names them."""
    record = announce(of_group, *given)
    for blob, numbers in given.items():
        give(of_group, blob, numbers)
    of_group.pass_hour()
    other.open_as(of_group)
    other.take([*of_group.world.records, record])


def test_a_piece_that_rots_on_the_disk_is_not_given_out_and_comes_again_from_a_peer(
    of_group: OfGroup, other: OfGroup
) -> None:
    blob = made(524_288)
    hand_on(of_group, other, {blob: None})
    other.fetch(of_group.gives)
    of_group.node.close()
    with sqlite3.connect(of_group.folder / "blobs.db") as db:
        db.execute("update chunk set body = zeroblob(length(body)) where number = 1")
    db.close()
    of_group.open(of_group.charter.id)
    assert of_group.get(f"/blob/{blob.id}/1").status_code == 404
    assert have(of_group, blob) == [True, False, True]
    of_group.now += 8 * DAY
    of_group.node.attachments.tidy()  # it was whole: what is left of it stays
    assert of_group.get(f"/blob/{blob.id}/0").content == blob.pieces[0]
    of_group.fetch(other.gives)
    assert of_group.get(f"/blob/{blob.id}/1").content == blob.pieces[1]
    assert all(have(of_group, blob))


def test_a_node_takes_files_of_its_envelopes_from_another_and_looks_at_every_hash(
    of_group: OfGroup, other: OfGroup
) -> None:
    whole, torn = made(524_288), made(524_288)
    hand_on(of_group, other, {whole: None, torn: range(1)})
    assert set(other.fetch(of_group.gives)) == {whole.id, torn.id}
    assert other.node.attachments.there[whole.id].is_whole
    assert other.node.attachments.there[torn.id].chunks == {0}
    assert other.get(f"/blob/{whole.id}/1").content == whole.pieces[1]


def test_a_peer_that_sends_other_bytes_gives_nothing_and_stops_no_other(
    of_group: OfGroup, other: OfGroup
) -> None:
    blob = made(524_288)
    hand_on(of_group, other, {blob: None})

    def lies(path: str) -> bytes:
        name = path.rpartition("/")[2]
        return {"list": blob.hashes, "have": b"\xff"}.get(name, bytes(PIECE))

    assert other.fetch(lies) == [blob.id]
    assert other.node.attachments.there[blob.id].chunks == frozenset()
    other.fetch(lies, of_group.gives)
    assert other.node.attachments.there[blob.id].is_whole
