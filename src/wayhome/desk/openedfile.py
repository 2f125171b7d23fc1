"""Opened file: bodies that a desk has opened, so that the next start need not open them again.

It holds nothing that the envelopes beside it do not, and opens with nothing else: what an identity
opened lies here under a key that follows from that identity. When the page of a case's identity is
overwritten, its part of this file is as dead as its envelopes are. Around all of it lies a second
seal, under the vault's own key: without the passphrase nobody sees which envelopes are one case.

The file can be lost at any time; then all is opened once more.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from wayhome.cases.body import Body, Place
from wayhome.crypto.asides import aside_key, open_aside, put_aside
from wayhome.crypto.recipients import Identity

NAME = "opened.sealed"
_LENGTH = 4  # bytes that say how long a part is
_PARTS = 40  # more are written anew as one


class _Kept(msgspec.Struct, array_like=True, gc=False):
    """One body, the how-manieth of its part: of which envelope and case, until when; its bytes."""

    no: int
    envelope: str
    case: str
    until: int
    place: tuple[str, str, str]
    by: str
    sig: str
    json: bytes


class _Part(msgspec.Struct, array_like=True):
    """What was opened in one go, by the name of a key; `shut` is what none of `seasons` opened.

    Behind each id of the shut stands the case in whose slot it lies, or nothing.
    """

    opened: list[tuple[bytes, bytes]]
    seasons: list[bytes]
    shut: dict[str, str]


_PART = msgspec.msgpack.Decoder(_Part)
_KEPT = msgspec.msgpack.Decoder(list[_Kept])
_PACK = msgspec.msgpack.Encoder()


@dataclass(frozen=True, slots=True)
class Opened:
    """A body that was opened: of which envelope and case, with which identity, until when."""

    envelope: str
    identity: Identity = field(repr=False)
    case: str
    until: int
    body: Body = field(repr=False)


@dataclass(slots=True)
class Before:
    """What was opened before, and the ids of what nothing opened, with the case they lie in."""

    opened: list[Opened] = field(default_factory=list)
    shut: dict[str, str] = field(default_factory=dict)


class OpenedFile:
    """The file of one desk; `key` is the vault's for it."""

    def __init__(self, folder: Path, key: bytes, most: int = _PARTS) -> None:
        self._path = folder / NAME
        self._key = key
        self._parts, self._most = 0, most

    def read(self, identities: Iterable[Identity], seasons: Sequence[Identity]) -> Before:
        """Give what these identities opened before; whatever does not fit is left out."""
        known = {name: (one, key) for one in identities for name, key in (aside_key(one),)}
        mine = {aside_key(one)[0] for one in seasons}
        found = Before()
        for part in self._read_parts():
            kept = [
                (known[name][0], one)
                for name, sealed in part.opened
                if name in known
                for one in _kept(known[name][1], sealed, name)
            ]
            # in the order in which they were opened: what a snapshot keeps may need its report
            for identity, one in sorted(kept, key=lambda one: one[1].no):
                # what another version put aside, in words that are not ours, is opened once more
                with suppress(msgspec.DecodeError):
                    found.opened.append(_opened(identity, one))
            if mine <= set(part.seasons):  # what was not tried with a new season is tried again
                found.shut |= part.shut
        return found

    def is_worn(self) -> bool:
        """Tell whether there are so many parts that one should be made of them."""
        return self._parts > self._most

    def forget(
        self, cases: Collection[str], identities: Iterable[Identity], seasons: Sequence[Identity]
    ) -> None:
        """Keep nothing of these cases."""
        before = self.read(identities, seasons)
        before.opened = [one for one in before.opened if one.case not in cases]
        self.write(before, seasons)

    def write(self, before: Before, seasons: Sequence[Identity]) -> None:
        """Write all of it as one part; what was there is overwritten first."""
        self._parts = 0
        if self._path.exists():
            with self._path.open("r+b") as file:
                file.write(bytes(self._path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
        self.add(before, seasons)

    def add(self, new: Before, seasons: Sequence[Identity]) -> None:
        """Put a part behind the others."""
        by_identity: dict[Identity, list[_Kept]] = {}
        for no, one in enumerate(new.opened):
            body = one.body
            place = (body.place.g, body.place.charter, body.place.s)
            kept = _Kept(no, one.envelope, one.case, one.until, place, body.by, body.sig, body.json)
            by_identity.setdefault(one.identity, []).append(kept)
        opened = []
        for identity, bodies in by_identity.items():
            name, key = aside_key(identity)
            opened.append((name, put_aside(key, _PACK.encode(bodies), name)))
        names = [aside_key(one)[0] for one in seasons]
        self._append(_PACK.encode(_Part(opened, names, new.shut)))

    def _append(self, plain: bytes) -> None:
        sealed = put_aside(self._key, plain, _number(self._parts))
        with self._path.open("ab" if self._parts else "wb") as file:
            file.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
        self._parts += 1

    def _read_parts(self) -> Iterator[_Part]:
        raw = self._path.read_bytes() if self._path.exists() else b""
        at, self._parts = 0, 0
        while at < len(raw):
            end = at + _LENGTH + int.from_bytes(raw[at : at + _LENGTH], "big")
            part = _part(open_aside(self._key, raw[at + _LENGTH : end], _number(self._parts)))
            if part is None:  # cut, another vault's or version's; nor could what follows be read
                os.truncate(self._path, at)
                return
            self._parts += 1
            at = end
            yield part


def _number(part: int) -> bytes:
    return part.to_bytes(_LENGTH, "big")


def _part(plain: bytes | None) -> _Part | None:
    try:
        return _PART.decode(plain) if plain is not None else None
    except msgspec.DecodeError:
        return None


def _kept(key: bytes, sealed: bytes, name: bytes) -> list[_Kept]:
    plain = open_aside(key, sealed, name)
    try:
        return _KEPT.decode(plain) if plain is not None else []
    except msgspec.DecodeError:
        return []


def _opened(identity: Identity, kept: _Kept) -> Opened:
    body = Body.kept(Place(*kept.place), kept.by, kept.sig, kept.json)
    return Opened(kept.envelope, identity, kept.case, kept.until, body)
