"""Envelopes: those of one group in a desk's folder, as any node has them, with an index beside.

Every envelope was checked when it came. Here nobody checks its outer sig again, which a key made
that nobody kept: what opens it, and the sig of what is inside, say more. The index holds what
everybody can see of it, and is made anew from the file when it is missing or does not fit.

What is dropped is overwritten where it lies. Its id and slot stay, so that it is not fetched again,
and whoever counts slots knows that something lay there.
"""

import os
import re
import struct
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from wayhome.cases.body import Place
from wayhome.cases.kinds.sealed import DAY, NUMBER, Envelope
from wayhome.codec import limits
from wayhome.desk.known import DeskFault
from wayhome.durable import sync
from wayhome.records.record import Record

NAME = "envelopes.jsonl"
INDEX = "envelopes.index"
DROPS = "envelopes.drop"  # the ids of what is to go, until it is gone
PACKED = "envelopes.new"
_WORN = 4 * 1024 * 1024  # bytes of what is gone, from which on the file is written anew
_ROW = struct.Struct(">32s16sIQI")  # id, slot, day, where its line begins, how long it is
_PIECE = 1024 * 1024
_HEX_ID, _HEX_SLOT = 64, 32
_GONE = re.compile(rb"-([0-9a-f]{64}) ([0-9a-f]{32}) ([0-9]{1,9}) ")  # what stands for it then


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


class _Whole(_Line):
    content: bytes  # base64: msgspec reads ten kilobytes of it in a sixth of the time


_CONTENT = b',"content":"'
_READ = msgspec.json.Decoder(_Line)
_READ_WHOLE = msgspec.json.Decoder(_Whole)


class _At(NamedTuple):  # tens of thousands are made at each start, and a tuple is made fastest
    slot: str
    day: int
    begins: int
    size: int


class Envelopes:
    """The file and its index; nothing of them is secret."""

    def __init__(self, folder: Path, group: str, worn: int = _WORN) -> None:
        self._worn = worn
        self._path, self._index = folder / NAME, folder / INDEX
        self._group = group
        self._drops, self._packed = folder / DROPS, folder / PACKED
        self._packed.unlink(missing_ok=True)  # of a packing that was cut
        self._there = dict(self._indexed())
        self._gone = {name: at for name, at in self._there.items() if not at.size}
        for name in self._gone:
            del self._there[name]
        self._living: tuple[tuple[int, int, int], frozenset[str]] = ((0, 0, 0), frozenset())
        self._begin()

    def _begin(self) -> None:
        self._end = max((one.begins + one.size for one in self._there.values()), default=0)
        self._read_on()
        self.slots = Counter(one.slot for one in (*self._there.values(), *self._gone.values()))

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
        """Give envelopes; one whose line was changed on the disk, or is gone, is left out."""
        wanted = [(one, self._there[one]) for one in names if one in self._there]
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
            is_known = one.id in self._there or one.id in self._gone
            if not is_known and Envelope.of(one).group == self._group:
                new[one.id] = one
        if not new:
            return 0
        lines = [new[one].line + b"\n" for one in sorted(new)]
        with _on_disk(), self._path.open("a+b") as file:
            if file.tell() and _last(file) != b"\n":
                file.write(b"\n")  # a crash or a full disk has cut the line before
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        found = self._read_on()
        self.slots.update(self._there[one].slot for one in found)
        return len(found)

    def living(self, now: int) -> frozenset[str]:
        """Give the slots of those that nodes have: their time has not ended."""
        first = now // DAY - limits.ENVELOPE_DAYS
        of = (first, len(self._there), len(self._gone))
        if self._living[0] != of:
            slots = frozenset(one.slot for one in self._there.values() if one.day > first)
            self._living = of, slots
        return self._living[1]

    def within(self, slots: Collection[str]) -> list[str]:
        """Give the envelopes in these slots."""
        return [name for name, one in self._there.items() if one.slot in slots]

    def ended(self, now: int) -> list[str]:
        """Give the envelopes whose time has ended."""
        first = now // DAY - limits.ENVELOPE_DAYS
        return [name for name, one in self._there.items() if one.day <= first]

    def lapses_by(self, names: Iterable[str], moment: int) -> bool:
        """Tell whether the time of one of these ends by a moment."""
        there = (self._there[one].day for one in names if one in self._there)
        return any((day + limits.ENVELOPE_DAYS) * DAY <= moment for day in there)

    def intend(self, names: Iterable[str]) -> None:
        """Note what is to be dropped once `finish` is called, here or by the next start. Durable.

        Raises:
            DeskFault: the disk did not take it.
        """
        lines = "".join(f"{one}\n" for one in dict.fromkeys(names))
        with _on_disk(), self._drops.open("a", encoding="ascii") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())

    def finish(self) -> None:
        """Drop what was noted.

        Raises:
            DeskFault: as `drop`.
        """
        if self._drops.exists():
            self.drop(self._drops.read_text("ascii").split())
            self._drops.unlink()

    def drop(self, names: Iterable[str]) -> None:
        """Overwrite envelopes where they lie; only that they were here stays. Cut, it can go on.

        Raises:
            DeskFault: the disk did not take it.
        """
        found = {one: self._there[one] for one in names if one in self._there}
        if not found:
            return
        with _on_disk(), self._path.open("r+b") as file:
            for name, at in found.items():
                os.pwrite(file.fileno(), _stone(name, at).ljust(at.size - 1) + b"\n", at.begins)
            os.fsync(file.fileno())
        for name in found:
            self._gone[name] = self._there.pop(name)._replace(size=0)
        self._write(self._there | self._gone, is_whole=True)
        if self._path.stat().st_size - sum(one.size for one in self._there.values()) > self._worn:
            self._pack()

    def _pack(self) -> None:
        """Write the file anew without what is gone; the old one is overwritten once it is named."""
        with _on_disk(), self._path.open("r+b") as old:
            with self._packed.open("wb") as new:
                new.writelines(_stone(*one) + b"\n" for one in self._gone.items())
                for at in sorted(self._there.values(), key=lambda one: one.begins):
                    new.write(os.pread(old.fileno(), at.size, at.begins))
                new.flush()
                os.fsync(new.fileno())
            self._index.unlink(missing_ok=True)
            sync(self._path.parent)
            self._packed.replace(self._path)
            sync(self._path.parent)
            _blank(old)
        self._there, self._gone = {}, {}
        self._begin()

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
        is_whole, at = not (self._there or self._gone), self._end
        with self._path.open("rb") as file:
            file.seek(at)
            for line in file:
                one = _placed(line, self._group, at)
                at += len(line)
                if one is not None and one[0] not in self._there and one[0] not in self._gone:
                    found[one[0]] = one[1]
                    self._end = at
        self._write(found, is_whole=is_whole)
        new = {name: one for name, one in found.items() if one.size}
        self._there |= new
        self._gone |= {name: one for name, one in found.items() if not one.size}
        return list(new)

    def _write(self, found: dict[str, _At], *, is_whole: bool) -> None:
        rows = (
            _ROW.pack(bytes.fromhex(name), bytes.fromhex(one.slot), one.day, one.begins, one.size)
            for name, one in sorted(found.items(), key=lambda one: one[1].begins)
        )
        # it can be lost: then it is made anew
        with _on_disk(), self._index.open("wb" if is_whole else "ab") as file:
            file.write(b"".join(rows))


