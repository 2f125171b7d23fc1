"""Stored: what a store holds for a filter, newest first, a little at a time and at a bounded cost.

Two ways lead there. Where an index of the store narrows the question, all that it gives is looked
at and the newest are kept. Where it gives too much, the ledger is walked from its newest end.

Whatever is asked is answered in parts, each of them short, so that others have their turn between
two of them: a question for which all must be looked at is no longer than others to who waits.
"""

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import merge, nsmallest
from itertools import islice
from struct import Struct
from typing import TypeAlias

from wayhome.codec import limits
from wayhome.records.filter import Filter
from wayhome.relay.lately import Lately
from wayhome.relay.roll import Roll, id_in, item_of
from wayhome.relay.wanted import Wanted
from wayhome.store.line import KEY_BYTES, Match, claimed_place, key_of_line
from wayhome.store.shelf import INDEXED
from wayhome.store.store import Reader

_TOGETHER = 64  # records read at once: 4 MiB at the very most
_PART = 128  # records looked at for a part of an answer: 3 ms of one core, 8 MiB at the very most
_KEYS = 16_384  # keys of a part, of which no record is looked at: as long
_NARROW = 10_000  # records that an index may give before the ledger is the shorter way
_PACKED = Struct(f"!{KEY_BYTES}sH")  # a place while it is remembered: a third of what it is as two
_OF_A_VALUE = 8  # places that are remembered in as much as a value of a filter
# a bare quote stands in a line only where NIP-01 has one, so this is a tag (NIP-40)
_EXPIRATION = re.compile(rb'\["expiration","([0-9]{1,16})"')

_Place: TypeAlias = tuple[bytes, int]  # key, kind
_Found: TypeAlias = tuple[bytes, bytes]  # key, line; without a line nothing was found up to there
_NOTHING: _Found = (b"", b"")


class TooBroad(Exception):  # noqa: N818 - the caller's fault
    """The question costs more than one caller may cost."""


