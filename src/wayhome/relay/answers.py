"""Answers: what a relay says to its caller, read strictly; a record in them is not read here."""

import binascii
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import msgspec

from wayhome.codec import limits, strict
from wayhome.relay import words

_Shape = TypeVar("_Shape")


@dataclass(frozen=True, slots=True)
class Given:
    """A record of that subscription; `raw` is as it came."""

    name: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """Ids of what has become public there."""

    name: str
    ids: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class GivenAll:
    """All that is stored was given."""

    name: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The relay ends a subscription or a comparison, or never began it."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A message of Negentropy."""

    name: str
    message: bytes


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a record that was offered."""

    id: str
    accepted: bool
    why: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that names nothing, for people."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message of another part of the protocol; nothing here asks for one."""


Answer: TypeAlias = Given | Told | GivenAll | Ended | Compared | Judged | Notice | Unknown


class BadAnswer(Exception):  # noqa: N818 - the relay's fault
    """It is no answer that any relay gives."""


def read(raw: bytes) -> Answer:
    """Read what a relay sent.

    Raises:
        BadAnswer: it is none.
    """
    parts = _decoded(_PARTS, raw)
    if not parts:
        raise BadAnswer("an empty list")
    verb = _decoded(_TEXT, bytes(parts[0]))
    reader = _READERS.get(verb)
    if reader is None:
        return Unknown()
    try:
        return reader([bytes(part) for part in parts[1:]])
    except IndexError:
        raise BadAnswer("it is cut short") from None


def word_of(why: str) -> str:
    """Give what a relay's reason says to a program: a word of ours, or the prefix of NIP-01.

    The rest is a stranger's prose, if only a word of it, and goes nowhere.
    """
    prefix, colon, rest = why.partition(":")
    if not colon or prefix not in words.PREFIXES:
        return "other"
    word = rest.removeprefix(" ")
    return word if word in words.OWN else prefix


def _given(parts: Sequence[bytes]) -> Given:
    return Given(_name(parts[0]), parts[1])


def _told(parts: Sequence[bytes]) -> Told:
    try:
        ids = b64decode(_decoded(_TEXT, parts[1]), validate=True)
    except (binascii.Error, ValueError):
        raise BadAnswer("ids are in base64") from None
    if len(ids) % _ID_BYTES:
        raise BadAnswer("an id is cut short")
    each = range(0, len(ids), _ID_BYTES)
    return Told(_name(parts[0]), tuple(ids[at : at + _ID_BYTES] for at in each))


def _given_all(parts: Sequence[bytes]) -> GivenAll:
    return GivenAll(_name(parts[0]))


def _ended(parts: Sequence[bytes]) -> Ended:
    return Ended(_name(parts[0]), word_of(_decoded(_TEXT, parts[1])))


def _compared(parts: Sequence[bytes]) -> Compared:
    text = _decoded(_TEXT, parts[1])
    try:
        return Compared(_name(parts[0]), bytes.fromhex(text))
    except ValueError:
        raise BadAnswer("a comparison is in hex") from None


def _judged(parts: Sequence[bytes]) -> Judged:
    why = _decoded(_TEXT, parts[2]) if parts[2:] else ""
    return Judged(_name(parts[0]), _decoded(_BOOL, parts[1]), word_of(why))


def _notice(_: Sequence[bytes]) -> Notice:
    return Notice()


def _name(raw: bytes) -> str:
    name = _decoded(_TEXT, raw)
    if len(name) > limits.RELAY_ID:
        raise BadAnswer("a name is longer than any of ours")
    return name


def _decoded(decoder: msgspec.json.Decoder[_Shape], raw: bytes) -> _Shape:
    try:
        return strict.decode(decoder, raw)
    except strict.BadForm:
        raise BadAnswer("not a message of the protocol") from None


_PARTS = msgspec.json.Decoder(list[msgspec.Raw])
_TEXT = msgspec.json.Decoder(str)
_BOOL = msgspec.json.Decoder(bool)
_ID_BYTES = 32
_READERS: dict[str, Callable[[Sequence[bytes]], Answer]] = {
    "EVENT": _given,
    "IDS": _told,
    "EOSE": _given_all,
    "CLOSED": _ended,
    "NEG-ERR": _ended,
    "NEG-MSG": _compared,
    "OK": _judged,
    "NOTICE": _notice,
}
