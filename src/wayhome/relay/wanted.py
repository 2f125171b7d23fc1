"""Wanted: the filter of a REQ, COUNT or NEG-OPEN, in the subset that every relay reads alike.

Left out on purpose: prefixes of ids and authors, tags of more than one letter, and every field that
NIP-01 does not have. A filter that names one is refused, not half obeyed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from wayhome.codec import limits, strict
from wayhome.records.filter import Filter
from wayhome.records.record import Record
from wayhome.relay.words import Word

_Shape = TypeVar("_Shape")
_ID = re.compile(r"[0-9a-f]{64}")
_TAG = re.compile(r"#[A-Za-z]")
_IDS_ONLY = {"#e", "#p"}  # NIP-01: their values are ids and keys


class BadFilter(Exception):  # noqa: N818 - the caller's fault, answered with `word`
    """It is no filter that is taken here."""

    def __init__(self, word: Word) -> None:
        super().__init__(word)
        self.word: Word = word


@dataclass(frozen=True, slots=True)
class Wanted:
    """Every given condition must hold; inside one, a value is enough; None asks nothing.

    `limit` is how many of the newest stored records are wanted; None where the caller said none.
    """

    ids: frozenset[str] | None = None
    authors: frozenset[str] | None = None
    kinds: frozenset[int] | None = None
    tags: tuple[tuple[str, frozenset[str]], ...] = ()
    since: int = 0
    until: int = limits.NUMBER_MAX
    limit: int | None = None

    @classmethod
    def read(cls, raw: bytes) -> "Wanted":
        """Read a filter.

        Raises:
            BadFilter: it is none that is taken here.
        """
        fields = _decoded(_FIELDS, raw)
        found: dict[str, Any] = {}  # Any: each field its own type, told by its reader
        tags = []
        for name, value in sorted(fields.items()):
            if _TAG.fullmatch(name):
                tags.append((name[1:], _read_values(value, ids_only=name in _IDS_ONLY)))
            elif name in _READERS:
                found[name] = _READERS[name](value)
            else:
                raise BadFilter("unknown-filter")
        _refuse_doubles(raw)
        wanted = cls(tags=tuple(tags), **found)
        if wanted.values > limits.RELAY_VALUES:
            raise BadFilter("too-many-values")
        return wanted

    @property
    def values(self) -> int:
        """How many values it names."""
        lists = (self.ids, self.authors, self.kinds, *(values for _, values in self.tags))
        return sum(len(values) for values in lists if values is not None)

    @property
    def conditions(self) -> int:
        """How many conditions it makes besides kinds and times."""
        return len(self.tags) + (self.ids is not None) + (self.authors is not None)

    @property
    def asks_kinds_alone(self) -> bool:
        """Tell whether it asks for nothing but kinds and times."""
        return self.conditions == 0

    @property
    def asks_whole_kinds(self) -> bool:
        """Tell whether it asks for all there is of its kinds."""
        return self.asks_kinds_alone and not self.is_dated and self.limit is None

    @property
    def is_dated(self) -> bool:
        """Tell whether it asks for times."""
        return self.since > 0 or self.until < limits.NUMBER_MAX

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing can ever match it."""
        lists = (self.ids, self.authors, self.kinds, *(values for _, values in self.tags))
        return self.since > self.until or any(values == frozenset() for values in lists)

    def matches(self, record: Record) -> bool:
        """Tell whether ``record`` is wanted."""
        return (
            (self.kinds is None or record.kind in self.kinds)
            and (self.ids is None or record.id in self.ids)
            and (self.authors is None or record.pubkey in self.authors)
            and self.since <= record.created_at <= self.until
            and all(
                any(tag[0] == name and len(tag) > 1 and tag[1] in values for tag in record.tags)
                for name, values in self.tags
            )
        )

    def stored(self, kinds: tuple[int, ...]) -> Filter:
        """Give what the store can be asked for: all but times and limit, of these kinds."""
        return Filter(
            None if self.ids is None else tuple(sorted(self.ids)),
            None if self.authors is None else tuple(sorted(self.authors)),
            kinds,
            tuple((name, value) for name, values in self.tags for value in sorted(values)),
        )


def _decoded(decoder: msgspec.json.Decoder[_Shape], raw: bytes) -> _Shape:
    try:
        return strict.decode(decoder, raw)
    except strict.BadForm:
        raise BadFilter("bad-filter") from None


def _refuse_doubles(raw: bytes) -> None:
    try:
        strict.refuse_doubles(raw)
    # of two equal keys msgspec read the last; the first may be what the standard reader chokes on
    except (strict.BadForm, ValueError, RecursionError):
        raise BadFilter("bad-filter") from None


def _read_ids(raw: bytes) -> frozenset[str]:
    ids = _decoded(_TEXTS, raw)
    if not all(_ID.fullmatch(one) for one in ids):
        raise BadFilter("bad-filter")
    return frozenset(ids)


def _read_values(raw: bytes, *, ids_only: bool) -> frozenset[str]:
    if ids_only:
        return _read_ids(raw)
    values = _decoded(_TEXTS, raw)
    try:
        strict.refuse_controls("".join(values), lines=False)
    except strict.BadForm:
        raise BadFilter("bad-filter") from None
    if any(len(value) > limits.RELAY_VALUE for value in values):
        raise BadFilter("bad-filter")
    return frozenset(values)


def _read_kinds(raw: bytes) -> frozenset[int]:
    kinds = _decoded(_NUMBERS, raw)
    if not all(0 <= kind <= limits.KIND_MAX for kind in kinds):
        raise BadFilter("bad-filter")
    return frozenset(kinds)


def _read_number(raw: bytes) -> int:
    number = _decoded(_NUMBER, raw)
    if not 0 <= number <= limits.NUMBER_MAX:
        raise BadFilter("bad-filter")
    return number


_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TEXTS = msgspec.json.Decoder(list[str])
_NUMBERS = msgspec.json.Decoder(list[int])
_NUMBER = msgspec.json.Decoder(int)
_READERS: dict[str, Callable[[bytes], object]] = {
    "ids": _read_ids,
    "authors": _read_ids,
    "kinds": _read_kinds,
    "since": _read_number,
    "until": _read_number,
    "limit": _read_number,
}
