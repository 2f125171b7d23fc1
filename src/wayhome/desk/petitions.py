"""Petitions: a group asks, and the panel's groups accept; refused early where it could not work."""

import datetime as dt
from base64 import b64decode
from binascii import Error
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import msgspec

from wayhome.crypto.keys import SecretKey, is_public_key
from wayhome.crypto.stamps import BadSpki, StampKey
from wayhome.desk.known import DeskFault, Known
from wayhome.desk.proposals import progress, write
from wayhome.petition.kinds import acceptance, petition
from wayhome.petition.kinds.acceptance import Acceptance
from wayhome.petition.kinds.petition import Petition
from wayhome.petition.service import draft_acceptance, draft_petition
from wayhome.records.record import Record

VALUES = "public.json"  # in a stamping desk's folder


class _Values(msgspec.Struct, forbid_unknown_fields=True):
    kid: str
    spki: str
    stamping: str


@dataclass(frozen=True, slots=True)
class DeskValues:
    """The public half of a stamping desk: what others must know of it."""

    kid: str
    spki: bytes
    stamping: str

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file that `stamp make` wrote, or find it in the desk's folder.

        Raises:
            DeskFault: it is another file, or was changed.
        """
        try:
            raw = (path / VALUES if path.is_dir() else path).read_bytes()
            told = msgspec.json.decode(raw, type=_Values)
            key = StampKey.of(b64decode(told.spki, validate=True))
        except OSError as error:
            raise DeskFault(f"{path}: {error.strerror}") from error
        except (msgspec.DecodeError, Error, BadSpki, ValueError) as error:
            raise DeskFault(f"{path} does not hold a stamping desk's public values") from error
        if key.kid != told.kid or not is_public_key(told.stamping):
            raise DeskFault(f"{path}: the values do not belong together; take the file anew")
        return cls(key.kid, key.spki, told.stamping)


def open_petition(known: Known, asked: Petition, text: str, secret: SecretKey, now: int) -> Record:
    """Write a petition.

    Raises:
        DeskFault: its dates could not work.
        Refused: the first reason for which a node would refuse it.
    """
    _refuse_dates(asked, now)
    record = write(draft_petition(asked, text, now), secret)
    for place in asked.panel:
        if place.group not in known.standing.charters:
            raise DeskFault(
                f"the panel's group {place.group} is not among what was read; a mistyped id would"
                " make a petition that can never open. Add a place that has it with --from"
            )
    return record


@dataclass(frozen=True, slots=True)
class Promise:
    """What a group promises with an acceptance: which desk, how many parts at most, where."""

    own: tuple[str, str]  # the group and its charter in force
    desk: DeskValues
    ceiling: int
    urls: tuple[str, ...]


def accept_petition(
    known: Known, asked: Record, promise: Promise, secret: SecretKey, now: int
) -> Record:
    """Write that the group stands on the petition's panel with this desk.

    Raises:
        DeskFault: the petition does not foresee this group or this desk, or is over.
        Refused: it is not well made.
    """
    said, own = Petition.of(asked), promise.own
    place = next((one for one in said.panel if one.group == own[0]), None)
    if place is None:
        raise DeskFault(f"not-on-panel: the petition does not name {known.name(own[0])}")
    if place.kid != promise.desk.kid:
        raise DeskFault(
            f"wrong-kid: the petition names the stamp key {place.kid} for your group, and this"
            f" desk's is {promise.desk.kid}: another desk, or another petition"
        )
    if said.close <= now:
        raise DeskFault("the petition has closed")
    if any(one.group == own[0] for _, one in _accepted(known, asked.id)):
        raise DeskFault("your group has an acceptance of it already: cosign that one")
    return write(
        draft_acceptance(
            Acceptance(
                *own,
                asked.id,
                promise.desk.spki,
                promise.desk.stamping,
                promise.ceiling,
                promise.urls,
                None,
            ),
            now,
        ),
        secret,
    )


def acceptances(known: Known, petition_id: str) -> list[tuple[Record, Acceptance]]:
    """Give all acceptances of a petition, official ones first."""
    found = _accepted(known, petition_id)
    return sorted(found, key=lambda one: (not progress(known, one[0]).is_official, one[0].id))


def petition_of(known: Known, text: str) -> Record:
    """Give the petition that an id names.

    Raises:
        DeskFault: it is not there, or something else.
    """
    record = known.record(text)
    if record.kind != petition.NUMBER:
        raise DeskFault(f"{record.id} is not a petition")
    return record


def _accepted(known: Known, petition_id: str) -> list[tuple[Record, Acceptance]]:
    found = ((one, Acceptance.of(one)) for one in known.of_kind(acceptance.NUMBER))
    return [one for one in found if one[1].petition == petition_id]


def _refuse_dates(asked: Petition, now: int) -> None:
    if asked.close <= now:
        raise DeskFault("bad-times: it would be closed already; see --close")
    if asked.close <= asked.open:
        raise DeskFault("bad-times: it closes before it opens; see --open and --close")
    span = asked.close - asked.open
    if asked.window > span:
        raise DeskFault("bad-times: one window is longer than from open to close; see --window")
    if asked.window > 0 and span % asked.window:
        fits = dt.datetime.fromtimestamp(asked.close - span % asked.window, dt.UTC)
        raise DeskFault(
            f"bad-times: from open to close must be whole windows of {_length(asked.window)};"
            f" the last that fits is --close {fits:%Y-%m-%dT%H:%M:%S} (UTC)"
        )


def _length(seconds: int) -> str:
    """Write a window as it is typed, in the largest unit that leaves nothing over."""
    units = {"d": 86_400, "h": 3_600, "m": 60}
    found = (f"{seconds // size}{unit}" for unit, size in units.items() if seconds % size == 0)
    return next(found, f"{seconds}s")
