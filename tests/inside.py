"""Inside: a node's inside with toy kinds: a store, its fold, held records and the intake."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import toys
from wayhome.journal.answer import Answer
from wayhome.journal.fold import Fold
from wayhome.journal.held import HeldRecords
from wayhome.journal.intake import Intake
from wayhome.journal.judge import Ask
from wayhome.journal.verifier import ask_here
from wayhome.records.kind import KindBook, Origin
from wayhome.records.record import Record
from wayhome.store.store import Store


@dataclass
class Inside:
    """Everything between the doors; `now` is what its clock says."""

    store: Store
    folder: Path
    book: KindBook = toys.BOOK
    now: int = 1_000
    ask: Ask = ask_here
    fold: Fold = field(init=False)
    held: HeldRecords = field(init=False)
    intake: Intake = field(init=False)

    def __post_init__(self) -> None:
        self.fold = Fold(self.store)
        self.held = HeldRecords(self.store, self.folder / "pages")
        self.intake = Intake(
            self.book,
            self.store,
            self.fold,
            toys.Everywhere,
            self.held,
            lambda: self.now,
            self.ask,
        )

    def take(self, *records: Record, origin: Origin = "peer") -> list[Answer | BaseException]:
        return self.take_raw(*(record.line for record in records), origin=origin)

    def take_raw(self, *lines: bytes, origin: Origin = "peer") -> list[Answer | BaseException]:
        async def all_at_once() -> list[Answer | BaseException]:
            asked = [self.intake.receive(line, origin) for line in lines]
            return await asyncio.gather(*asked, return_exceptions=True)

        return asyncio.run(all_at_once())

    def release(self) -> int:
        return asyncio.run(self.intake.release(self.now))
