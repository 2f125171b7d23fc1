"""Migrate: a database is brought to the schema this program knows, or refused in plain words.

`schema/<series>-<number>.sql` are the steps of a series. A step is one transaction together with
its number and checksum, so a crash leaves the old schema or the new one.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from typing import cast

from wayhome.store.line import key_of_line

_APPLICATION = 0x77617968  # "wayh"; file(1) and other programs see whose file it is


class BadDatabase(Exception):  # noqa: N818 - told to whoever starts the node
    """The file is not a database that this program may write to; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered migration."""

    number: int
    script: str

    @property
    def sum(self) -> str:
        """The checksum by which a changed step is noticed."""
        return sha256(self.script.encode()).hexdigest()


def steps_of(series: str) -> list[Step]:
    """Give the steps that this program knows, in order."""
    folder = resources.files("wayhome.store") / "schema"
    found = [file for file in folder.iterdir() if file.name.startswith(f"{series}-")]
    named = sorted((int(file.name[len(series) + 1 : -4]), file) for file in found)
    return [Step(number, file.read_text("utf-8")) for number, file in named]


def identify(db: sqlite3.Connection, name: str, steps: Sequence[Step]) -> int:
    """Tell how many steps the database has taken; writes nothing.

    Raises:
        BadDatabase: it is another program's, a newer program's, or its steps were other ones.
    """
    application, taken = _pragma(db, "application_id"), _pragma(db, "user_version")
    if application == 0 and taken == 0 and not db.execute("select 1 from sqlite_schema").fetchone():
        return 0
    if application != _APPLICATION:
        raise BadDatabase(f"{name} is a database of another program; choose another folder")
    if taken > len(steps):
        raise BadDatabase(
            f"{name} was written by a newer wayhome (schema {taken}, this one knows {len(steps)}); "
            "install that version again, or start with an empty folder"
        )
    sums = [row[0] for row in db.execute("select sum from migration order by number")]
    if sums != [step.sum for step in steps[:taken]]:
        raise BadDatabase(
            f"{name} was made with other migrations than this program's; "
            "install the version that made it"
        )
    return taken


def migrate(db: sqlite3.Connection, steps: Sequence[Step], taken: int) -> None:
    """Take every step after the first ``taken``, each in a transaction of its own."""
    db.create_function("key_of_line", 1, _key, deterministic=True)
    for step in steps[taken:]:
        begin = (
            f"pragma application_id = {_APPLICATION}; "
            "create table migration (number integer primary key, sum text not null) strict;"
        )
        note = f"insert into migration values ({step.number}, '{step.sum}')"  # noqa: S608 - ours
        db.executescript(
            f"begin immediate; {begin if step.number == 1 else ''} {step.script}; "
            f"{note}; pragma user_version = {step.number}; commit;"
        )


def _key(line: object) -> bytes | None:
    """Give the key of a line, and None for what is damaged."""
    try:
        return key_of_line(line) if isinstance(line, bytes) else None
    except (ValueError, OverflowError):
        return None


def _pragma(db: sqlite3.Connection, name: str) -> int:
    return cast("int", db.execute(f"pragma {name}").fetchone()[0])  # both are integers in SQLite
