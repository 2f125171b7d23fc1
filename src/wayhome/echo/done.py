"""Done: which texts need not be said again at one place; one line each, in a file of its own.

What waits is everything official that is not here. So there is no queue that could be lost, and
what stops being official is not said any more.
"""

import os
from collections.abc import Iterable
from pathlib import Path


class Done:
    """The texts that one place has, or that were there before it was named."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.is_new = not path.exists()
        found = path.read_text("ascii").splitlines() if path.exists() else []
        self._ids = {line for line in found if len(line) == 64}  # noqa: PLR2004 - a torn line is said again

    def __contains__(self, record_id: str) -> bool:
        """Tell whether a text needs no more saying."""
        return record_id in self._ids

    def __len__(self) -> int:
        """Give how many."""
        return len(self._ids)

    def add(self, ids: Iterable[str]) -> None:
        """Note texts, durably."""
        new = [one for one in ids if one not in self._ids]
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        before = self._path.read_bytes() if self._path.exists() else b""
        is_torn = bool(before) and not before.endswith(b"\n")
        with self._path.open("a", encoding="ascii") as file:
            file.write(("\n" if is_torn else "") + "".join(f"{one}\n" for one in new))
            file.flush()
            os.fsync(file.fileno())
        self._ids |= set(new)
        self.is_new = False
