"""Offering: what a relay that asks nobody lacks of ours, and what it does not take.

Of a kind of which only a part is carried nothing is offered.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence

from wayhome.codec import limits
from wayhome.peers.judging import Ours, id_of
from wayhome.peers.peer import NotTaken, Peer
from wayhome.records.record import Record
from wayhome.store.line import ids_in

# what it says of a record that it may take at another moment
_FOR_NOW = frozenset({"rate-limited", "error", "busy"})


class Offering:
    """What one connection with a peer offers, if the settings say so.

    Where a relay can compare, it tells what it lacks. Where it cannot, its pages show what it has:
    that is remembered until it is asked for everything anew. What it declines it is offered again
    a day later.
    """

    def __init__(self, peer: Peer, ours: Ours) -> None:
        self._peer = peer
        self._ours = ours
        self._only_here: list[bytes] = []

    def lacks(self, kind: int, ids: Sequence[bytes]) -> None:
        """Note what a comparison showed."""
        if self._is_offered(kind):
            self._only_here += self._not_declined(ids)

    def has(self, kind: int, came: Sequence[bytes]) -> None:
        """Note what a relay that cannot compare has, as it gave or told it."""
        place = self._peer.places.get(kind)
        if place and self._is_offered(kind):
            place.has.update([id_of(raw) for raw in came][: self._room])

    async def look(self, kind: int) -> None:
        """Find what a relay lacks that was asked for all of a kind by pages."""
        if self._is_offered(kind):
            held = await asyncio.to_thread(lambda: ids_in(self._ours.reader.keys(kind)))
            has = self._peer.places[kind].has
            lacked = self._not_declined(one for one in held if one not in has)
            self._only_here += lacked[: self._room]  # where there is none, nothing is known

    def records(self) -> Iterator[Record]:
        """Give what is to be offered, in the order of need; it is not offered twice."""
        only_here, self._only_here = self._only_here, []
        for record_id in only_here:
            record = self._ours.reader.get(record_id.hex())
            if record is not None:  # else it has lapsed, or is damaged
                yield record

    def judged(self, record: Record, why: str) -> None:
        """Note what became of it; `why` is empty where it was taken."""
        self._peer.named.pop(record.id, None)
        if not why:
            self.has(record.kind, [record.line])
            return
        if why not in _FOR_NOW and len(self._peer.declined) < limits.PEER_REMEMBERED:
            self._peer.declined.add(bytes.fromhex(record.id))
        self._peer.not_taken[why] += 1
        if record.kind not in self._ours.unnamed:
            self._peer.name(NotTaken(record.id, record.kind, why))

    def _not_declined(self, ids: Iterable[bytes]) -> list[bytes]:
        return [one for one in ids if one not in self._peer.declined]

    def _is_offered(self, kind: int) -> bool:
        return self._peer.offers and kind not in self._ours.narrowed

    @property
    def _room(self) -> int:
        return limits.PEER_REMEMBERED - sum(len(one.has) for one in self._peer.places.values())
