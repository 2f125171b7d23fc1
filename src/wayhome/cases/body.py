"""Body: what is inside an envelope: who wrote it, her sig over it and its place, and what is said.

`"wayhome1" || length of the JSON, 4 || writer, 32 || sig, 64 || JSON || zeros`, in three sizes. age
binds a text to nothing; so the sig covers group, charter and slot too, and a body that somebody
seals again into another case is seen as `moved`. What was signed is never written anew.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Literal, Self, TypeAlias

import msgspec

from wayhome.cases import said
from wayhome.cases.said import CaseKey, Reply, Report, Statement, Whole
from wayhome.codec import limits
from wayhome.codec.strict import BadForm, decode, refuse_controls
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.crypto.recipients import is_identity, kind_of
from wayhome.records.refused import Refused

MARK: Final = b"wayhome1"
HEAD: Final = 108  # bytes before the JSON: mark, length, writer, sig
SIZES: Final = (2_048, 8_192, 32_768)  # a message, a story, a long one; more sizes would tell more
_TAG = sha256(b"wayhome/body/1").digest()

DrawerWord: TypeAlias = Literal[
    "not-for-us", "bad-body", "bad-writer", "moved", "unknown-type", "too-new"
]


class Drawer(Exception):  # noqa: N818 - the sender's fault; a desk keeps it and says so
    """Nothing that a case is made of; a desk puts the envelope into the drawer of this word."""

    def __init__(self, word: DrawerWord) -> None:
        super().__init__(word)
        self.word: DrawerWord = word


@dataclass(frozen=True, slots=True)
class Place:
    """Where an envelope belongs: its group, the charter that it was sealed under, its slot."""

    g: str
    charter: str
    s: str


@dataclass(frozen=True, slots=True)
class Body:
    """A body whose sig was checked for its place. `json` is what was signed, to the byte."""

    place: Place
    by: str
    sig: str
    json: bytes = field(repr=False)
    said: Statement = field(repr=False)

    def whole(self) -> Whole:
        """Give it as a snapshot keeps it."""
        place = self.place
        return Whole(place.g, place.charter, place.s, self.by, self.sig, self.json.decode("utf-8"))

    @classmethod
    def of(cls, whole: Whole) -> Self:
        """Read one that a snapshot kept.

        Raises:
            Drawer: it is no body, or its sig is for another place.
        """
        place = Place(whole.g, whole.charter, whole.s)
        return cls._checked(place, whole.by, whole.sig, whole.json.encode("utf-8"))

    @classmethod
    def kept(cls, place: Place, by: str, sig: str, json: bytes) -> Self:
        """Read one that was checked before it was put aside where nobody else could write it."""
        return cls(place, by, sig, json, _DECODER.decode(json))

    @classmethod
    def read(cls, plain: bytes, place: Place) -> Self:
        """Read what was sealed, for the place that its envelope states.

        Raises:
            Drawer: it is no body, or not one for this place.
        """
        size = int.from_bytes(plain[8:12], "big")
        end = HEAD + size
        if (
            len(plain) not in SIZES
            or plain[:8] != MARK
            or end > len(plain)
            or plain[end:].strip(b"\0")
        ):
            raise Drawer("bad-body")
        return cls._checked(place, plain[12:44].hex(), plain[44:108].hex(), plain[HEAD:end])

    @classmethod
    def _checked(cls, place: Place, by: str, sig: str, json: bytes) -> Self:
        if not keys.verifies(bytes.fromhex(by), _digest(place, json), bytes.fromhex(sig)):
            raise Drawer("moved")
        return cls(place, by, sig, json, _read(json))


def write(what: Statement, place: Place, secret_key: SecretKey) -> bytes:
    """Write a body in the smallest size that holds it; it opens at this place only.

    Raises:
        Refused: `too-large`, or `bad-form` where a reader would refuse what is said.
    """
    json = _ENCODER.encode(what)
    try:
        _read(json)
    except Drawer as error:
        raise Refused("bad-form", "a text is too long, or holds what no reader sees") from error
    size = next((one for one in SIZES if HEAD + len(json) <= one), None)
    if size is None:
        raise Refused("too-large", f"what is said has at most {SIZES[-1] - HEAD} bytes")
    by = bytes.fromhex(keys.public_key(secret_key))
    sig = keys.sign(secret_key, _digest(place, json))
    return (MARK + len(json).to_bytes(4, "big") + by + sig + json).ljust(size, b"\0")


def fitted(reply: Reply) -> Reply:
    """Leave out the beginning of the conversation that a reply repeats, until the rest fits."""
    earlier = reply.earlier[-limits.REPLY_TURNS :]
    while earlier:
        shorter = msgspec.structs.replace(reply, earlier=earlier)
        if len(_ENCODER.encode(shorter)) <= SIZES[-1] - HEAD:
            return shorter
        earlier = earlier[1:]
    return msgspec.structs.replace(reply, earlier=())


def is_by_right(body: Body, family: str, caseworkers: Collection[str]) -> bool:
    """Tell whether its writer may say such a thing in this case; else it is `bad-writer`.

    `family` is empty until a report was read: its writer becomes the family's key.
    """
    if not isinstance(body.said, said.FAMILY):
        return body.by in caseworkers
    return body.by == family or (not family and isinstance(body.said, Report))


class _Peek(msgspec.Struct, frozen=True):
    t: str
    v: int


_PEEK = msgspec.json.Decoder(_Peek)
_DECODER: msgspec.json.Decoder[Statement] = msgspec.json.Decoder(Statement)
_ENCODER = msgspec.json.Encoder()


def _digest(place: Place, json: bytes) -> bytes:
    bound = bytes.fromhex(place.g + place.charter + place.s)
    return sha256(_TAG + _TAG + bound + json).digest()


def _read(json: bytes) -> Statement:
    try:
        peek = decode(_PEEK, json)
        if peek.v > said.VERSION:
            raise Drawer("too-new")
        if peek.t not in said.TYPES:
            raise Drawer("unknown-type")
        found = decode(_DECODER, json)
        if not _is_plain(json):
            for text in _texts(msgspec.to_builtins(found)):
                refuse_controls(text, lines=True)
    except BadForm as error:
        raise Drawer("bad-body") from error
    # one spelling: no space, no key twice, fields in their order, nothing written that is empty
    if _ENCODER.encode(found) != json or not _holds(found):
        raise Drawer("bad-body")
    return found


def _is_plain(json: bytes) -> bool:
    """Tell at a glance that no text has a control character: in JSON it needs a backslash."""
    return b"\\" not in json and json.decode("utf-8").isprintable()


def _texts(what: object) -> Iterator[str]:
    match what:
        case str():
            yield what
        case dict() | list() | tuple():
            for one in what.values() if isinstance(what, dict) else what:
                yield from _texts(one)


def _holds(what: Statement) -> bool:
    match what:
        case Report(n=number, recipient=recipient):  # nobody can begin a case behind its end
            return number == 1 and kind_of(recipient) is not None
        case Reply(recipient=recipient):
            return kind_of(recipient) is not None
        case CaseKey(identity=identity):
            return is_identity(identity)
    return True
