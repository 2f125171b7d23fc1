"""acceptance: a group stands on a petition's panel, with this stamp key, desk and ceiling."""

import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Self

from wayhome.codec import limits
from wayhome.crypto.stamps import BadSpki, StampKey
from wayhome.groups.speech import admit_speech, said
from wayhome.petition.kinds import petition
from wayhome.petition.kinds.petition import Petition
from wayhome.records.filter import Filter
from wayhome.records.kind import Fact, Ground, Kind, Moment
from wayhome.records.record import Record, Tag
from wayhome.records.refused import Refused
from wayhome.records.tags import read_id, read_number, read_public_key

NUMBER = 3974
URLS = 4  # addresses of one desk: a name, an onion, and what replaces them

_NAME = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
_TAIL = r"(?::(?P<port>[1-9][0-9]{0,4}))?(?:/[A-Za-z0-9._~-]+)*"
_SAFE = re.compile(rf"(?:https://{_NAME}|http://[a-z2-7]{{16,56}}\.onion){_TAIL}")
_TRIAL = re.compile(
    rf"http://(?:(?:127\.0\.0\.1|localhost)(?=:)|{_NAME}\.test(?![a-z0-9.-])){_TAIL}"
)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What an acceptance says: the key, the desk, and the most vouchers it will ever honour."""

    group: str
    charter: str
    petition: str
    spki: bytes
    stamping: str
    ceiling: int
    urls: tuple[str, ...]
    prev: str | None

    @classmethod
    def of(cls, record: Record) -> Self:
        """Read an acceptance; the first reason that fits, in the order of the page."""
        match record.tags:
            case (
                ("g", group),
                ("charter", charter),
                ("e", asked),
                ("spki", spki),
                ("stamping", stamping),
                ("vouchers", ceiling),
                *more,
            ):
                urls, prev = _ends(more)
            case _:
                raise Refused("bad-tags", "the tags of an acceptance, in their order")
        for one in (group, charter, asked):
            read_id(one)
        if record.content:
            raise Refused("bad-content", "an acceptance has no content")
        most = read_number(ceiling, 1, limits.CEILING)
        key = _read_spki(spki)
        read_public_key(stamping)
        for url in urls:
            read_desk_url(url)
        return cls(group, charter, asked, key, stamping, most, urls, prev)

    @property
    def kid(self) -> str:
        """The hash of the stamp key."""
        return StampKey.of(self.spki).kid

    def continues(self, earlier: "Acceptance") -> bool:
        """Tell whether this may replace ``earlier``: same key and desk, a ceiling no lower."""
        return (
            (self.group, self.petition, self.spki, self.stamping)
            == (earlier.group, earlier.petition, earlier.spki, earlier.stamping)
        ) and self.ceiling >= earlier.ceiling


def read_desk_url(text: str) -> str:
    """Read a stamping desk's address; it goes into headers and onto paper, so it is plain.

    Raises:
        Refused: `bad-url`.
    """
    found = _SAFE.fullmatch(text) or _TRIAL.fullmatch(text)
    if not found or len(text) > limits.URL or int(found["port"] or 1) > 65_535:  # noqa: PLR2004 - ports end there
        raise Refused("bad-url", "https://, an onion, or a trial address; no query, no final slash")
    return text


def is_trial(url: str) -> bool:
    """Tell whether an address is one that only a trial uses; pages mark it."""
    return _TRIAL.fullmatch(url) is not None


def _ends(tags: Sequence[Tag]) -> tuple[tuple[str, ...], str | None]:
    urls = tuple(_firsts(tags, "url"))
    rest = tags[len(urls) :]
    if not 1 <= len(urls) <= URLS:
        raise Refused("bad-tags", f"1 to {URLS} addresses")
    match rest:
        case []:
            return urls, None
        case [("prev", prev)]:
            return urls, read_id(prev)
    raise Refused("bad-tags", "after the addresses at most one prev")


def _firsts(tags: Sequence[Tag], name: str) -> Iterator[str]:
    pairs = takewhile(lambda tag: tag[0] == name and len(tag) == 2, tags)  # noqa: PLR2004 - name and value
    return (tag[1] for tag in pairs)


def _read_spki(text: str) -> bytes:
    try:
        spki = b64decode(text, validate=True)
        if b64encode(spki).decode() != text:
            raise Refused("bad-spki", "base64 in its one canonical form")
        return StampKey.of(spki).spki
    except (Error, ValueError, BadSpki):
        raise Refused("bad-spki", "the 342 bytes of RFC 9578 in base64") from None


def rule(record: Record) -> None:
    """It is well made when the key has its one form and the addresses are plain."""
    Acceptance.of(record)


def needs(record: Record) -> tuple[Filter, ...]:
    """To judge it we hold the petition and what was accepted before."""
    asked = record.tags[2][1]
    return petition.wanted(asked), wanted(asked)


def admit(record: Record, held: Sequence[Record], ground: Ground, moment: Moment) -> None:  # noqa: ARG001 - the shape of `admit`
    """The petition gives this group this key's place; what it replaces is there and alike."""
    accepted = Acceptance.of(record)
    admit_speech(record, accepted.group, accepted.charter, ground)
    refuse_stranger(accepted, held)
    earlier = [Acceptance.of(one) for one in held if one.id == accepted.prev]
    if accepted.prev and not any(accepted.continues(one) for one in earlier):
        raise Refused("bad-successor", "prev is an acceptance of this key, desk and no more parts")


def refuse_stranger(accepted: Acceptance, held: Sequence[Record]) -> None:
    """Refuse an acceptance that the petition does not foresee.

    Raises:
        Refused: `unknown-petition`, `not-on-panel`, `wrong-kid`.
    """
    asked = next((Petition.of(one) for one in held if one.id == accepted.petition), None)
    if asked is None:
        raise Refused("unknown-petition", "the petition is not held here")
    place = next((place for place in asked.panel if place.group == accepted.group), None)
    if place is None:
        raise Refused("not-on-panel", "the petition does not name this group")
    if place.kid != accepted.kid:
        raise Refused("wrong-kid", "the petition names another key for this group")


def count(record: Record) -> tuple[Fact, ...]:
    """It is official when k of n signed it: the groups' view collects that."""
    accepted = Acceptance.of(record)
    return (said(record, accepted.group, accepted.charter),)


def wanted(asked: str) -> Filter:
    """Give the filter that finds all acceptances of a petition; equal for all who ask."""
    return Filter(kinds=(NUMBER,), tags=(("e", asked),))


KIND = Kind(NUMBER, "acceptance", 5, rule, admit, count, needs)
