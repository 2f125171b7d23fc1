"""Lately: lines that were read lately, by key, so that what everybody asks for is read once.

Two generations: what is asked for again moves to the younger one, and when that is full the older
is forgotten.
"""

from collections.abc import Iterable, Mapping
from threading import Lock

_GENERATION = 4 * 1024 * 1024  # bytes of lines: some 3,000 posts


class Lately:
    """Lines in memory, of kinds whose records never leave the store. Safe for threads."""

    def __init__(self, staying: frozenset[int]) -> None:
        self._staying = staying
        self._lock = Lock()
        self._young: dict[bytes, bytes] = {}
        self._old: dict[bytes, bytes] = {}
        self._size = 0

    def find(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Give those that are known."""
        with self._lock:
            asked = [(key, self._young.get(key) or self._old.get(key)) for key in keys]
            found = {key: line for key, line in asked if line is not None}
            self._add(found)
        return found

    def remember(self, kind: int, lines: Mapping[bytes, bytes]) -> None:
        """Know these for a while, if they are of a kind that stays."""
        if kind in self._staying:
            with self._lock:
                self._add(lines)

    def _add(self, lines: Mapping[bytes, bytes]) -> None:
        for key, line in lines.items():
            if key not in self._young:
                self._young[key] = line
                self._size += len(line)
        if self._size > _GENERATION:
            self._old, self._young, self._size = self._young, {}, 0
