"""Backlog: what came and is not dealt with, and what was said and is not read, on all websockets.

Each connection has its bounds; of thousands of them the sum is what a small machine has not got.
"""

from collections.abc import Callable
from typing import TypeAlias

Cut: TypeAlias = Callable[[], None]

PIECE = 64  # bytes that each text costs besides what it says


class Backlog:
    """The bytes that each connection of one server makes us keep, by how it is cut."""

    def __init__(self, most: int) -> None:
        self.size = 0
        self._most = most
        self._sizes: dict[Cut, int] = {}

    def note(self, cut: Cut, size: int) -> None:
        """Keep so many bytes for a connection; while all keep too many, cut who keeps most."""
        self.size += size - self._sizes.pop(cut, 0)
        if size:
            self._sizes[cut] = size
        while self.size > self._most:
            largest = max(self._sizes, key=self._sizes.__getitem__)
            self.size -= self._sizes.pop(largest)
            largest()
