"""Proposals: whether a key fills its room here, which nobody does who writes for people."""

from wayhome.doctor.finding import Finding, found
from wayhome.groups.standing import STANDING, Standing
from wayhome.pages.words import Words
from wayhome.records.kind import Fact
from wayhome.records.record import Record
from wayhome.store.beside import FactsOf

_TOGETHER = 10_000  # rows that are noted at once


class Listening:
    """Counts the facts of records that are looked at anyway, and hears what groups say in them."""

    def __init__(self, count: FactsOf) -> None:
        self._count = count
        self._standing = Standing()
        self._rows: list[bytes] = []

    def __call__(self, record: Record) -> tuple[Fact, ...]:
        """Give the facts of a record."""
        facts = tuple(self._count(record))
        self._rows += [fact.row for fact in facts if fact.view == STANDING]
        if len(self._rows) >= _TOGETHER:
            self._note()
        return facts

    def look(self, words: Words) -> list[Finding]:
        """Judge what was heard: who wrote as much as is kept; nothing where no group speaks."""
        self._note()
        if not self._standing.charters:
            return []
        name, full = "proposals", self._standing.flooded()
        if not full:
            return [found(name, "well", words.say("no key fills its room"))]
        so = words.say(
            "one key wrote as much as is kept that others have not signed, of the group %(groups)s",
            groups=", ".join(full),
        )
        todo = words.say(
            "It may be in other hands: tell the group. What k of its organisers sign is still taken"
        )
        return [found(name, "warning", so, todo)]

    def _note(self) -> None:
        self._standing = self._standing.noting(self._rows)
        self._rows = []
