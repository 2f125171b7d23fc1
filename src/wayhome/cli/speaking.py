"""What all commands that speak for a group share: key, places, the question, the handing in."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from wayhome.cli.key_ import opened
from wayhome.cli.shown import console, show
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.desk.known import DeskFault, Known
from wayhome.desk.nodes import hand_in, read_places
from wayhome.desk.proposals import progress, speaker
from wayhome.desk.texts import Voice
from wayhome.groups.kinds import cosign, season
from wayhome.records.record import Record


@dataclass(slots=True)
class Speaking:
    """One organiser at one command: with which key, from where, to where."""

    key: Path
    group: str
    sources: tuple[str, ...]
    nodes: tuple[str, ...]
    file: Path | None
    is_sure: bool
    out: Console = field(default_factory=console)
    _secret: SecretKey | None = None

    @property
    def secret(self) -> SecretKey:
        """The secret key; its passphrase is asked for once."""
        if self._secret is None:
            self._secret = opened(self.key)
        return self._secret

    @property
    def public(self) -> str:
        """The key's public half."""
        return keys.public_key(self.secret)

    @property
    def now(self) -> int:
        """The time; records are dated to its day."""
        return int(time.time())

    def known(self) -> Known:
        """Read what is known: from --from, else from where the record goes."""
        places = self.sources or self.nodes
        if self.file is not None and self.file.exists():
            places = (*places, str(self.file))
        return read_places(places)

    def speaker(self, known: Known) -> tuple[str, str]:
        """Give the group this key speaks for, and its charter in force."""
        return speaker(known, self.public, self.group)

    def voice(self, known: Known) -> Voice:
        """Give what this key's group can say."""
        return Voice(known, self.speaker(known), self.now)

    def refuse_nowhere(self) -> None:
        """Refuse before any work when nobody would get what is written."""
        if not self.nodes and self.file is None:
            raise click.UsageError("say where it goes: --to NODE, --out FILE, or both")

    def give(self, records: Sequence[Record], known: Known, *notes: str) -> Known:
        """Show records, ask, and hand them on; give what is known then.

        Raises:
            DeskFault: a place does not take one; those before it are there.
        """
        after = known.plus(*records)
        for record in records:
            show(record, after, self.out)
        for note in notes:
            self.out.print(f"  {note}", markup=False)
        if not self.is_sure:
            click.confirm(f"\nSign this with the key {self.public}?", abort=True)
        return self.hand_on(records, known)

    def hand_on(self, records: Sequence[Record], known: Known) -> Known:
        """Write records to the file and hand them to the nodes; give what is known then.

        Raises:
            DeskFault: a place does not take one; those before it are there.
        """
        after = known.plus(*records)
        if self.file is not None:
            _append(self.file, records)
            self.out.print(f"written to {self.file}", markup=False)
        for node in self.nodes:
            hand_in(node, records)
            self.out.print(f"kept by {node}", markup=False)
        for record in records:
            if record.kind not in (cosign.NUMBER, season.NUMBER):
                self._tell_next(record, after)
        return after

    def _tell_next(self, record: Record, known: Known) -> None:
        how = progress(known, record)
        if how.is_official:
            self.out.print(f"official: {record.id}")
        elif how.lacking:
            who = "organiser" if how.lacking == 1 else "organisers"
            self.out.print(f"{how.lacking} more {who} must sign: wayhome cosign {record.id}")


def speaks(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options by which an organiser speaks, as one value before its own."""
    a_file = click.Path(path_type=Path, dir_okay=False)

    @click.option("--key", required=True, type=a_file, help="Your key file: `wayhome key new`.")
    @click.option("--group", "group_id", default="", help="Your group, if your key is in several.")
    @click.option(
        "--from",
        "sources",
        multiple=True,
        metavar="PLACE",
        help="Read records here: a node's address, a file, a folder. Default: --to.",
    )
    @click.option("--to", "takers", multiple=True, metavar="NODE", help="Hand it to this node.")
    @click.option(
        "--out", "file", type=a_file, help="Add it to this file, to be carried to the others."
    )
    @click.option("--yes", "is_sure", is_flag=True, help="Do not ask. For scripts.")
    @wraps(command)
    def with_speaker(key: Path, group_id: str, **own: Any) -> None:  # noqa: ANN401 - click's
        names = ("sources", "takers", "file", "is_sure")
        speaking = Speaking(key, group_id, *(own.pop(name) for name in names))
        speaking.refuse_nowhere()
        command(speaking, **own)

    return with_speaker


def reads(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that only looks the option --from, as what is known."""

    @click.option(
        "--from",
        "sources",
        multiple=True,
        required=True,
        metavar="PLACE",
        help="Read records here: a node's address, a file, a folder.",
    )
    @wraps(command)
    def with_known(sources: tuple[str, ...], **own: object) -> None:
        command(read_places(sources), **own)

    return with_known


def _append(file: Path, records: Sequence[Record]) -> None:
    """Add lines, durably."""
    try:
        there = set(file.read_bytes().splitlines()) if file.exists() else set()
        with file.open("ab") as to:
            to.writelines(record.line + b"\n" for record in records if record.line not in there)
            to.flush()
            os.fsync(to.fileno())
    except OSError as error:
        raise DeskFault(f"{file}: {error.strerror}") from error
