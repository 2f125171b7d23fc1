"""Envelopes: those of one group in a desk's folder, as any node has them, with an index beside.

Every envelope was checked when it came. Here nobody checks its outer sig again, which a key made
that nobody kept: what opens it, and the sig of what is inside, say more. The index holds what
everybody can see of it, and is made anew from the file when it is missing or does not fit.
"""

import os
import struct
from base64 import b64decode
from binascii import Error as BadBase64
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from wayhome.cases.body import Place
from wayhome.cases.kinds.sealed import DAY, NUMBER, Envelope
from wayhome.codec import limits
from wayhome.desk.known import DeskFault
from wayhome.records.record import Record

NAME = "envelopes.jsonl"
INDEX = "envelopes.index"
_ROW = struct.Struct(">32s16sIQI")  # id, slot, day, where its line begins, how long it is
_HEX_ID, _HEX_SLOT = 64, 32


@dataclass(frozen=True, slots=True)
class Sealed:
    """An envelope: its id, where it belongs, when it lapses, and the sealed file in it."""

    id: str
    place: Place
    expires: int
    file: bytes = field(repr=False)


class _Line(msgspec.Struct):
    id: str
    created_at: int
    kind: int
    tags: tuple[tuple[str, ...], ...]
    content: str = ""


_READ = msgspec.json.Decoder(_Line)


class _At(NamedTuple):  # tens of thousands are made at each start, and a tuple is made fastest
    slot: str
    day: int
    begins: int
    size: int


class Envelopes:
    """The file and its index. Only what is new is ever written; nothing of it is secret."""

    def __init__(self, folder: Path, group: str) -> None:
        self._path, self._index = folder / NAME, folder / INDEX
        self._group = group
        self._there = dict(self._indexed())
        self._end = max((one.begins + one.size for one in self._there.values()), default=0)
        self._read_on()
        self.slots = Counter(one.slot for one in self._there.values())

    def __len__(self) -> int:
        """Give the number of envelopes."""
        return len(self._there)

    def __contains__(self, name: str) -> bool:
        """Tell whether one is here."""
        return name in self._there

    @property
    def ids(self) -> tuple[str, ...]:
        """All of them, by their days: what opens an envelope came on an earlier day, as a rule.

        Within a day they ascend, so that no order tells when one came.
        """
        return tuple(sorted(self._there, key=lambda one: (self._there[one].day, one)))

    def slot(self, name: str) -> str:
        """Give the slot of one that is here."""
        return self._there[name].slot

    def youngest(self, slot: str) -> int:
        """Give the latest day that an envelope in a slot states; 0 where none lies there."""
        return max((one.day for one in self._there.values() if one.slot == slot), default=0)

    def each(self, names: Iterable[str]) -> Iterator[Sealed]:
        """Give envelopes; one whose line was changed on the disk is left out."""
        wanted = [(one, self._there[one]) for one in names]
        if not wanted:
            return
        with self._path.open("rb") as file:
            for name, at in wanted:
                # a hybrid one is longer than a buffer: seek and read would be three calls
                sealed = _sealed(os.pread(file.fileno(), at.size, at.begins), name)
                if sealed is not None:
                    yield sealed

    def keep(self, records: Iterable[Record]) -> int:
        """Keep those of the group that are new; give their number. Durable once it returns.

        Raises:
            DeskFault: the disk did not take it.
        """
        new: dict[str, Record] = {}
        for one in records:
            if one.id not in self._there and Envelope.of(one).group == self._group:
                new[one.id] = one
        if not new:
            return 0
        lines = [new[one].line + b"\n" for one in sorted(new)]
        try:
            with self._path.open("a+b") as file:
                if file.tell() and _last(file) != b"\n":
                    file.write(b"\n")  # a crash or a full disk has cut the line before
                file.writelines(lines)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise DeskFault("the disk did not take it: %(why)s", why=error.strerror) from error
        found = self._read_on()
        self.slots.update(self._there[one].slot for one in found)
        return len(found)

    def _indexed(self) -> Iterator[tuple[str, _At]]:
        """Read the index; nothing where it is of another file."""
        try:
            raw, size = self._index.read_bytes(), self._path.stat().st_size
        except OSError:
            return
        rows = list(_ROW.iter_unpack(raw[: len(raw) - len(raw) % _ROW.size]))
        if rows and rows[-1][3] + rows[-1][4] > size:
            return
        for name, slot, day, begins, length in rows:
            yield name.hex(), _At(slot.hex(), day, begins, length)

    def _read_on(self) -> list[str]:
        """Take what stands in the file behind the last line that is indexed, and index it."""
        if not self._path.exists():
            return []
        found: dict[str, _At] = {}
        is_whole, at = self._end == 0, self._end
        with self._path.open("rb") as file:
            file.seek(at)
            for line in file:
                one = _outside(line, self._group)
                if one is not None and one.id not in self._there:
                    slot = one.tags[2][1]
                    found[one.id] = _At(slot, one.created_at // DAY, at, len(line))
                    self._end = at + len(line)
                at += len(line)
        self._there |= found
        self._write(found, is_whole=is_whole)
        return list(found)

    def _write(self, found: dict[str, _At], *, is_whole: bool) -> None:
        rows = (
            _ROW.pack(bytes.fromhex(name), bytes.fromhex(one.slot), one.day, one.begins, one.size)
            for name, one in found.items()
        )
        # it can be lost: then it is made anew
        try:
            with self._index.open("wb" if is_whole else "ab") as file:
                file.write(b"".join(rows))
        except OSError as error:
            raise DeskFault("the disk did not take it: %(why)s", why=error.strerror) from error


def _last(file: BinaryIO) -> bytes:
    file.seek(-1, os.SEEK_END)
    return file.read(1)


def _outside(line: bytes, group: str) -> _Line | None:
    """Read what an envelope shows; None where it is none of the group, or was cut."""
    try:
        one = _READ.decode(line)
        bytes.fromhex(one.id + one.tags[2][1])
    except (msgspec.DecodeError, ValueError, IndexError):
        return None
    is_envelope = one.kind == NUMBER and len(one.id) == _HEX_ID and line.endswith(b"\n")
    names = [tag[0] for tag in one.tags[:3] if tag]
    is_ours = names == ["g", "charter", "s"] and one.tags[0][1:] == (group,)
    return one if is_envelope and is_ours and len(one.tags[2][1]) == _HEX_SLOT else None


def _sealed(line: bytes, name: str) -> Sealed | None:
    try:
        one = _READ.decode(line)
        place = Place(one.tags[0][1], one.tags[1][1], one.tags[2][1])
        file = b64decode(one.content, validate=True)
    except (msgspec.DecodeError, IndexError, BadBase64):
        return None
    ends = one.created_at + limits.ENVELOPE_DAYS * DAY
    return Sealed(one.id, place, ends, file) if one.id == name else None
