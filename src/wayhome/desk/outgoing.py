"""Outgoing: what was signed here and no node is known to keep yet; it waits in a file, in the open.

It is what will be public, or is a proposal that every organiser may read: no secret lies there.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from wayhome.desk.known import BOOK, DeskFault
from wayhome.desk.post import NotTaken, Way
from wayhome.desk.proposals import signed_by
from wayhome.journal.lines import in_order_of_need
from wayhome.records.record import Record, read_line
from wayhome.records.refused import Refused


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of handing in: how many nodes took all of it, and what the others said."""

    takers: int = 0
    refused: tuple[NotTaken, ...] = ()
    silent: tuple[DeskFault, ...] = ()  # why a node could not be asked


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file of records that wait to be handed in."""

    path: Path

    @property
    def records(self) -> list[Record]:
        """Give them, each after what it needs."""
        lines = in_order_of_need(BOOK, lambda: read_lines(self.path))
        return list(_good(lines))

    def add(self, records: Iterable[Record]) -> None:
        """Keep records until they are handed in. Durable once it returns.

        Raises:
            DeskFault: the disk did not take it.
        """
        keep_lines(self.path, [*read_lines(self.path), *(one.line for one in records)])

    def send(self, ways: Sequence[Way]) -> Sent:
        """Hand everything to every node; a record that one of them took waits no longer.

        Raises:
            DeskFault: the disk did not take that it waits no longer.
        """
        records = self.records
        if not records:
            return Sent()
        answers = [_Answers.of(way, records) for way in ways]
        taken = frozenset[str]().union(*(one.taken for one in answers))
        if taken:
            keep_lines(self.path, (one.line for one in records if one.id not in taken))
        return Sent(
            sum(len(one.taken) == len(records) for one in answers),
            tuple(fault for one in answers for fault in one.refused),
            tuple(one.silent for one in answers if one.silent),
        )

    def let_go(self, record_id: str) -> None:
        """Hand a record, and what signs it, in no more.

        Raises:
            DeskFault: the disk did not take it.
        """
        keep_lines(self.path, (one.line for one in self.records if signed_by(one) != record_id))


@dataclass(slots=True)
class _Answers:
    """What one node said to several records."""

    taken: set[str] = field(default_factory=set)
    refused: list[NotTaken] = field(default_factory=list)
    silent: DeskFault | None = None

    @classmethod
    def of(cls, way: Way, records: Sequence[Record]) -> Self:
        """Hand records in, in turn: one that is refused does not stop those after it."""
        found = cls()
        for one in records:
            try:
                way.hand_in(one)
                found.taken.add(one.id)
            except NotTaken as fault:
                found.refused.append(fault)
            except DeskFault as fault:
                found.silent = fault
                break
        return found


def read_lines(path: Path) -> list[bytes]:
    """Give the lines of a file; none where there is no file.

    Raises:
        DeskFault: it cannot be read.
    """
    try:
        return path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DeskFault(f"{path}: {error.strerror}") from error


def keep_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Write a file anew, whole or not at all; each line stands there once.

    Raises:
        DeskFault: the disk did not take it.
    """
    beside = path.with_suffix(".new")
    try:
        with beside.open("wb") as file:
            file.writelines(one + b"\n" for one in dict.fromkeys(lines))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise DeskFault(f"{path}: {error.strerror}") from error


def _good(lines: Iterable[bytes]) -> Iterator[Record]:
    for line in lines:
        try:
            yield read_line(line)
        except Refused:  # cut by a full disk, or written by somebody else: no node would take it
            continue
