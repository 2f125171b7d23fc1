"""Holds: is this text anywhere in the files of a node or a desk? The raw bytes are searched."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text is found: a file, how often, and in which spelling."""

    file: str
    times: int
    spelling: str


def holds(folder: Path, text: str) -> Iterator[Place]:
    """Search every file of a folder, names included, for a text as it is and as JSON writes it.

    Upper and lower case are the same, of ASCII letters only. What lies under a key page, sealed or
    as a keyed hash, is not found: that is the claim.
    """
    spellings = _spellings(text)
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if text.lower() in name.lower():
            yield Place(name, 1, "in its name")
        if path.is_file() and not path.is_symlink():
            for spelling, needle in spellings.items():
                times = _times(path, needle)
                if times:
                    yield Place(name, times, spelling)


def _spellings(text: str) -> dict[str, bytes]:
    """Give the byte strings that stand for a text; the same bytes only once."""
    found = {
        "as it is": text.encode().lower(),
        "in UTF-16": text.encode("utf-16-le").lower(),
        "as JSON": json.dumps(text)[1:-1].encode().lower(),
    }
    return {name: needle for name, needle in found.items() if _is_first(found, name, needle)}


def _is_first(found: dict[str, bytes], name: str, needle: bytes) -> bool:
    return next(one for one, other in found.items() if other == needle) == name


def _times(path: Path, needle: bytes) -> int:
    times, rest = 0, b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            whole = rest + piece.lower()
            times += whole.count(needle)
            rest = whole[len(whole) - len(needle) + 1 :] if len(needle) > 1 else b""
    return times
