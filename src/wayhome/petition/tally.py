"""Tally: the signatures and withdrawals of one petition as packed rows, and what they add up to.

A row is bytes, and the tally is one sorted list of them: 128 bytes of memory each, so a million fit
where a million records would not. Sorted, one author's rows stand together, and among them the
lowest id of each option first.

    author 32 | option 1 | id 32 | created_at 7 | q 1 | q x kid16 8 | region

Option is 0 where none is offered; 255 says withdrawal, and the row ends with created_at.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Self

from wayhome.petition.listfile import ListFile
from wayhome.records.rows import in_order, merged, new_among

VIEW = "petition"
WITHDRAWN = 255

_AUTHOR = slice(0, 32)
_OPTION = 32
_ID = slice(33, 65)
_TIME = slice(65, 72)
_REST = slice(65, None)
_NOBODY, _NO_ID = bytes(32), bytes(32)
_Q = 72
_KID = 8


def head(author: bytes, option: int, record_id: bytes) -> bytes:
    """Give the part of a row that it is sorted by."""
    return b"%b%c%b" % (author, option, record_id)


def signed(front: bytes, created_at: int, kids: bytes, region: bytes) -> bytes:
    """Give a signature's row; ``kids`` are the first 8 bytes of each key's hash, joined."""
    return b"%b%b%c%b%b" % (front, created_at.to_bytes(7), len(kids) // _KID, kids, region)


def withdrawn(front: bytes, created_at: int) -> bytes:
    """Give a withdrawal's row."""
    return front + created_at.to_bytes(7)


def id_in(row: bytes) -> bytes:
    """Give the 32 bytes of the id in a row."""
    return row[_ID]


@dataclass(frozen=True, slots=True)
class Listing:
    """What one usable closing list holds."""

    author: str
    group: str
    signed: ListFile
    withdrawn: ListFile


@dataclass(frozen=True, slots=True)
class Frame:
    """What a total needs to know beside the rows."""

    q: int
    kids: tuple[bytes, ...]  # 8 bytes of each panel key, in panel order
    bounds: tuple[int, ...]  # in panel order
    listings: tuple[Listing, ...] = ()
    is_closed: bool = False


@dataclass(slots=True)
class Total:
    """What a tally adds up to; each person is in exactly one of five boxes.

    `options`, `windows`, `regions` and `quorums` are of the people counted or set aside: nobody is
    picked out to be set aside, it is a number.
    """

    counted: int = 0
    withdrawn: int = 0
    two_choices: int = 0
    set_aside: int = 0
    late: int = 0
    rows: int = 0
    strays: set[bytes] = field(default_factory=set)  # withdrawals without a signature
    options: Counter[str] = field(default_factory=Counter)
    windows: Counter[int] = field(default_factory=Counter)
    regions: Counter[str] = field(default_factory=Counter)
    quorums: Counter[bytes] = field(default_factory=Counter)  # by kids, joined
    crowds: Counter[bytes] = field(default_factory=Counter)  # all people of a quorum
    used: Counter[bytes] = field(default_factory=Counter)  # people not late, by kid
    folded: int = 0  # signatures that stand for an option of a key
    listed: Counter[str] = field(default_factory=Counter)  # of the folded ones, by list's author

    @property
    def people(self) -> int:
        """All keys that signed."""
        return self.counted + self.withdrawn + self.two_choices + self.set_aside + self.late


