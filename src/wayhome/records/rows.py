"""Rows: facts of one view in order, each once, for views of so many that they stay bytes."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import groupby


def in_order(rows: Iterable[bytes]) -> list[bytes]:
    """Sort rows; repetition leaves no trace."""
    return [row for row, _ in groupby(sorted(rows))]


def new_among(more: Iterable[bytes], rows: Sequence[bytes]) -> list[bytes]:
    """Give what is not among ``rows``, which are in order; each once, in order too."""
    return in_order(row for row in more if not _has(rows, row))


def merged(rows: Sequence[bytes], new: Sequence[bytes]) -> list[bytes]:
    """Give both together in order; each is in order already, so that it is one pass."""
    return sorted([*rows, *new])


def _has(rows: Sequence[bytes], row: bytes) -> bool:
    at = bisect_left(rows, row)
    return at < len(rows) and rows[at] == row
