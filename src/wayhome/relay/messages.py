"""Messages: NIP-01's, NIP-45's and NIP-77's, read strictly and written in one spelling.

A record inside a message is not read here: its bytes go to the one door as they came.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

import msgspec
import orjson

from wayhome.codec import limits, strict
from wayhome.relay import words
from wayhome.relay.wanted import BadFilter, Wanted
from wayhome.relay.words import Word

_Shape = TypeVar("_Shape")


@dataclass(frozen=True, slots=True)
class Event:
    """Here is a record."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class Req:
    """Give what matches, now and from now on; or tell, from now on, its ids alone."""

    id: str
    wanted: tuple[Wanted, ...]
    by_id: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many match?"""

    id: str
    wanted: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Close:
    """No more of that subscription."""

    id: str


@dataclass(frozen=True, slots=True)
class NegOpen:
    """Let us compare what matches; the first message of Negentropy."""

    id: str
    wanted: Wanted
    message: bytes


@dataclass(frozen=True, slots=True)
class NegMsg:
    """A further message of Negentropy."""

    id: str
    message: bytes


@dataclass(frozen=True, slots=True)
class NegClose:
    """No more of that reconciliation."""

    id: str


Message: TypeAlias = Event | Req | Count | Close | NegOpen | NegMsg | NegClose


class BadMessage(Exception):  # noqa: N818 - the caller's fault
    """It is no message that is taken here.

    `id` names the subscription or reconciliation it speaks of, None where that could not be read.
    """

    def __init__(self, word: Word, verb: str = "", name: str | None = None) -> None:
        super().__init__(word)
        self.word: Word = word
        self.verb = verb
        self.id = name

    @property
    def answer(self) -> bytes:
        """What the caller is told."""
        if self.id is None:
            return notice(self.word)
        return neg_err(self.id, self.word) if self.verb in _NEG else closed(self.id, self.word)


def read(raw: bytes) -> Message:
    """Read what a caller sent.

    Raises:
        BadMessage: it is none that is taken here.
    """
    event = _EVENT.match(raw)
    if event is not None:
        return Event(_payload(raw, event.end()))
    if len(raw) > limits.RELAY_MESSAGE:
        raise BadMessage("too-large")
    parts = [bytes(part) for part in _decoded(_PARTS, raw)]
    verb = _decoded(_TEXT, parts[0]) if parts else ""
    if not parts or (verb == "EVENT" and len(parts) != len(("EVENT", "record"))):
        raise BadMessage("bad-message")
    if verb == "EVENT":  # spelled with an escape, or it would have been seen above
        return Event(parts[1])
    if verb not in _READERS:
        raise BadMessage("unknown-message")
    return _named(verb, parts[1:])


def claimed_id(raw: bytes) -> str:
    """Give the id that a refused record claims, empty where none can be read."""
    try:
        claimed = strict.decode(_CLAIM, raw[: limits.RECORD_BYTES])
    except strict.BadForm:
        return ""
    return claimed.id if _ID.fullmatch(claimed.id) else ""


def event(name: str, line: bytes) -> bytes:
    """Write a record that was asked for."""
    return b'["EVENT",%b,%b]' % (orjson.dumps(name), line)


def ids(name: str, told: Iterable[bytes]) -> bytes:
    """Write the ids of what has become public."""
    return orjson.dumps(["IDS", name, b64encode(b"".join(told)).decode()])


def ok(record_id: str, *, accepted: bool, why: str) -> bytes:
    """Write what became of a record."""
    return orjson.dumps(["OK", record_id, accepted, why])


def eose(name: str) -> bytes:
    """Write that all that was stored has been given."""
    return orjson.dumps(["EOSE", name])


def count(name: str, number: int) -> bytes:
    """Write how many match."""
    return orjson.dumps(["COUNT", name, {"count": number}])


def closed(name: str, word: Word) -> bytes:
    """Write that a subscription is over, or never began."""
    return orjson.dumps(["CLOSED", name, words.said(word)])


def notice(word: Word) -> bytes:
    """Write what is wrong with a message that names nothing."""
    return orjson.dumps(["NOTICE", words.said(word)])


def neg_msg(name: str, message: bytes) -> bytes:
    """Write a message of Negentropy."""
    return orjson.dumps(["NEG-MSG", name, message.hex()])


def neg_err(name: str, word: Word) -> bytes:
    """Write that a reconciliation is over, or never began."""
    return orjson.dumps(["NEG-ERR", name, words.said(word)])


def _payload(raw: bytes, start: int) -> bytes:
    """Give the record's bytes; what is not a whole message is no record either, and says so."""
    end = raw.rstrip(_SPACE)
    return end[start:-1] if end.endswith(b"]") else raw[start:]


