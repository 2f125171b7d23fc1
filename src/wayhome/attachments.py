"""Attachments: the sealed files that a node holds beside envelopes, and how they come to it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from functools import partial
from threading import Lock

from wayhome.cases import blobroom, room
from wayhome.cases.blobroom import Room
from wayhome.cases.blobs import CHUNK, chunk_sizes
from wayhome.cases.kinds import sealed
from wayhome.cases.slots import BLOBS, Named
from wayhome.codec import limits
from wayhome.journal.held import HeldRecords
from wayhome.records.filter import Filter
from wayhome.records.refused import Refused
from wayhome.store.blobfile import BlobFile, Shelved
from wayhome.store.store import Reader

_ROUND = 64 * 1024 * 1024  # bytes taken from one peer at a time: others wait for their turn

# what each peer gives at a path, as long as it is not longer than so many bytes
Ask = Callable[[str, int], AsyncIterator[bytes]]


class Attachments:
    """Those of one node; `reader` has its public envelopes, `held` those not public yet."""

    def __init__(
        self, file: BlobFile, reader: Reader, held: HeldRecords, clock: Callable[[], int]
    ) -> None:
        self._file = file
        self._reader = reader
        self._held_records = held
        self._clock = clock
        self._lock = Lock()
        self._there = {one.id: one for one in file.all()}
        self._spoilt: set[str] = set()  # those of which a chunk was found unsound

    @property
    def there(self) -> Mapping[str, Shelved]:
        """What lies here, by id."""
        return self._there

    def refuse_unawaited(self, blob: str) -> None:
        """Refuse what no envelope here names, or what is not waited for, before a byte is read.

        Raises:
            Refused: `unknown-blob`, `blob-late`.
        """
        self._awaited(blob)

    def take_list(self, blob: str, hashes: bytes) -> None:
        """Take the list of a file that an envelope names; its chunks may come from now on.

        Raises:
            Refused: `unknown-blob`, `blob-late`, `chunk-mismatch`, `blob-quota`.
            StorageFault: the disk did not take it.
        """
        self._take_list(self._awaited(blob), hashes)

    def take_chunk(self, blob: str, number: int, body: bytes) -> None:
        """Take one chunk; once more is a success.

        Raises:
            Refused: `unknown-blob`, `blob-late`, `chunk-mismatch`.
            StorageFault: the disk did not take it.
        """
        self._awaited(blob)
        self._put(blob, number, body)

    def have(self, blob: str) -> bytes:
        """Tell which chunks are here: a bit each, the first one highest; nothing without a list.

        Raises:
            Refused: `unknown-blob`.
        """
        found = self._there.get(blob)
        if found is None:
            self._named(blob)
            return b""
        bits = [number in found.chunks for number in range(len(found.hashes) // blobroom.HASH)]
        bits += [False] * (-len(bits) % 8)
        number = int("".join("01"[bit] for bit in bits), 2)
        return number.to_bytes(len(bits) // 8, "big")

    def hashes(self, blob: str) -> bytes | None:
        """Give the list of a file that a public envelope names, or None."""
        found = self._there.get(blob)
        return found.hashes if found and self._public(blob) else None

    def chunk(self, blob: str, number: int) -> bytes | None:
        """Give a chunk of a file that a public envelope names; None where it is not, or unsound."""
        found = self._there.get(blob)
        if found is None or number not in found.chunks or self._public(blob) is None:
            return None
        body = self._file.chunk(found, number)
        if body is None:
            self._miss(blob, number)
        return body

    def tidy(self) -> int:
        """Drop what no envelope names any more, and what did not come whole in its time."""
        now = self._clock()
        gone = [
            one.id
            for one in self._there.values()
            if (named := self._find(one.id)) is None
            or (self._is_unfinished(one) and blobroom.is_late(named.day, now))
        ]
        if gone:
            self._file.drop(gone)
            with self._lock:
                self._there = {k: one for k, one in self._there.items() if k not in gone}
        return len(gone)

    async def fetch(self, ask: Ask) -> int:
        """Take from peers what public envelopes name and is missing here; nothing is believed.

        Gives the number of chunks.

        Raises:
            StorageFault: the disk did not take one.
        """
        wanted = {one.id: one for one in map(Named.of, self._reader.facts(BLOBS))}
        taken = 0
        for one in wanted.values():
            found = self._there.get(one.id)
            if (found is None or not found.is_whole) and taken * CHUNK < _ROUND:
                taken += await self._fetch_one(ask, one)
        return taken

    async def _fetch_one(self, ask: Ask, asked: Named) -> int:
        at = f"/blob/{asked.id}"
        sizes = chunk_sizes(asked.size)
        if asked.id not in self._there:
            take = partial(self._take_list, asked)
            if not await _first_good(ask(f"{at}/list", blobroom.list_size(asked.size)), take):
                return 0
        there = [bits async for bits in ask(f"{at}/have", -(-len(sizes) // 8))]
        taken = 0
        for number in range(len(sizes)):
            found = self._there.get(asked.id)
            if found is None:  # its envelope has lapsed meanwhile
                break
            if number not in found.chunks and any(_has(bits, number) for bits in there):
                take = partial(self._put, asked.id, number)
                taken += await _first_good(ask(f"{at}/{number}", CHUNK), take)
        return taken

    def _take_list(self, asked: Named, hashes: bytes) -> None:
        blobroom.refuse_list(asked, hashes)
        self._make_room(asked, hashes)

    def _awaited(self, blob: str) -> Named:
        asked = self._named(blob)
        if blobroom.is_late(asked.day, self._clock()):
            raise Refused("blob-late", f"taken for {limits.BLOB_DAYS} days after the envelope's")
        return asked

    def _named(self, blob: str) -> Named:
        found = self._find(blob)
        if found is None:
            raise Refused("unknown-blob", "no envelope held here names it")
        return found

    def _find(self, blob: str) -> Named | None:
        # held first: what leaves there has become public before
        return self._held(blob) or self._public(blob)

    def _public(self, blob: str) -> Named | None:
        """Give what public envelopes say of an attachment; of several the youngest."""
        rows = map(Named.of, self._reader.facts(BLOBS, blob))
        return max(rows, key=lambda one: one.day, default=None)

    def _held(self, blob: str) -> Named | None:
        if not self._held_records.drawn(room.of_blob(blob)):  # nothing is opened for who guesses
            return None
        found = self._held_records.find(Filter(kinds=(room.SEALED,), tags=(("blob", blob),)))
        said = (one for record in found for one in sealed.attachments(sealed.Envelope.of(record)))
        return max((one for one in said if one.id == blob), key=lambda one: one.day, default=None)

    def _make_room(self, asked: Named, hashes: bytes) -> None:
        with self._lock:
            if asked.id in self._there:
                return
            others = (
                (Named(one.id, one.size, one.group, one.day), one.is_whole)
                for one in self._there.values()
            )
            if not Room.of(asked, others).has(asked.size):
                raise Refused("blob-quota", "no room for that group's attachments now")
            new = Shelved(asked.id, asked.group, asked.day, asked.size, hashes, frozenset())
            self._file.put_list(new)
            self._there = {**self._there, asked.id: new}

    def _put(self, blob: str, number: int, body: bytes) -> None:
        found = self._there.get(blob)
        if found is None:
            raise Refused("unknown-blob", "its list comes first")
        blobroom.refuse_chunk(found.size, found.hashes, number, body)
        if number in found.chunks:
            return
        self._file.put(blob, number, body)
        with self._lock:
            now = self._there.get(blob, found)
            self._there = {**self._there, blob: replace(now, chunks=now.chunks | {number})}

    def _miss(self, blob: str, number: int) -> None:
        """Take an unsound chunk for one that did not come: a peer may give it once more."""
        with self._lock:
            now = self._there.get(blob)
            if now is not None:
                self._spoilt.add(blob)
                self._there = {**self._there, blob: replace(now, chunks=now.chunks - {number})}

    def _is_unfinished(self, one: Shelved) -> bool:
        return not one.is_whole and one.id not in self._spoilt  # what was whole is kept in part


def _has(bits: bytes, number: int) -> bool:
    return number // 8 < len(bits) and bool(bits[number // 8] << number % 8 & 128)


async def _first_good(given: AsyncIterator[bytes], take: Callable[[bytes], None]) -> bool:
    """Take the first of what peers give that is what it should be; tell whether there was one."""
    async for body in given:
        try:
            await asyncio.to_thread(take, body)
        except Refused:
            continue  # another peer may have it, or this one another time
        return True
    return False