class Tally:
    """The set of rows of one petition."""

    def __init__(self, rows: list[bytes]) -> None:
        self._rows = rows
        self._rows.sort()

    @classmethod
    def of(cls, rows: Iterable[bytes]) -> Self:
        """Collect rows; order and repetition leave no trace."""
        return cls(in_order(rows))

    def noting(self, rows: Iterable[bytes]) -> Self:
        """Give the tally of these rows too."""
        return type(self)(merged(self._rows, new_among(rows, self._rows)))

    def __or__(self, other: "Tally") -> "Tally":
        """Merge two parts: the tally of both sets."""
        return Tally(self._rows + other._rows)

    def ids(self) -> Iterator[bytes]:
        """Stream the ids of all rows."""
        return (row[_ID] for row in self._rows)

    def signatures(self) -> Iterator[bytes]:
        """Stream the ids of the signatures that stand: the lowest of each key and option."""
        for _, rows in self._people():
            yield from (row[_ID] for row in _folded(rows) if row[_OPTION] != WITHDRAWN)

    def window(self, start: int) -> Iterator[bytes]:
        """Stream the ids of all signatures dated to one window."""
        at = start.to_bytes(7)
        return (r[_ID] for r in self._rows if r[_TIME] == at and r[_OPTION] != WITHDRAWN)

    @cached_property
    def by_window(self) -> dict[int, list[bytes]]:
        """The ids of all signatures by the window that they are dated to, in no order."""
        found = defaultdict[bytes, list[bytes]](list)
        for row in self._rows:
            if row[_OPTION] != WITHDRAWN:
                found[row[_TIME]].append(row[_ID])
        return {int.from_bytes(at): ids for at, ids in found.items()}

    def withdrawals(self) -> Iterator[bytes]:
        """Stream the ids of the withdrawals that stand: the lowest of each key that signed."""
        for _, rows in self._people():
            if rows[0][_OPTION] != WITHDRAWN and rows[-1][_OPTION] == WITHDRAWN:
                yield next(row[_ID] for row in rows if row[_OPTION] == WITHDRAWN)

    def repeated(self) -> set[bytes]:
        """Give the ids, in hex, of all signatures whose author has several records."""
        return {
            row[_ID].hex().encode()
            for _, rows in self._people()
            if len(rows) > 1
            for row in rows
            if row[_OPTION] != WITHDRAWN
        }

    def total(self, frame: Frame) -> Total:
        """Put each person into one box and add up."""
        total = Total()
        plain: Counter[bytes] = Counter()  # what nearly all are: one signature, nothing to ask
        is_open = not frame.is_closed and not frame.listings
        for _, rows in self._people():
            if is_open and len(rows) == 1 and rows[0][_OPTION] != WITHDRAWN:
                plain[rows[0][_OPTION : _OPTION + 1] + rows[0][_REST]] += 1
            else:
                _add(total, rows, frame)
        for rest, people in plain.items():
            _add_plain(total, _NOBODY + rest[:1] + _NO_ID + rest[1:], people)
        excess = [
            max(0, total.used[kid] - bound)
            for kid, bound in zip(frame.kids, frame.bounds, strict=True)
        ]
        # each person who leaves frees q groups of one stamp: so many must leave at least
        fewest = max(*excess, -(-sum(excess) // frame.q))
        total.set_aside = min(fewest, total.counted)
        total.counted -= total.set_aside
        return total

    def _people(self) -> Iterator[tuple[bytes, Sequence[bytes]]]:
        for author, group in groupby(self._rows, key=itemgetter(_AUTHOR)):
            rows = list(group)
            yield author, rows if len(rows) == 1 else list(dict.fromkeys(rows))


def _add_plain(total: Total, row: bytes, people: int) -> None:
    kids = _kids(row)
    total.rows += people
    total.folded += people
    total.crowds[kids] += people
    for at in _kid_places(row):
        total.used[row[at : at + _KID]] += people
    _count(total, row, people)


def _add(total: Total, rows: Sequence[bytes], frame: Frame) -> None:
    total.rows += len(rows)
    support = [row for row in rows if row[_OPTION] != WITHDRAWN]
    leaving = rows[len(support) :]
    if not support:
        total.strays.update(row[_ID] for row in leaving)
        return
    total.crowds[_kids(support[0])] += 1
    standing = _folded(support)
    total.folded += len(standing)
    for listing in frame.listings:
        total.listed[listing.author] += sum(row[_ID] in listing.signed for row in standing)
    if frame.is_closed and _is_late(support, frame):
        total.late += 1
        return
    total.used.update({row[at : at + _KID] for row in standing for at in _kid_places(row)})
    if len(standing) > 1:
        total.two_choices += 1
    elif leaving and (not frame.is_closed or _is_listed(leaving, frame)):
        total.withdrawn += 1
    else:
        _count(total, support[0], 1)


def _count(total: Total, row: bytes, people: int) -> None:
    kids = _kids(row)
    total.counted += people
    total.quorums[kids] += people
    total.windows[int.from_bytes(row[_TIME])] += people
    total.regions[row[_Q + 1 + len(kids) :].decode()] += people
    if row[_OPTION]:
        total.options[str(row[_OPTION])] += people


def _folded(rows: Sequence[bytes]) -> list[bytes]:
    if len(rows) == 1:
        return list(rows)
    lowest: dict[int, bytes] = {}
    for row in rows:
        lowest.setdefault(row[_OPTION], row)
    return list(lowest.values())


def _kids(row: bytes) -> bytes:
    return row[_Q + 1 : _Q + 1 + row[_Q] * _KID]


def _kid_places(row: bytes) -> range:
    return range(_Q + 1, _Q + 1 + row[_Q] * _KID, _KID)


def _is_late(rows: Sequence[bytes], frame: Frame) -> bool:
    groups = {
        listing.group
        for listing in frame.listings
        if any(row[_ID] in listing.signed for row in rows)
    }
    return len(groups) < frame.q


def _is_listed(rows: Sequence[bytes], frame: Frame) -> bool:
    return any(row[_ID] in listing.withdrawn for listing in frame.listings for row in rows)
