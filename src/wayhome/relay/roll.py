"""Roll: keys of records in order, which never change: what is new makes another roll."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import merge

from wayhome.store.line import AGE_BYTES, KEY_BYTES, LATEST

_SIZE = KEY_BYTES
_LAST = LATEST
_PIECE = 4_096  # keys
_FENCED = 64  # keys between two fences
_AGES = b"\xff" * AGE_BYTES + bytes(KEY_BYTES - AGE_BYTES)
_GROWTH = 4  # a run is at least so many times as long as the one after it


def id_in(key: bytes) -> str:
    """Give a key's record id."""
    return key[8:].hex()


def item_of(key: bytes) -> tuple[int, bytes]:
    """Give what is reconciled: created_at and the id's bytes."""
    return _LAST - int.from_bytes(key[:8], "big"), key[8:]


class _Run(bytes):
    """Keys in order, joined."""

    @cached_property
    def fences(self) -> list[bytes]:
        """Every so-manieth key, by which the others are found."""
        return [self[at : at + _SIZE] for at in range(0, len(self), _FENCED * _SIZE)]

    def has(self, key: bytes) -> bool:
        """Tell whether a key is there; a library's loop looks, for it is asked of every record."""
        start = (bisect_right(self.fences, key) - 1) * _FENCED * _SIZE
        at = self.find(key, max(0, start), start + _FENCED * _SIZE)
        return at >= 0 and at % _SIZE == 0


@dataclass(frozen=True, slots=True)
class Roll:
    """Sorted keys that never change: a few runs of bytes, each much longer than the next."""

    runs: "tuple[_Run, ...]" = ()

    @classmethod
    def of(cls, keys: Iterable[bytes]) -> "Roll":
        """Make it of keys in any order, each once."""
        return cls.of_run(b"".join(sorted(keys)))

    @classmethod
    def of_run(cls, run: bytes) -> "Roll":
        """Make it of keys in order, joined."""
        return cls(_runs_of([run]))

    def __len__(self) -> int:
        """Give how many keys there are."""
        return sum(map(len, self.runs)) // _SIZE

    def __contains__(self, key: bytes) -> bool:
        """Tell whether a key is there."""
        return any(run.has(key) for run in self.runs)

    def count(self, since: int, until: int) -> int:
        """Give how many are dated so, both ends included."""
        return sum(end - start for _, start, end in self._parts(since, until))

    def keys(self, since: int = 0, until: int = _LAST) -> Iterator[bytes]:
        """Give those that are dated so, newest first."""
        parts = [_cut(run, start, end) for run, start, end in self._parts(since, until)]
        return merge(*parts) if len(parts) > 1 else iter(parts[0] if parts else ())

    def rows(self) -> list[bytes]:
        """Give created_at and id of each, joined, as sets are reconciled: the oldest first."""
        rows: list[bytes] = []
        for run in self.runs:
            for at in range(0, len(run), _PIECE * _SIZE):
                dated = _dated(run[at : at + _PIECE * _SIZE])
                rows += _cut(dated, 0, len(dated) // _SIZE)
        rows.reverse()  # nearly sorted, so that sorting is quick
        rows.sort()
        return rows

    def plus(self, keys: Iterable[bytes]) -> "Roll":
        """Give one that has these too; none of them is there yet."""
        runs: list[bytes] = [*self.runs, b"".join(sorted(keys))]
        while len(runs) > 1 and len(runs[-2]) < _GROWTH * len(runs[-1]):
            last = runs.pop()
            runs[-1] = _spliced(runs[-1], last)
        return Roll(_runs_of(runs))

    def within(self, there: bytes) -> "Roll":
        """Give one that has those of its keys that are among others, which are in order, joined."""
        return Roll(_runs_of(_within(run, there) for run in self.runs))

    def without(self, keys: Iterable[bytes]) -> "Roll":
        """Give one that has not these."""
        runs: Sequence[bytes] = self.runs
        for key in keys:
            runs = [_without(run, key) for run in runs]
        return Roll(_runs_of(runs))

    def _parts(self, since: int, until: int) -> Iterator[tuple[bytes, int, int]]:
        newest = (_LAST - until).to_bytes(8, "big")
        for run in self.runs:
            start, end = _index(run, newest), len(run) // _SIZE
            if since:
                end = _index(run, (_LAST - since + 1).to_bytes(8, "big"))
            if start < end:
                yield run, start, end


def _index(run: bytes, key: bytes) -> int:
    size = len(key)
    return bisect_left(
        range(len(run) // _SIZE), key, key=lambda at: run[at * _SIZE : at * _SIZE + size]
    )


def _cut(run: bytes, start: int, end: int) -> Iterator[bytes]:
    return (run[at : at + _SIZE] for at in range(start * _SIZE, end * _SIZE, _SIZE))


def _runs_of(runs: Iterable[bytes]) -> tuple[_Run, ...]:
    return tuple(run if isinstance(run, _Run) else _Run(run) for run in runs if run)


def _dated(run: bytes) -> bytes:
    """Turn the ages of keys into dates, all at once: each is what the other lacks to 2^64 - 1."""
    turned = int.from_bytes(_AGES * (len(run) // _SIZE)) ^ int.from_bytes(run)
    return turned.to_bytes(len(run))


def _within(run: bytes, there: bytes) -> bytes:
    """Leave out of a run what is not there; piece by piece, for as a rule nothing is."""
    pieces: list[bytes] = []
    begin = 0
    for at in range(0, len(run), _PIECE * _SIZE):
        piece = run[at : at + _PIECE * _SIZE]
        end = _index(there, piece[-_SIZE:]) + 1
        others = there[begin * _SIZE : end * _SIZE]
        if piece != others:
            known = {*_cut(others, 0, len(others) // _SIZE)}
            piece = b"".join(key for key in _cut(piece, 0, len(piece) // _SIZE) if key in known)
        pieces.append(piece)
        begin = end - 1
    return b"".join(pieces)


def _without(run: bytes, key: bytes) -> bytes:
    at = _index(run, key) * _SIZE
    return run[:at] + run[at + _SIZE :] if run[at : at + _SIZE] == key else run


def _spliced(long: bytes, short: bytes) -> bytes:
    """Make one run of two; sorted piece by piece, for a million keys as objects take 80 MB."""
    pieces: list[bytes] = []
    done = 0
    for at in range(0, len(long), _PIECE * _SIZE):
        piece, rest = long[at : at + _PIECE * _SIZE], at + _PIECE * _SIZE
        end = _index(short, long[rest : rest + _SIZE]) if rest < len(long) else len(short) // _SIZE
        if done < end:
            both = (*_cut(piece, 0, len(piece) // _SIZE), *_cut(short, done, end))
            piece = b"".join(sorted(both))
        pieces.append(piece)
        done = end
    return b"".join(pieces)