@dataclass(slots=True)
class Effort:
    """How many more records may be looked at for one question, and how many are remembered.

    What an index led to is remembered until it was given, however slowly the caller reads.
    """

    left: int = field(default_factory=lambda: limits.RELAY_LOOKS)
    remembered: int = 0

    @property
    def values(self) -> int:
        """How many values of a filter are as much to hold as what is remembered."""
        return -(-self.remembered // _OF_A_VALUE)

    def spend(self, number: int) -> None:
        """Look at so many.

        Raises:
            TooBroad: there is no more.
        """
        self.left -= number
        if self.left < 0:
            raise TooBroad


def has_lapsed(line: bytes, now: int) -> bool:
    """Tell whether a record's own expiration has passed (NIP-40)."""
    found = _EXPIRATION.search(line)
    return found is not None and int(found[1]) <= now


@dataclass(frozen=True, slots=True)
class Shelves:
    """The store, what the ledger knew of each kind at one moment, and that moment.

    `lapsing` are the kinds whose records lapse; `lately` has lines that need not be read again.
    """

    reader: Reader
    rolls: Mapping[int, Roll]
    lapsing: frozenset[int]
    lately: Lately
    now: int

    def find(self, filters: Sequence[Wanted], effort: Effort) -> Iterator[list[bytes]]:
        """Give the lines that match any of the filters, newest first, each once, in parts.

        Raises:
            TooBroad: it would cost too much; what was given before is right.
            StorageFault: the store cannot be read.
        """
        found = [_first(self._lines(one, effort, _most(one)), _most(one)) for one in filters]
        lines = _first(_each_once(merge(*found)), limits.RELAY_ANSWER)
        return ([line for _, line in part] for part in _parts(lines, effort))

    def count(self, filters: Sequence[Wanted], effort: Effort) -> Iterator[int]:
        """Count what matches any of the filters, exactly, in parts; no limit is looked at.

        Raises:
            TooBroad: it would cost too much.
            StorageFault: the store cannot be read.
        """
        counted = self._counted(filters[0]) if len(filters) == 1 else None
        if counted is not None:
            yield counted
            return
        found = _each_once(merge(*(self._lines(one, effort, None) for one in filters)))
        yield from map(len, _parts(found, effort))

    def keys(self, wanted: Wanted) -> Iterator[list[bytes]]:
        """Give the keys of what matches, lapsed or not: peers would never agree otherwise.

        Raises:
            TooBroad: it would cost too much.
            StorageFault: the store cannot be read.
        """
        if wanted.asks_kinds_alone:
            walked = islice((key for key, _ in self._walked(wanted)), wanted.limit)
            return iter(lambda: list(islice(walked, _KEYS)), [])
        effort, timeless = Effort(), replace(self, lapsing=frozenset())
        found = timeless._lines(wanted, effort, wanted.limit)  # noqa: SLF001 - its own kind
        found = found if wanted.limit is None else _first(found, wanted.limit)
        return ([key for key, _ in part] for part in _parts(found, effort))

    def _lines(self, wanted: Wanted, effort: Effort, most: int | None) -> Iterator[_Found]:
        """Give keys and lines of one filter, newest first; ``most`` is how many will be taken."""
        if wanted.is_empty or most == 0 or not self._kinds(wanted):
            return
        places = yield from self._placed(wanted, effort, most)
        match = Match.of(wanted.stored(()))
        while together := list(islice(places, min(_TOGETHER, most or _TOGETHER))):
            effort.spend(len(together))
            lines = self._read(together)
            for key, kind in together:
                line = lines.get(key)
                if line is not None and match.matches(line) and not self._is_over(line, kind):
                    yield key, line
            yield together[-1][0], b""

    def _placed(
        self, wanted: Wanted, effort: Effort, most: int | None
    ) -> Generator[_Found, None, Iterator[_Place]]:
        """Find where to look: what the store's own index leads to, or where that is much, all."""
        questions = self._questions(wanted)
        effort.spend(len(questions) + len(wanted.ids or ()))
        seen: set[bytes] = set()
        left = _NARROW
        for question in questions:
            left -= self._leads(question)
            if left < 0:
                effort.remembered -= len(seen)
                return self._walked(wanted)
            before = len(seen)
            for line in self.reader.lines(question):
                seen.update(self._told(line, wanted))
                effort.spend(1)
            effort.remembered += len(seen) - before
            yield _NOTHING
        if not questions:
            return self._walked(wanted)
        first = sorted(seen) if most is None else nsmallest(most, seen)
        effort.remembered -= len(seen) - len(first)
        return _PACKED.iter_unpack(b"".join(first))

    def _leads(self, question: Filter) -> int:
        """Give how many records the index leads to, which costs less than to look at a few."""
        if question.ids is not None:
            return len(question.ids)
        tags = question.tags[:1] if question.authors is None else ()
        return self.reader.count(Filter(None, question.authors, question.kinds, tags))

    def _told(self, line: bytes, wanted: Wanted) -> Iterator[bytes]:
        """Give the packed place of a line that the ledger knows and may be given, or nothing."""
        key, claimed = key_of_line(line), claimed_place(line)
        kind = claimed[0] if claimed else -1
        is_dated = wanted.since <= item_of(key)[0] <= wanted.until
        if is_dated and key in self.rolls[kind] and not self._is_over(line, kind):
            yield _PACKED.pack(key, kind)

    def _questions(self, wanted: Wanted) -> list[Filter]:
        """Part a filter into questions that one place of an index answers; none where none does.

        The store gathers what several values give before it gives any of it; one streams.
        """
        asked = wanted.stored(self._kinds(wanted))
        if asked.ids is not None:
            return [asked]
        if asked.authors is not None:
            return [replace(asked, authors=(one,)) for one in asked.authors]
        for name in INDEXED:
            values = [tag for tag in asked.tags if tag[0] == name]
            rest = tuple(tag for tag in asked.tags if tag[0] != name)
            if values:
                return [replace(asked, tags=(tag, *rest)) for tag in values]
        return []

    def _counted(self, wanted: Wanted) -> int | None:
        """Count without looking at a record; None where that cannot be done."""
        kinds = self._kinds(wanted)
        if wanted.is_empty or not kinds:
            return 0
        if self.lapsing.intersection(kinds):
            return None
        if wanted.asks_kinds_alone:
            return sum(self.rolls[kind].count(wanted.since, wanted.until) for kind in kinds)
        question = self._questions(wanted)
        if wanted.is_dated or wanted.ids is not None or wanted.conditions != 1:
            return None
        return self.reader.count(question[0]) if len(question) == 1 else None

    def _walked(self, wanted: Wanted) -> Iterator[_Place]:
        return merge(*[self._places(kind, wanted) for kind in self._kinds(wanted)])

    def _places(self, kind: int, wanted: Wanted) -> Iterator[_Place]:
        return ((key, kind) for key in self.rolls[kind].keys(wanted.since, wanted.until))

    def _kinds(self, wanted: Wanted) -> tuple[int, ...]:
        return tuple(kind for kind in self.rolls if wanted.kinds is None or kind in wanted.kinds)

    def _is_over(self, line: bytes, kind: int) -> bool:
        return kind in self.lapsing and has_lapsed(line, self.now)

    def _read(self, together: Sequence[_Place]) -> dict[bytes, bytes]:
        found = self.lately.find(key for key, _ in together)
        ids: dict[int, list[str]] = {}
        for key, kind in together:
            if key not in found:
                ids.setdefault(kind, []).append(id_in(key))
        for kind, some in ids.items():
            lines = self.reader.lines(Filter(ids=tuple(some), kinds=(kind,)))
            read = {key_of_line(line): line for line in lines}
            self.lately.remember(kind, read)
            found |= read
        return found


def _most(wanted: Wanted) -> int:
    asked = limits.RELAY_ANSWER if wanted.limit is None else wanted.limit
    return min(asked, limits.RELAY_ANSWER)


def _each_once(found: Iterator[_Found]) -> Iterator[_Found]:
    last = b""
    for key, line in found:
        if not line:
            yield _NOTHING
        elif key != last:
            yield key, line
            last = key


def _first(found: Iterator[_Found], most: int) -> Iterator[_Found]:
    """Give so many of them."""
    for key, line in found:
        yield key, line
        most -= bool(line)
        if most == 0:
            return


def _parts(found: Iterator[_Found], effort: Effort) -> Iterator[list[_Found]]:
    """Cut what is found where so much was looked at."""
    part: list[_Found] = []
    end = effort.left - _PART
    for key, line in found:
        if line:
            part.append((key, line))
        if effort.left <= end:
            yield part
            part, end = [], effort.left - _PART
    yield part