def _named(verb: str, parts: Sequence[bytes]) -> Message:
    """Read what has a name; what is wrong behind the name is answered to the name."""
    if not parts:
        raise BadMessage("bad-message")
    name = _read_name(parts[0])
    try:
        return _READERS[verb](name, parts[1:])
    except BadMessage as bad:
        raise BadMessage(bad.word, verb, name) from None
    except BadFilter as bad:
        raise BadMessage(bad.word, verb, name) from None


def _read_name(raw: bytes) -> str:
    try:
        name = strict.decode(_TEXT, raw)
        strict.refuse_controls(name, lines=False)
    except strict.BadForm:
        raise BadMessage("bad-subscription") from None
    if not 1 <= len(name) <= limits.RELAY_ID:
        raise BadMessage("bad-subscription")
    return name


def _read_filters(parts: Sequence[bytes]) -> tuple[Wanted, ...]:
    if len(parts) > limits.RELAY_FILTERS:
        raise BadMessage("too-many-filters")
    if not parts:
        raise BadMessage("bad-message")
    return tuple(Wanted.read(part) for part in parts)


def _read_req(name: str, parts: Sequence[bytes]) -> Req:
    return Req(name, _read_filters(parts))


def _read_ids(name: str, parts: Sequence[bytes]) -> Req:
    return Req(name, tuple(replace(one, limit=0) for one in _read_filters(parts)), by_id=True)


def _read_count(name: str, parts: Sequence[bytes]) -> Count:
    return Count(name, _read_filters(parts))


def _read_close(name: str, parts: Sequence[bytes]) -> Close:
    _expect(parts, 0)
    return Close(name)


def _read_neg_open(name: str, parts: Sequence[bytes]) -> NegOpen:
    _expect(parts, 2)
    return NegOpen(name, Wanted.read(parts[0]), _read_hex(parts[1]))


def _read_neg_msg(name: str, parts: Sequence[bytes]) -> NegMsg:
    _expect(parts, 1)
    return NegMsg(name, _read_hex(parts[0]))


def _read_neg_close(name: str, parts: Sequence[bytes]) -> NegClose:
    _expect(parts, 0)
    return NegClose(name)


def _read_hex(raw: bytes) -> bytes:
    text = _decoded(_TEXT, raw)
    if not _HEX.fullmatch(text):
        raise BadMessage("bad-reconciliation")
    return bytes.fromhex(text)


def _expect(parts: Sequence[bytes], number: int) -> None:
    if len(parts) != number:
        raise BadMessage("bad-message")


def _decoded(decoder: msgspec.json.Decoder[_Shape], raw: bytes) -> _Shape:
    try:
        return strict.decode(decoder, raw)
    except strict.BadForm:
        raise BadMessage("bad-message") from None


class _Claim(msgspec.Struct):
    id: str


_SPACE = b" \t\r\n"
_EVENT = re.compile(rb'[ \t\r\n]*\[[ \t\r\n]*"EVENT"[ \t\r\n]*,[ \t\r\n]*')
_ID = re.compile(r"[0-9a-f]{64}")
_HEX = re.compile(r"(?:[0-9a-f]{2})*")
_PARTS = msgspec.json.Decoder(list[msgspec.Raw])
_TEXT = msgspec.json.Decoder(str)
_CLAIM = msgspec.json.Decoder(_Claim)
_NEG = frozenset({"NEG-OPEN", "NEG-MSG", "NEG-CLOSE"})
_READERS: dict[str, Callable[[str, Sequence[bytes]], Message]] = {
    "REQ": _read_req,
    "IDS": _read_ids,
    "COUNT": _read_count,
    "CLOSE": _read_close,
    "NEG-OPEN": _read_neg_open,
    "NEG-MSG": _read_neg_msg,
    "NEG-CLOSE": _read_neg_close,
}
