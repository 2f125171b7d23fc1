"""Pack file: a TOML file of a data pack in a closed shape; a fault names file, line and word.

TOML's readers keep no places, so the lines of tables and keys are found by a second look at the
text. It knows what packs are written in: tables, arrays of tables, and values that may go on for
several lines.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NoReturn, TypeAlias, TypeVar

import msgspec

_Shape = TypeVar("_Shape")
Place: TypeAlias = tuple[str | int, ...]
Word: TypeAlias = Literal[
    "no-file",
    "bad-toml",
    "unknown-field",
    "missing-field",
    "bad-value",
    "bad-date",
    "twice",
    "no-such-authority",
    "no-such-rule",
    "no-such-letter",
    "no-such-name",
    "bad-template",
]

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*(?:\"([^\"]+)\"|([A-Za-z0-9_-]+))\s*=\s*(.*)$")
_PLACE = re.compile(r" - at `\$?(.*)`$", re.DOTALL)
_PART = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")


class PackFault(Exception):  # noqa: N818 - the pack's fault, told in words
    """A pack cannot be read; the message names the file, the line and what is wrong there."""

    def __init__(self, file: str, word: Word, message: str, line: int = 0) -> None:
        super().__init__(f"{file}{f':{line}' if line else ''}: {word}: {message}")
        self.file, self.word, self.line = file, word, line


class PackFile:
    """One file of a pack, and where its values stand."""

    def __init__(self, path: Path, name: str = "") -> None:
        """Read the file.

        Raises:
            PackFault: it is not there, or is not TOML.
        """
        self.name = name or path.name
        try:
            self.text = path.read_text("utf-8")
            self._found = tomllib.loads(self.text)
        except OSError as error:
            raise PackFault(self.name, "no-file", str(error.strerror)) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            at = re.search(r"line (\d+)", str(error))
            raise PackFault(self.name, "bad-toml", str(error), int(at[1]) if at else 0) from error
        self._lines = _lines_of(self.text)

    def shaped(self, shape: type[_Shape]) -> _Shape:
        """Give what the file says, in its shape.

        Raises:
            PackFault: a field is unknown, missing, or is not what it should be.
        """
        try:
            return msgspec.convert(self._found, shape)
        except msgspec.ValidationError as error:
            self._tell(error)

    def fault(self, word: Word, message: str, *place: str | int) -> PackFault:
        """Give the fault of a value at a place: `("rule", 0, "from")`."""
        return PackFault(self.name, word, message, self.line(place))

    def line(self, place: Place) -> int:
        """Give the line of a place, or of the nearest table around it."""
        while place and place not in self._lines:
            place = place[:-1]
        return self._lines.get(place, 1)

    def _tell(self, error: msgspec.ValidationError) -> NoReturn:
        said = str(error)
        found = _PLACE.search(said)
        place: Place = tuple(
            int(number) if number else name
            for name, number in (_PART.findall(found[1]) if found else ())
        )
        field = re.search(r"field `([^`]+)`", said)
        at = (*place, field[1]) if field else place
        raise PackFault(self.name, _word(said), said, self.line(at)) from error


def checked_day(text: str) -> dt.date | None:
    """Give the day that `checked` begins with; None where nobody has looked.

    Raises:
        ValueError: it begins with something else.
    """
    return dt.date.fromisoformat(text[:10]) if text else None


def _word(said: str) -> Word:
    if "unknown field" in said:
        return "unknown-field"
    if "missing required" in said:
        return "missing-field"
    return "bad-date" if re.search(r"`date`|date|RFC3339", said) else "bad-value"


def _lines_of(text: str) -> Mapping[Place, int]:
    """Find the line of every table and key. An array of tables counts its tables from 0."""
    lines: dict[Place, int] = {}
    numbers: dict[Place, int] = {}
    table: Place = ()
    going_on = _GoingOn()
    for number, line in enumerate(text.splitlines(), 1):
        if going_on.took(line):
            continue
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            table = _table(header, numbers)
            lines[table] = number
        elif key:
            lines[(*table, key[1] or key[2])] = number
            going_on.begin(key[3])
    return lines


def _table(header: re.Match[str], numbers: dict[Place, int]) -> Place:
    """Give the place of a header, counting on where it begins another table of an array."""
    place: Place = ()
    names = [name.strip().strip('"') for name in header[2].split(".")]
    for i, name in enumerate(names):
        place = (*place, name)
        if i == len(names) - 1 and header[1] == "[[":
            numbers[place] = numbers.get(place, -1) + 1
        if place in numbers:
            place = (*place, numbers[place])
    return place


class _GoingOn:
    """Whether a value that was begun goes on in the next line."""

    def __init__(self) -> None:
        self._until = ""
        self._depth = 0

    def begin(self, value: str) -> None:
        """Look at what stands behind a key."""
        for quotes in ('"""', "'''"):
            if value.startswith(quotes):
                self._until = "" if quotes in value[3:] else quotes
                return
        self._depth = max(0, _depth(value))

    def took(self, line: str) -> bool:
        """Tell whether a line belongs to the value before it."""
        if self._until:
            self._until = "" if self._until in line else self._until
            return True
        if self._depth:
            self._depth = max(0, self._depth + _depth(line))
            return True
        return False


def _depth(text: str) -> int:
    plain = re.sub(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|#.*$", "", text)
    return sum(plain.count(one) for one in "[{") - sum(plain.count(one) for one in "]}")