@contextmanager
def _on_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DeskFault("the disk did not take it: %(why)s", why=error.strerror) from error


def _stone(name: str, at: _At) -> bytes:
    return f"-{name} {at.slot} {at.day} ".encode("ascii")


def _blank(file: BinaryIO) -> None:
    """Overwrite a whole file."""
    size = os.fstat(file.fileno()).st_size
    for at in range(0, size, _PIECE):
        os.pwrite(file.fileno(), bytes(min(_PIECE, size - at)), at)
    os.fsync(file.fileno())


def _last(file: BinaryIO) -> bytes:
    file.seek(-1, os.SEEK_END)
    return file.read(1)


def _placed(line: bytes, group: str, at: int) -> tuple[str, _At] | None:
    """Read where a line says that something lies, or lay once."""
    if gone := _GONE.match(line):
        name, slot, day = (one.decode("ascii") for one in gone.groups())
        return name, _At(slot, int(day), at, 0)
    one = _outside(line, group)
    return (one.id, _At(one.tags[2][1], one.created_at // DAY, at, len(line))) if one else None


def _outside(line: bytes, group: str) -> _Line | None:
    """Read what an envelope shows; None where it is none of the group, or was cut."""
    # a text with quotes in it has a backslash before them: this is where the content begins
    shown = line[: line.find(_CONTENT)] + b"}"
    try:
        one = _READ.decode(shown)
        bytes.fromhex(one.id + one.tags[2][1])
    except (msgspec.DecodeError, ValueError, IndexError):
        return None
    is_envelope = one.kind == NUMBER and len(one.id) == _HEX_ID and line.endswith(b"\n")
    names = [tag[0] for tag in one.tags[:3] if tag]
    is_ours = names == ["g", "charter", "s"] and one.tags[0][1:] == (group,)
    return one if is_envelope and is_ours and len(one.tags[2][1]) == _HEX_SLOT else None


def _sealed(line: bytes, name: str) -> Sealed | None:
    try:
        one = _READ_WHOLE.decode(line)
        place = Place(one.tags[0][1], one.tags[1][1], one.tags[2][1])
    except (msgspec.DecodeError, IndexError):
        return None
    ends = one.created_at + limits.ENVELOPE_DAYS * DAY
    return Sealed(one.id, place, ends, one.content) if one.id == name else None
