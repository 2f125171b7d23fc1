"""Copy: a new node's inside, with the groups' real kinds and one home group."""

import asyncio
from pathlib import Path
from random import Random

from groups.world import BOOK, NOW
from wayhome.groups.reach import Reach
from wayhome.groups.standing import STANDING, Standing
from wayhome.journal.fold import Fold
from wayhome.journal.held import HeldRecords
from wayhome.journal.intake import Intake
from wayhome.journal.lines import in_order_of_need
from wayhome.journal.verifier import ask_here
from wayhome.peers.judging import Ours
from wayhome.peers.service import Asked, Neighbours, Peers
from wayhome.peers.way import Way
from wayhome.records.filter import Filter
from wayhome.records.record import Record
from wayhome.relay.reconcile import Items
from wayhome.store.memory import MemoryStore
from wayhome.store.store import Store


class Copy:
    """A new node's inside, with one home group."""

    def __init__(self, folder: Path, home: str, store: Store | None = None) -> None:
        self.store = store or MemoryStore()
        self.fold = Fold(self.store)
        held = HeldRecords(self.store, folder)

        def ground() -> Reach:
            return Reach(self.standing, [home], 3)

        self.intake = Intake(BOOK, self.store, self.fold, ground, held, lambda: NOW, ask_here)

    @property
    def standing(self) -> Standing:
        return self.fold.view(STANDING, "", Standing)

    def take(self, records: list[Record], seed: int = 0) -> list[object]:
        lines = [one.line for one in records]
        Random(seed).shuffle(lines)  # noqa: S311 - an order, not a secret

        async def all_of_them() -> list[object]:
            ordered = in_order_of_need(BOOK, lambda: lines)
            return [one async for one in self.intake.receive_lines(ordered, "peer")]

        return asyncio.run(all_of_them())

    def peers(self, *urls: str) -> Peers:
        """Give who is asked for records that are lacking here; nobody can ask back."""

        async def items(kind: int) -> Items:
            every = self.store.find(Filter(kinds=(kind,)))
            return Items((one.created_at, bytes.fromhex(one.id)) for one in every)

        kinds = tuple(kind.number for kind in BOOK.in_order())
        ours = Ours(
            self.store,
            kinds,
            items,
            lambda lines: self.intake.receive_lines(lines, "peer"),
            self.intake.waits_for,
            lambda: NOW,
        )
        asked = [Asked(url) for url in urls]
        return Peers(Neighbours(asked, lambda: (), "", b"copy"), ours, self.intake.feed, Way())
